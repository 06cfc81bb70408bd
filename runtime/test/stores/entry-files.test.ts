import assert from "node:assert/strict";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import fsp from "node:fs/promises";
import { join } from "node:path";
import { encode } from "../../src/entry";
import { FilesStore } from "../../src/stores/files/store";
import { removeFolder, sleep, temporaryFolder } from "../lib/processes";
import { entry } from "../lib/entry";

describe("files of the shared folder", () => {
  it("foreign, torn and empty files are ignored and rewritten; temporary files do not stay", async () => {
    const folder = temporaryFolder("files");
    const store = new FilesStore(folder, "app");
    const original = entry();
    const { bytes } = encode(original);
    assert.equal(await store.entries.read("r1", "p:/page"), undefined);
    assert.equal(await store.entries.write("r1", original, bytes), true);
    assert.deepEqual(await store.entries.read("r1", "p:/page"), original);
    assert.equal(await store.entries.read("r2", "p:/page"), undefined, "another release");
    const path = store.entries.path("r1", "p:/page");
    for (const content of [
      Buffer.alloc(0),
      bytes.subarray(0, 80),
      Buffer.from("{}"),
      Buffer.alloc(5000, 7),
    ]) {
      writeFileSync(path, content);
      assert.equal(await store.entries.read("r1", "p:/page"), "unreadable");
      assert.equal(await store.entries.write("r1", original, bytes), true);
      assert.deepEqual(await store.entries.read("r1", "p:/page"), original);
    }
    assert.deepEqual(
      readdirSync(join(path, "..")).filter((name) => name.endsWith(".tmp")),
      [],
    );
    removeFolder(folder);
  });

  it("an older entry does not replace a newer one", async () => {
    const folder = temporaryFolder("files");
    const store = new FilesStore(folder, "app");
    const newer = entry({ asOf: 2000, value: "newer" });
    await store.entries.write("r", newer, encode(newer).bytes);
    const older = entry({ asOf: 1000, value: "older" });
    assert.equal(await store.entries.write("r", older, encode(older).bytes), true);
    assert.deepEqual(await store.entries.read("r", "p:/page"), newer);
    removeFolder(folder);
  });

  it("ESTALE is tried again, ENOSPC gives the old file's space back, EACCES is a miss", async () => {
    const folder = temporaryFolder("files");
    const store = new FilesStore(folder, "app");
    const original = entry();
    const { bytes } = encode(original);
    await store.entries.write("r", original, bytes);
    const real = { readFile: fsp.readFile, writeFile: fsp.writeFile };
    const failing = (code: string): Error => Object.assign(new Error(code), { code });
    const patch = (name: "readFile" | "writeFile", codes: string[]): void => {
      Reflect.set(fsp, name, (...args: unknown[]) => {
        const code = codes.shift();
        return code === undefined
          ? Reflect.apply(real[name], fsp, args)
          : Promise.reject(failing(code));
      });
    };
    try {
      patch("readFile", ["ESTALE"]);
      assert.deepEqual(await store.entries.read("r", "p:/page"), original);
      patch("readFile", ["EACCES"]);
      assert.equal(await store.entries.read("r", "p:/page"), undefined);
      patch("writeFile", ["ENOSPC"]);
      const next = entry({ asOf: original.asOf + 1 });
      assert.equal(await store.entries.write("r", next, encode(next).bytes), true);
      patch("writeFile", ["ENOSPC", "ENOSPC"]);
      const last = entry({ asOf: original.asOf + 2 });
      assert.equal(await store.entries.write("r", last, encode(last).bytes), false);
      assert.equal(
        await store.entries.read("r", "p:/page"),
        "unreadable",
        "an older page stayed where a newer one was shown",
      );
    } finally {
      Object.assign(fsp, real);
      removeFolder(folder);
    }
  });

  it("a revalidation reaches another process's store within 250 ms", async () => {
    const folder = temporaryFolder("files");
    const one = new FilesStore(folder, "app");
    const two = new FilesStore(folder, "app");
    assert.equal((await two.tags.versions(["x"])).size, 0);
    await one.revalidate(["x", "y"], undefined, 1000);
    await sleep(250);
    assert.deepEqual((await two.tags.versions(["x"])).get("x"), {
      stale: 0,
      expired: 1000,
      expireAt: 0,
    });
    await two.revalidate(["x"], { expire: 1 }, 2000);
    await sleep(250);
    assert.deepEqual((await one.tags.versions(["x"])).get("x"), {
      stale: 2000,
      expired: 1000,
      expireAt: 1_002_000,
    });
    writeFileSync(join(folder, "next-shared-cache/app/tags/foreign"), "x");
    mkdirSync(join(folder, "next-shared-cache/app/tags/also~foreign~1"));
    await sleep(250);
    assert.equal((await one.tags.versions(["y"])).get("y")?.expired, 1000);
    rmSync(join(folder, "next-shared-cache"), { recursive: true });
    await sleep(250);
    assert.equal((await one.tags.versions(["x"])).get("x")?.expired, 1000, "what was known stays");
    await one.revalidate(["x"], undefined, 3000);
    assert.equal((await one.tags.versions(["x"])).get("x")?.expired, 3000);
    removeFolder(folder);
  });
});
