import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathOfKey, readRelease } from "../src/release";
import { removeFolder, temporaryFolder } from "./lib/processes";

describe("the path of a key", () => {
  it("is found in keys of both layouts", () => {
    assert.equal(pathOfKey("/route-cache/APP_PAGE/abc/$/index"), "/");
    assert.equal(pathOfKey("/route-cache/APP_PAGE/abc/$/blog/x"), "/blog/x");
    assert.equal(pathOfKey("/route-cache/PAGES/abc/$/index/index"), "/index");
    assert.equal(pathOfKey("/index"), "/");
    assert.equal(pathOfKey("/blog"), "/blog");
  });
});

describe("what a build prerendered", () => {
  const dist = temporaryFolder("release");
  after(() => removeFolder(dist));
  const write = (file: string, content: unknown): void =>
    writeFileSync(join(dist, file), JSON.stringify(content));
  const routes = { "/fr/blog/one": { initialRevalidateSeconds: 60, initialExpireSeconds: 90 } };
  const shell = { fallbackRevalidate: 5, fallbackExpire: 9 };
  mkdirSync(join(dist, "server"));
  write("prerender-manifest.json", { routes, dynamicRoutes: { "/blog/[slug]": shell } });
  const lifetimes = (paths: readonly string[]): unknown => {
    const release = readRelease(join(dist, "server"), {});
    return paths.map((path) => [release.lifetimeOf(path), release.expireOf(path)]);
  };

  it("shells are named once for all languages of the app", () => {
    const paths = ["/fr/blog/one", "/blog/[slug]", "/fr/blog/[slug]", "/it/blog/[slug]"];
    write("required-server-files.json", { config: { i18n: { locales: ["de", "fr"] } } });
    const none = [undefined, undefined];
    assert.deepEqual(lifetimes(paths), [[60, 90], [5, 9], [5, 9], none]);
    write("required-server-files.json", { config: {} });
    assert.deepEqual(lifetimes(paths), [[60, 90], [5, 9], none, none], "(control) no languages");
  });
});
