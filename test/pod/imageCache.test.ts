import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import { join } from "node:path";
import { POD } from "../helpers/podFolder";
import { makeBuild, namesIn, publish, Scratch } from "./volume";

const BYTES = 3_000_000;

/** Writes images as Next.js does: remove the entry, make its folder, write. */
const WRITER = `
const { promises: fs } = require("node:fs");
const { join } = require("node:path");
(async () => {
  for (let turn = 0; turn < 30; turn += 1) {
    const dir = join(process.argv[1], "KEY");
    await fs.rm(dir, { recursive: true, force: true }).catch(() => {});
    await fs.mkdir(dir, { recursive: true });
    await fs.writeFile(join(dir, "14400." + (1700000000000 + turn) + ".etag.upstream.webp"), Buffer.alloc(${BYTES}, turn));
  }
})();`;

describe("the preload for the image cache", () => {
  const scratch = new Scratch();
  after(() => scratch.clean());

  /** Sizes of images that another pod reads meanwhile, where they are not whole. */
  async function tornReads(preload: boolean): Promise<{ torn: number; whole: number }> {
    const volume = scratch.folder();
    const build = makeBuild(scratch.folder(), { deploymentId: "v1" });
    assert.equal((await publish(volume, build)).code, 0);
    const images = join(build.directory, ".next/cache/images");
    const child = spawn(
      process.execPath,
      [...(preload ? ["--require", join(POD, "image-cache.cjs")] : []), "-e", WRITER, images],
      { stdio: "inherit" },
    );
    const state = { ended: false };
    const ended = new Promise<number | null>((resolve) =>
      child.on("close", (code) => {
        state.ended = true;
        resolve(code);
      }),
    );
    const seen = { torn: 0, whole: 0 };
    while (!state.ended) {
      // As Next.js reads: the first file of the folder; empty ones and missing ones are misses.
      const size = await fs.promises
        .readdir(join(images, "KEY"))
        .then(([name = ""]) => fs.promises.readFile(join(images, "KEY", name)))
        .then((content) => content.length)
        .catch(() => 0);
      if (size === BYTES) seen.whole += 1;
      else if (size > 0) seen.torn += 1;
    }
    assert.equal(await ended, 0);
    assert.equal(namesIn(join(volume, "images/v1/KEY")).length, 1);
    assert.deepEqual(namesIn(join(volume, "images/.tmp")), []);
    return seen;
  }

  it("shows other pods whole images alone", async () => {
    let whole = 0;
    for (let tries = 0; whole <= 5 && tries < 5; tries += 1) {
      const seen = await tornReads(true);
      assert.equal(seen.torn, 0);
      whole += seen.whole;
    }
    assert.ok(whole > 5, `${whole} whole`);
  });

  it("without it they see parts of images", async () => {
    let torn = 0;
    for (let tries = 0; torn === 0 && tries < 5; tries += 1) torn += (await tornReads(false)).torn;
    assert.ok(torn > 0);
  });

  it("leaves alone what is no image of the shared cache", () => {
    const folder = scratch.folder();
    const own = join(folder, ".next/cache/images/KEY");
    fs.mkdirSync(own, { recursive: true });
    const script = `
      const { promises: fs } = require("node:fs");
      (async () => {
        await fs.writeFile(process.argv[1] + "/1.2.a.b.webp", "own");
        await fs.writeFile(process.argv[1] + "/other", "other");
        await fs.writeFile(process.argv[1] + "/../../page.html", "page", { flag: "wx" });
        await fs.writeFile(process.argv[1] + "/none/1.2.a.b.webp", "x").catch((e) => console.log(e.code));
      })();`;
    const child = spawn(process.execPath, [
      "--require",
      join(POD, "image-cache.cjs"),
      "-e",
      script,
      own,
    ]);
    let out = "";
    child.stdout.on("data", (data) => (out += String(data)));
    return new Promise<void>((resolve) => child.on("close", () => resolve())).then(() => {
      assert.equal(fs.readFileSync(join(own, "1.2.a.b.webp"), "utf8"), "own");
      assert.equal(fs.readFileSync(join(own, "other"), "utf8"), "other");
      assert.equal(fs.readFileSync(join(own, "../../page.html"), "utf8"), "page");
      assert.equal(out.trim(), "ENOENT");
    });
  });
});

describe("publishing again, for the agent", () => {
  const scratch = new Scratch();
  after(() => scratch.clean());

  it("brings the files of a running pod's release back, once at a time", async () => {
    const volume = scratch.folder();
    const build = makeBuild(scratch.folder(), { deploymentId: "v1" });
    const script = `
      const { republish } = require(${JSON.stringify(join(POD, "republish.cjs"))});
      console.log(republish(process.env, ${JSON.stringify(build.directory)}), republish(process.env, "/nowhere"));
      setTimeout(() => {}, 1500);`;
    const child = spawn(process.execPath, ["-e", script], {
      env: {
        ...process.env,
        SHARED_CACHE_DIR: volume,
        POD_NAME: "web-1",
        // The server's preloads are not the publisher's.
        NODE_OPTIONS: "",
      },
    });
    let out = "";
    child.stdout.on("data", (data) => (out += String(data)));
    await new Promise((resolve) => child.on("close", resolve));
    assert.match(out, /^true false\n/);
    assert.match(out, /release v1: published/);
    assert.deepEqual(namesIn(join(volume, "releases/v1/heartbeats")), ["web-1"]);
  });
});
