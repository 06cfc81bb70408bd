import assert from "node:assert/strict";
import * as fs from "node:fs";
import http from "node:http";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { filesBelow, makeBuild, namesIn, publish, Scratch, type Build } from "../pod/volume";
import { freePort } from "../../runtime/test/lib/processes";
import { get, missing, Processes, startAssets } from "./servers";

const IMMUTABLE = "public, max-age=31536000, immutable";
const CONSTANT = "build-TfctsWXpff2fKS/_buildManifest.js";

/** A real nginx with the config of the static-assets pods, in front of a stand-in for the application. */
describe("nginx of the static-assets pods", () => {
  const scratch = new Scratch();
  const processes = new Processes();
  let volume: string;
  let v1: Build;
  let v2: Build;
  let port: number;
  let app: http.Server;
  const asked: string[] = [];

  before(async () => {
    const lacking = missing(["nginx"]);
    if (lacking.length > 0) throw new Error(`test:releases cannot run:\n  ${lacking.join("\n  ")}`);
    volume = scratch.folder();
    v1 = makeBuild(scratch.folder(), { deploymentId: "v1" });
    v2 = makeBuild(scratch.folder(), { deploymentId: "v2" });
    for (const build of [v1, v2]) assert.equal((await publish(volume, build)).code, 0);

    app = http.createServer((request, response) => {
      asked.push(request.url ?? "");
      const there =
        request.url?.startsWith("/_next/static/app-has/") || request.url?.includes(CONSTANT);
      if (request.url?.includes("large-head")) response.setHeader("Set-Cookie", "x".repeat(30_000));
      // Next.js says so for every file below /_next/static; here for errors too, to see them corrected.
      response.setHeader("Cache-Control", IMMUTABLE);
      response.statusCode = request.url?.includes("broken") ? 500 : there ? 200 : 404;
      response.end(`app: ${request.url}`);
    });
    const appPort = await freePort();
    await new Promise<void>((resolve) => app.listen(appPort, "127.0.0.1", resolve));
    port = await startAssets(processes, scratch.folder(), {
      volume,
      appPort,
      paths: ["/_next/static", "/shop/_next/static"],
    });
  });

  after(async () => {
    await processes.stopAll();
    app?.closeAllConnections();
    app?.close();
    scratch.clean();
  });

  const url = (path: string) =>
    `/_next/static/${path.split("/").map(encodeURIComponent).join("/")}`;
  const chunkOf = (build: Build, other: Build) =>
    Object.keys(build.files).find(
      (path) => /\.js$/.test(path) && !(path in other.files) && path.startsWith("chunks"),
    ) ?? assert.fail("no chunk");

  it("serves every file of both releases, as it was built and for a year", async () => {
    for (const build of [v1, v2]) {
      for (const [path, content] of Object.entries(build.files)) {
        if (path.startsWith("build-")) continue;
        const answer = await get(port, url(path));
        assert.equal(answer.status, 200, path);
        assert.equal(answer.body.toString(), content, path);
        assert.equal(answer.headers["cache-control"], IMMUTABLE);
        assert.ok(answer.headers.etag);
        assert.ok(answer.headers["last-modified"]);
        const type = path.endsWith(".js") ? "application/javascript; charset=utf-8" : "font/woff2";
        assert.equal(answer.headers["content-type"], type);
      }
    }
    assert.deepEqual(asked, []);
  });

  it("sends what the publisher compressed", async () => {
    const path = chunkOf(v1, v2);
    const answer = await get(port, url(path), { "accept-encoding": "gzip" });
    assert.equal(answer.headers["content-encoding"], "gzip");
    assert.equal(answer.headers.vary, "Accept-Encoding");
    assert.equal(answer.headers["cache-control"], IMMUTABLE);
    assert.equal(gunzipSync(answer.body).toString(), v1.files[path]);
    assert.ok(answer.body.length < (v1.files[path]?.length ?? 0) / 5);
  });

  it("knows ranges and what has not changed", async () => {
    const path = chunkOf(v1, v2);
    const part = await get(port, url(path), { range: "bytes=3-9" });
    assert.equal(part.status, 206);
    assert.equal(part.body.toString(), v1.files[path]?.slice(3, 10));
    const whole = await get(port, url(path));
    const same = await get(port, url(path), { "if-none-match": String(whole.headers.etag) });
    assert.equal(same.status, 304);
    const since = String(whole.headers["last-modified"]);
    assert.equal((await get(port, url(path), { "if-modified-since": since })).status, 304);
    const beyond = await get(port, url(path), { range: "bytes=99999999-" });
    assert.equal(beyond.status, 416);
    assert.equal(beyond.headers["cache-control"], undefined);
  });

  it("finds the files of the build id that all releases share by the deployment id of the request", async () => {
    for (const [id, build] of [
      ["v1", v1],
      ["v2", v2],
    ] as const) {
      const answer = await get(port, `${url(CONSTANT)}?dpl=${id}`);
      assert.equal(answer.body.toString(), build.files[CONSTANT]);
      assert.equal(answer.headers["cache-control"], IMMUTABLE);
    }
    for (const query of [
      "",
      "?dpl=",
      "?dpl=v3",
      "?dpl=../v1",
      "?dpl=..",
      "?dpl=.trash",
      "?dpl=v1/../v2",
    ]) {
      const answer = await get(port, `${url(CONSTANT)}${query}`);
      assert.match(answer.body.toString(), /^app: /, query);
      assert.equal(answer.headers["cache-control"], "no-cache", "any release's, so not for a year");
    }
  });

  it("asks the app for what is missing, and keeps the header where the app has it", async () => {
    const answer = await get(port, "/_next/static/app-has/x.js?dpl=v9");
    assert.equal(answer.status, 200);
    assert.equal(answer.body.toString(), "app: /_next/static/app-has/x.js?dpl=v9");
    assert.equal(answer.headers["cache-control"], IMMUTABLE);
  });

  it("lets nobody keep an error", async () => {
    for (const [path, status] of [
      ["/_next/static/chunks/none.js", 404],
      ["/_next/static/broken.js", 500],
    ] as const) {
      const answer = await get(port, path);
      assert.equal(answer.status, status);
      assert.equal(answer.headers["cache-control"], "no-store");
    }
  });

  it("serves them below a basePath too, and asks the app there for what is missing", async () => {
    const path = chunkOf(v1, v2);
    const answer = await get(port, `/shop${url(path)}`);
    assert.equal(answer.status, 200);
    assert.equal(answer.body.toString(), v1.files[path]);
    assert.equal(answer.headers["cache-control"], IMMUTABLE);
    const constant = await get(port, `/shop${url(CONSTANT)}`);
    assert.equal(constant.body.toString(), `app: /shop${url(CONSTANT)}`);
    assert.equal(constant.headers["cache-control"], "no-cache");
    assert.equal((await get(port, `/other${url(path)}`)).status, 404, "no prefix of the site");
  });

  it("takes heads of 32 KB, of requests and of the app's answers, and refuses larger requests", async () => {
    const answer = await get(port, "/_next/static/large-head.js");
    assert.equal(answer.status, 404, "the app's");
    assert.equal(answer.headers["set-cookie"]?.[0]?.length, 30_000);
    const cookie = (length: number) => ({ cookie: "x".repeat(length) });
    assert.equal((await get(port, url(chunkOf(v1, v2)), cookie(31_000))).status, 200);
    assert.equal((await get(port, url(chunkOf(v1, v2)), cookie(80_000))).status, 400);
  });

  it("follows no link that somebody makes on the volume", async () => {
    const secret = join(scratch.folder(), "secret.js");
    fs.writeFileSync(secret, "secret");
    fs.symlinkSync(secret, join(volume, "static", "link.js"));
    fs.symlinkSync(scratch.folder(), join(volume, "static", "folder"));
    fs.symlinkSync(secret, join(volume, "releases", "v1", "static", "link.js"));
    for (const path of ["link.js", "link.js?dpl=v1", "folder/secret.js"]) {
      const answer = await get(port, `/_next/static/${path}`);
      assert.equal(answer.status, 404, path);
      assert.match(answer.body.toString(), /^app: /);
    }
    fs.linkSync(secret, join(volume, "static", "hard.js"));
    assert.equal(
      (await get(port, "/_next/static/hard.js")).status,
      200,
      "a second name is no link",
    );
    for (const name of ["link.js", "folder", "hard.js"]) fs.rmSync(join(volume, "static", name));
  });

  it("shows nothing of the volume but static files", async () => {
    for (const path of [
      "/_next/static/../manifest.json",
      "/_next/static/%2e%2e/manifest.json?dpl=v1",
      "/_next/static/..%2fmanifest.json?dpl=v1",
      "/_next/static/%2e%2e/%2e%2e/heartbeats/web-1?dpl=v1",
      "/releases/v1/manifest.json",
      "/static/media",
      "/_next/static/",
      "/_next/static/chunks/",
    ]) {
      const answer = await get(port, path);
      assert.notEqual(answer.status, 200, path);
      assert.notEqual(answer.headers["cache-control"], IMMUTABLE, path);
    }
  });

  it("finds at once what is published while it runs", async () => {
    const v3 = makeBuild(scratch.folder(), { deploymentId: "v3" });
    const path = chunkOf(v3, v1);
    assert.equal((await get(port, url(path))).status, 404);
    await publish(volume, v3);
    assert.equal((await get(port, url(path))).status, 200);
  });

  it("asks the app when everything on the volume is gone", async () => {
    for (const name of namesIn(volume)) fs.rmSync(join(volume, name), { recursive: true });
    assert.deepEqual(filesBelow(volume), []);
    const answer = await get(port, "/_next/static/app-has/y.js");
    assert.equal(answer.status, 200);
    assert.equal((await get(port, "/healthz")).status, 204);
  });

  it("answers 502, which nobody keeps, when the app is away too", async () => {
    app.closeAllConnections();
    await new Promise((resolve) => app.close(resolve));
    const answer = await get(port, "/_next/static/app-has/z.js");
    assert.equal(answer.status, 502);
    assert.equal(answer.headers["cache-control"], "no-store");
  });
});
