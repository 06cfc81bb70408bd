import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readRouting, routingOf, type Manifests } from "../../src/whole-answers/routing";
import { removeFolder, temporaryFolder } from "../lib/processes";

const RULE = "a rule with has or missing";
const COOKIE = [{ type: "cookie", key: "beta" }];

/** Rules as `next build` writes them for `/shop/:path*` and `/old/:path*`. */
const SHOP = { source: "/shop/:path*", regex: "^/shop(?:/((?:[^/]+?)(?:/(?:[^/]+?))*))?(?:/)?$" };
const OLD = { source: "/old/:path*", regex: "^/old(?:/((?:[^/]+?)(?:/(?:[^/]+?))*))?(?:/)?$" };

function reasonsOf(
  manifests: Partial<Manifests>,
  urls: readonly string[],
): Record<string, string | undefined> {
  const routing = routingOf({
    routes: { rewrites: [], headers: [], redirects: [] },
    edge: {},
    node: {},
    config: {},
    ...manifests,
  });
  return Object.fromEntries(urls.map((url) => [url, routing.reasonToGoPast(url)]));
}

describe("paths whose answers depend on more than the key", () => {
  it("(control) none in an app without middleware, conditions and languages", () => {
    const urls = ["/", "/shop/one?a=1", "/_next/data/build/shop.json", "/feed.json", "/x.rsc"];
    const routes = { rewrites: { beforeFiles: [SHOP] }, headers: [OLD], redirects: [OLD] };
    const expected = Object.fromEntries(urls.map((url) => [url, undefined]));
    assert.deepEqual(reasonsOf({ routes }, urls), expected);
  });

  it("those of the middleware, on the Edge runtime and on Node.js, whatever its conditions", () => {
    const matcher = { regexp: "^(?:\\/(_next\\/data\\/[^/]{1,}))?\\/account(\\.json)?[\\/#\\?]?$" };
    const withCondition = { ...matcher, has: COOKIE };
    for (const manifests of [
      { edge: { middleware: { "/": { matchers: [withCondition] } } } },
      { node: { functions: { "/_middleware": { matchers: [matcher] } } } },
    ])
      assert.deepEqual(
        reasonsOf(manifests, [
          "/account",
          "/account/?x",
          "/%61ccount",
          "/_next/data/build/account.json",
          "/_next/data/build/shop.json",
          "/shop",
          "/%",
        ]),
        {
          "/account": "the middleware",
          "/account/?x": "the middleware",
          "/%61ccount": "the middleware",
          "/_next/data/build/account.json": "another name of a page",
          "/_next/data/build/shop.json": "another name of a page",
          "/shop": undefined,
          "/%": "its path",
        },
      );
  });

  it("those that Next.js reads otherwise than they were sent", () => {
    const urls = ["/shop/../account", "/./account", "/x/%2E%2e/account", "/x/..", "/<b>"];
    const expected = Object.fromEntries(urls.map((url) => [url, "its path"]));
    assert.deepEqual(reasonsOf({}, urls), expected);
    const others = ["/a..b/.c/d.?x=/../y#/../z", "/gr%C3%B6%C3%9Fe", "/@(x)/[slug]/a,b;c='$!*+&~|"];
    assert.deepEqual(
      reasonsOf({}, others),
      Object.fromEntries(others.map((url) => [url, undefined])),
    );
  });

  it("all of them, for a middleware without matchers", () => {
    const edge = { middleware: { "/": { files: [] } } };
    assert.deepEqual(reasonsOf({ edge }, ["/x"]), { "/x": "the middleware" });
  });

  for (const kind of ["headers", "redirects", "rewrites"] as const)
    for (const condition of ["has", "missing"] as const)
      for (const type of ["cookie", "header", "host", "query"] as const)
        it(`${kind} with ${condition} of type ${type}`, () => {
          const rule = { ...SHOP, [condition]: [{ type, key: "beta" }] };
          const routes = { [kind]: kind === "rewrites" ? { afterFiles: [rule] } : [rule] };
          const urls = ["/shop/one", "/SHOP", "/shop/?x=1", "/other"];
          assert.deepEqual(reasonsOf({ routes }, urls), {
            "/shop/one": RULE,
            "/SHOP": RULE,
            "/shop/?x=1": RULE,
            "/other": undefined,
          });
        });

  it("where there is such a rule, also what any rewrite covers", () => {
    const rewrites = { beforeFiles: [OLD], afterFiles: [], fallback: [] };
    const headers = [{ ...SHOP, has: COOKIE }];
    assert.deepEqual(reasonsOf({ routes: { rewrites, headers } }, ["/old/x", "/x"]), {
      "/old/x": RULE,
      "/x": undefined,
    });
    assert.deepEqual(reasonsOf({ routes: { rewrites, headers: [SHOP] } }, ["/old/x"]), {
      "/old/x": undefined,
    });
  });

  it("conditions on headers that are part of the key do not count: interception routes", () => {
    const rule = { ...SHOP, has: [{ type: "header", key: "Next-Url", value: "/feed" }] };
    const both = { ...OLD, has: [...rule.has, ...COOKIE] };
    const routes = { rewrites: { beforeFiles: [rule] }, onMatchHeaders: [rule] };
    assert.deepEqual(reasonsOf({ routes }, ["/shop/one"]), { "/shop/one": undefined });
    assert.deepEqual(reasonsOf({ routes: { rewrites: [both] } }, ["/old/x"]), { "/old/x": RULE });
  });

  it("with languages: the roots, and rules with the language that a path lacks", () => {
    const config = { basePath: "/base", i18n: { locales: ["de", "fr"], defaultLocale: "de" } };
    const rule = { regex: "^/base/(?<nextInternalLocale>[^/]+?)/shop(?:/)?$", has: COOKIE };
    const roots = ["/base", "/base/", "/base/index", "/base/index/?a=1", "/", "/index"];
    for (const root of roots)
      assert.deepEqual(reasonsOf({ config }, [root]), { [root]: "the languages" });
    const urls = [
      "/base/shop",
      "/base/de/shop",
      "/base/x",
      "/base/fr",
      "/base/fr/index",
      "/base/index/x",
    ];
    assert.deepEqual(reasonsOf({ config, routes: { headers: [rule] } }, urls), {
      "/base/shop": RULE,
      "/base/de/shop": RULE,
      "/base/x": undefined,
      "/base/fr": undefined,
      "/base/fr/index": undefined,
      "/base/index/x": undefined,
    });
    const off = { ...config, i18n: { ...config.i18n, localeDetection: false } };
    assert.deepEqual(reasonsOf({ config: off }, ["/base"]), { "/base": undefined });
  });

  it("with languages Next.js takes a page's path without `assetPrefix` too", () => {
    const i18n = { locales: ["de", "fr"], defaultLocale: "de" };
    // of `matcher: "/account"`, as Next.js 16.4 writes it
    const regexp =
      "^(?:\\/(_next\\/data\\/[^/]{1,}))?(?:\\/([^/.]{1,}))\\/account(\\.json)?[\\/#\\?]?$";
    const edge = { middleware: { "/": { matchers: [{ regexp }] } } };
    const urls = ["/account", "/files/cdn/account", "/files/cdn/other", "/files/account"];
    for (const assetPrefix of ["/files/cdn", "/files/cdn/"])
      assert.deepEqual(reasonsOf({ config: { i18n, assetPrefix }, edge }, urls), {
        "/account": "the middleware",
        "/files/cdn/account": "the middleware",
        "/files/cdn/other": undefined,
        "/files/account": "the middleware",
      });
  });

  it("a rule that is not understood is an error", () => {
    assert.throws(() => reasonsOf({ routes: { headers: [{ has: COOKIE }] } }, []), /no regex/);
    assert.throws(() => reasonsOf({ routes: { rewrites: "none" } }, []), /no rules/);
  });
});

describe("the manifests of a build", () => {
  const dist = temporaryFolder("routing");
  after(() => removeFolder(dist));
  const write = (file: string, content: unknown): void =>
    writeFileSync(
      join(dist, file),
      typeof content === "string" ? content : JSON.stringify(content),
    );

  it("if any cannot be read, nothing is known", () => {
    const isRead = (): boolean => readRouting(dist) !== undefined;
    mkdirSync(join(dist, "server"));
    assert.equal(isRead(), false);
    write("routes-manifest.json", { rewrites: [], headers: [], redirects: [] });
    assert.equal(isRead(), false);
    write("required-server-files.json", { config: {} });
    assert.equal(isRead(), true, "no middleware");
    assert.equal(readRouting(dist)?.reasonToGoPast("/x"), undefined);
    write("server/middleware-manifest.json", "{");
    assert.equal(isRead(), false);
    write("server/middleware-manifest.json", { middleware: {} });
    assert.equal(isRead(), true);
    write("routes-manifest.json", { headers: [{ ...SHOP, regex: "(", has: COOKIE }] });
    assert.equal(isRead(), false);
  });
});
