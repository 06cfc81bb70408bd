import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { POD } from "../helpers/podFolder";
import { Server } from "./helpers/server";

const { imageOf } = require(join(POD, "agent-old-images.cjs")) as {
  imageOf: (url: string) => { source: string; file: string; dpl: string | null } | undefined;
};

const asking = (source: string, more = "&w=640&q=75") =>
  `/_next/image?url=${encodeURIComponent(source)}${more}`;

/** A server that answers everything with "hello", as Next.js would answer images of its own. */
describe("images of older releases", () => {
  const folder = mkdtempSync(join(tmpdir(), "next-on-eks-old-images-"));
  const shared = join(folder, "shared");
  let server: Server;

  before(async () => {
    for (const [path, name] of [
      [join(folder, ".next", "static", "media"), "new.1.png"],
      [join(shared, "static", "media"), "new.1.png"],
      [join(shared, "static", "media"), "old.0.png"],
    ] as const) {
      mkdirSync(path, { recursive: true });
      writeFileSync(join(path, name), "an image");
    }
    writeFileSync(join(folder, ".next", "BUILD_ID"), "v2");
    server = await Server.start({
      cwd: folder,
      command: ["node", join(__dirname, "apps", "custom.cjs")],
      env: { SHARED_CACHE_DIR: shared },
    });
    await server.ready();
  });
  after(async () => {
    await server.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  const get = (path: string, method = "GET") =>
    fetch(`http://127.0.0.1:${server.port}${path}`, {
      method,
      redirect: "manual",
      headers: { connection: "close" },
    });

  it("are found in the union", async () => {
    const answer = await get(asking("/_next/static/media/old.0.png"));
    assert.equal(answer.status, 307);
    assert.equal(answer.headers.get("location"), "/_next/static/media/old.0.png");
    assert.equal(answer.headers.get("cache-control"), "no-store");
    const named = await get(`/shop${asking("/shop/_next/static/media/old.0.png", "&w=1&dpl=v1")}`);
    assert.equal(named.headers.get("location"), "/shop/_next/static/media/old.0.png?dpl=v1");
  });

  it("are Next.js's where it has them, and where nobody has (control)", async () => {
    for (const path of [
      asking("/_next/static/media/new.1.png"),
      asking("/_next/static/media/none.png"),
      asking("/logo.png"),
      "/_next/static/media/old.0.png",
      "/",
    ]) {
      const answer = await get(path);
      assert.equal(answer.status, 200, path);
      assert.equal(await answer.text(), "hello");
    }
    assert.equal((await get(asking("/_next/static/media/old.0.png"), "POST")).status, 200);
  });

  it("lead nowhere else", () => {
    for (const source of [
      "https://evil.test/_next/static/media/old.0.png",
      "//evil.test/_next/static/media/old.0.png",
      "/\\evil.test/_next/static/media/old.0.png",
      "/_next/static/../../secret",
      "/_next/static/media/.hidden",
      "/_next/static/media/old.0.png\r\nx: y",
    ]) {
      assert.equal(imageOf(asking(source)), undefined, source);
    }
    assert.equal(imageOf(asking("/_next/static/media/old.0.png"))?.file, "media/old.0.png");
  });
});
