import assert from "node:assert/strict";
import * as fs from "node:fs";
import { join } from "node:path";
import { makeBuild, publish, Scratch, withPublic, type Build } from "../pod/volume";
import { fixture } from "./helpers/fixture";
import { Server } from "./helpers/server";
import { NEXT_VERSIONS } from "./helpers/versions";

const NOT_FOUND = "not found";
/** More than one read of the agent. */
const VIDEO = Buffer.from(Array.from({ length: 700_000 }, (_, index) => index % 251));

/** A stand-in for Next.js of release v3, beside what the publisher kept of v1 and v2. */
describe("files of public/ of older releases", () => {
  const scratch = new Scratch();
  let volume: string;
  let server: Server;
  let control: Server;
  let start: (agent: boolean) => Promise<Server>;

  const build = (deploymentId: string, files: Record<string, string | Buffer>): Build =>
    withPublic(makeBuild(scratch.folder(), { deploymentId, ownFiles: 1 }), files);

  before(async () => {
    volume = scratch.folder();
    const v1 = build("v1", {
      "both.json": '"v1"',
      "only v1/ä b.txt": "v1",
      "old.svg": "<svg/>",
      "video.mp4": VIDEO,
      "pic.png": "png of v1",
      route: "a file of v1",
      redirected: "a file of v1",
      ".env": "secret",
      "logo.png": "logo of v1",
      "slow.bin": "slow",
      "members/report.pdf": "for members",
    });
    const shop = withPublic(
      makeBuild(scratch.folder(), { deploymentId: "v0", ownFiles: 1, basePath: "/shop" }),
      { "old.svg": "<svg>shop</svg>" },
    );
    assert.equal((await publish(volume, shop)).code, 0);
    const v2 = build("v2", { "both.json": '"v2"', "empty.css": "" });
    const v3 = build("v3", { "logo.png": "logo of v3" });
    fs.mkdirSync(join(v3.directory, ".next/server"), { recursive: true });
    fs.writeFileSync(
      join(v3.directory, ".next/server/middleware-manifest.json"),
      JSON.stringify({ middleware: { "/": { matchers: [{ regexp: "^/members/.*$" }] } } }),
    );
    for (const each of [v1, v2, v3]) {
      assert.equal((await publish(volume, each)).code, 0);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    start = (agent: boolean) =>
      Server.start({
        cwd: v3.directory,
        command: ["node", join(__dirname, "apps", "routes.cjs")],
        env: { SHARED_CACHE_DIR: volume },
        agent,
      });
    [server, control] = [await start(true), await start(false)];
    await server.ready();
    await control.listening();
    // The lists are read when it starts.
    await server.until("old files", async () => (await server.get("/both.json")).status === 200);
  });
  after(async () => {
    await Promise.all([server, control].map((each) => each?.kill()));
    scratch.clean();
  });

  const get = (path: string, init: RequestInit = {}, at = server) =>
    fetch(`http://127.0.0.1:${at.port}${path}`, {
      redirect: "manual",
      ...init,
      headers: { connection: "close", ...(init.headers as Record<string, string>) },
    });

  it("are served where the application's own answer is 404, however it writes that", async () => {
    for (const [path, body] of [
      ["/old.svg", "<svg/>"],
      ["/only%20v1/%C3%A4%20b.txt", "v1"],
      ["/pic.png?v=1", "png of v1"],
      ["/empty.css", ""],
    ] as const) {
      const answer = await get(path);
      assert.equal(answer.status, 200, path);
      assert.equal(await answer.text(), body);
      assert.equal(answer.headers.get("cache-control"), "public, max-age=0");
      assert.equal(answer.headers.get("x-frame-options"), "DENY", "the site's headers stay");
      for (const name of ["vary", "x-nextjs-cache"]) assert.equal(answer.headers.get(name), null);
      assert.equal(answer.headers.get("content-length"), String(body.length));
      assert.equal((await get(path, {}, control)).status, 404, `${path} without the agent`);
    }
    assert.match(server.output, /ended/, "the application learns that its answer has ended");
  });

  it("are those of the release that the request names, else of the newest that has them", async () => {
    const text = async (path: string) => (await get(path)).text();
    assert.equal(await text("/shop/old.svg"), "<svg>shop</svg>", "of a release with a basePath");
    assert.equal(await text("/both.json"), '"v2"');
    assert.equal(await text("/both.json?dpl=v1"), '"v1"');
    assert.equal(await text("/both.json?dpl=v2"), '"v2"');
    assert.equal(await text("/both.json?dpl=gone"), '"v2"');
    for (const path of ["/both.json?dpl=v3", "/old.svg?dpl=v2"]) {
      const answer = await get(path);
      assert.equal(answer.status, 404, `${path}: that release has none`);
      assert.equal(await answer.text(), NOT_FOUND);
    }
  });

  it("never replace a file, a route or a redirect of the current release", async () => {
    assert.equal(await (await get("/route")).text(), "hello");
    assert.equal((await get("/redirected")).status, 307);
    assert.equal(
      (await get("/logo.png?dpl=v1")).status,
      404,
      "v3 has it: what Next.js says counts",
    );
    const post = await get("/old.svg", { method: "POST" });
    assert.equal(post.status, 404);
    assert.equal(await post.text(), NOT_FOUND);
    assert.equal(await (await get("/none.txt")).text(), NOT_FOUND);
  });

  it("are none where the middleware looks: its 404 may hide something", async () => {
    for (const path of [
      "/members/report.pdf",
      "/%6Dembers/report.pdf",
      "/members/report.pdf?dpl=v1",
    ]) {
      const answer = await get(path);
      assert.equal(answer.status, 404, path);
      assert.equal(await answer.text(), NOT_FOUND);
    }
  });

  it("know HEAD, ranges and what has not changed", async () => {
    const whole = await get("/video.mp4");
    assert.ok(Buffer.from(await whole.arrayBuffer()).equals(VIDEO));
    const head = await get("/video.mp4", { method: "HEAD" });
    assert.equal(head.headers.get("content-length"), String(VIDEO.length));
    const etag = whole.headers.get("etag") ?? "";
    const modified = whole.headers.get("last-modified") ?? "";
    for (const [range, expected] of [
      ["bytes=3-9", VIDEO.subarray(3, 10)],
      ["bytes=699990-", VIDEO.subarray(-10)],
      ["bytes=-5", VIDEO.subarray(-5)],
      ["bytes=0-9999999", VIDEO],
    ] as const) {
      const part = await get("/video.mp4", { headers: { range, "if-range": modified } });
      assert.equal(part.status, 206, range);
      assert.ok(Buffer.from(await part.arrayBuffer()).equals(expected), range);
    }
    assert.equal((await get("/video.mp4", { headers: { range: "bytes=800000-" } })).status, 416);
    const other = { range: "bytes=3-9", "if-range": 'W/"other"' };
    assert.equal((await get("/video.mp4", { headers: other })).status, 200);
    for (const [name, value] of [
      ["if-none-match", etag],
      ["if-modified-since", modified],
    ] as const) {
      // Without it fetch() asks for an answer that no cache gave.
      const same = await get("/video.mp4", {
        headers: { [name]: value, "cache-control": "max-age=0" },
      });
      assert.equal(same.status, 304);
      assert.equal(await same.text(), "");
    }
    assert.equal((await get("/video.mp4", { headers: { "if-none-match": '"x"' } })).status, 200);
  });

  it("are what the image optimizer's request leads to", async () => {
    const image = (source: string, more = "") =>
      get(`/_next/image?url=${encodeURIComponent(source)}&w=640&q=75${more}`);
    for (const [answer, location] of [
      [await image("/pic.png"), "/pic.png?dpl=v1"],
      [await image("/both.json", "&dpl=v1"), "/both.json?dpl=v1"],
      [await image("/both.json?dpl=v1"), "/both.json?dpl=v1"],
    ] as const) {
      assert.equal(answer.status, 307);
      assert.equal(answer.headers.get("location"), location);
      assert.equal(answer.headers.get("cache-control"), "no-store");
    }
    assert.equal(await (await image("/logo.png")).text(), "smaller");
    for (const source of ["/none.png", "//evil.test/pic.png", "https://evil.test/pic.png"]) {
      assert.equal((await image(source)).status, 400, source);
    }
  });

  it("close their connection while the pod drains, as all answers do", async () => {
    const ending = await start(true);
    await ending.ready();
    await ending.until("old files", async () => (await ending.get("/both.json")).status === 200);
    const answer = fetch(`http://127.0.0.1:${ending.port}/slow.bin`);
    await new Promise((resolve) => setTimeout(resolve, 500));
    ending.signal();
    assert.equal((await answer).status, 200);
    assert.equal((await answer).headers.get("connection"), "close");
    assert.equal(await (await answer).text(), "slow");
    assert.equal(ending.logged("drain begin")?.requests, 1);
    ending.child.kill("SIGKILL");
  });

  it("lead nowhere else, and hidden files are none", async () => {
    const [contents, list] = [
      join(volume, "releases/v1/public"),
      join(volume, "releases/v1/public.json"),
    ];
    for (const path of ["/.env", "/%2e%65nv", "/..%2fpublic.json", "/../../v2/public.json"]) {
      assert.equal((await get(path)).status, 404, path);
    }
    const { files } = JSON.parse(fs.readFileSync(list, "utf8")) as {
      files: { path: string; sha256: string; size: number }[];
    };
    const file = files.find(({ path }) => path === "old.svg") ?? assert.fail();
    const place = join(contents, file.sha256);
    const elsewhere = join(scratch.folder(), "secret");
    fs.writeFileSync(elsewhere, "secret");
    fs.rmSync(place);
    fs.symlinkSync(elsewhere, place);
    assert.equal((await get("/old.svg")).status, 404, "a link on the volume");
    fs.rmSync(place);
    fs.writeFileSync(place, "<svg");
    assert.equal((await get("/old.svg")).status, 404, "cut off on the volume");
    fs.rmSync(contents, { recursive: true });
    assert.equal(await (await get("/pic.png")).text(), NOT_FOUND, "gone from the volume");
  });
});

for (const version of NEXT_VERSIONS) {
  describe(`files of public/ of older releases, with Next.js ${version}`, () => {
    const scratch = new Scratch();
    let server: Server | undefined;
    after(async () => {
      await server?.kill();
      scratch.clean();
    });

    it("are served, with its types, where it has none, and the optimizer leads to them", async function () {
      this.timeout(300_000);
      const volume = scratch.folder();
      const old = withPublic(makeBuild(scratch.folder(), { deploymentId: "v1", ownFiles: 1 }), {
        "old.svg": "<svg/>",
        "old.json": "{}",
        "old.glb": "glTF",
        "pic.png": "png",
      });
      assert.equal((await publish(volume, old)).code, 0);
      server = await Server.start({
        cwd: fixture(version).standalone,
        env: { SHARED_CACHE_DIR: volume },
      });
      const running = server;
      await running.ready();
      const get = (path: string) =>
        fetch(`http://127.0.0.1:${running.port}${path}`, { redirect: "manual" });
      for (const [path, type] of [
        ["/old.svg", "image/svg+xml"],
        ["/old.json", "application/json; charset=UTF-8"],
        ["/old.glb", "model/gltf-binary"],
      ] as const) {
        await running.until(path, async () => (await get(path)).status === 200, 20);
        const answer = await get(path);
        assert.equal(answer.headers.get("content-type"), type);
        assert.equal(answer.headers.get("cache-control"), "public, max-age=0");
        assert.equal(answer.headers.get("content-encoding"), null);
      }
      const image = await get("/_next/image?url=%2Fpic.png&w=640&q=75");
      assert.equal(image.status, 307);
      assert.equal(image.headers.get("location"), "/pic.png?dpl=v1");
      assert.equal((await get("/none.svg")).status, 404);
      assert.equal((await get("/")).status, 200);
    });
  });
}
