import assert from "node:assert/strict";
import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encode, type Entry } from "../../src/entry";
import { FilesStore } from "../../src/stores/files/store";
import { Sweeper } from "../../src/stores/files/sweep";
import * as metrics from "../../src/metrics";
import type { Release } from "../../src/release";
import { removeFolder, temporaryFolder } from "../lib/processes";

const KIB = 1024;
const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;

const release: Release = {
  id: "r",
  builtAt: Date.now() * 1000,
  lifetimeOf: (path) => (path === "/prerendered" ? false : undefined),
  expireOf: () => undefined,
};

function age(path: string, seconds: number): void {
  const at = Date.now() / 1000 - seconds;
  utimesSync(path, at, at);
}

/** Writes an entry of 4 KiB that was last written some time ago, and gives its path. */
async function put(store: FilesStore, key: string, seconds: number, id = "r"): Promise<string> {
  const asOf = Date.now() * 1000;
  const value = Buffer.from(Array.from({ length: 4 * KIB }, () => Math.random() * 256));
  const times = { asOf, storedAt: asOf, staleAt: 0 };
  const entry: Entry = { key, ...times, tags: [], cacheControl: undefined, value };
  assert.equal(await store.entries.write(id, entry, encode(entry).bytes), true);
  const path = store.entries.path(id, key);
  age(path, seconds);
  return path;
}

/** The files store forgets: what is over its limit, and what is too old. */
describe("the sweep of the shared folder", () => {
  const check = (name: string, body: (store: FilesStore) => Promise<void>): void => {
    it(name, async () => {
      const folder = temporaryFolder("sweep");
      // a sweep keeps no process alive
      const alive = setInterval(() => undefined, 1000);
      await body(new FilesStore(folder, "app")).finally(() => clearInterval(alive));
      removeFolder(folder);
    });
  };

  check("over the limit the oldest go, of this release alone", async (store) => {
    const paths: string[] = [];
    for (let i = 0; i < 40; i++) paths.push(await put(store, `d:${i}`, (40 - i) * 2 * MINUTE));
    const other = await put(store, "d:0", 20 * DAY, "other");
    const limit = 100 * KIB;
    assert.equal(await new Sweeper(store, release, limit).turn(), true);
    const left = paths.filter((path) => existsSync(path));
    assert.deepEqual(left, paths.slice(-left.length), "not the oldest went");
    const bytes = left.reduce((sum, path) => sum + statSync(path).size, 0);
    assert.ok(bytes <= limit && bytes > limit * 0.8, `${bytes} of ${limit} bytes`);
    assert.ok(existsSync(other));
    assert.ok(metrics.read("next_shared_cache_files_swept_total") >= 40 - left.length);
  });

  check("no more goes than has to, also of what was written at once", async (store) => {
    for (let i = 0; i < 40; i++) await put(store, `d:${i}`, 5 * MINUTE);
    await new Sweeper(store, release, 100 * KIB).turn();
    let left = 0;
    for (let i = 0; i < 40; i++) if (await store.entries.read("r", `d:${i}`)) left++;
    assert.ok(left >= 20 && left <= 24, `${left} of 40`);
  });

  check("what replaced a prerendered page is emptied, and stays so", async (store) => {
    const page = await put(store, "p:/prerendered", 3 * MINUTE);
    const layout = await put(store, "p:/route-cache/APP_PAGE/abc/$/prerendered", 3 * MINUTE);
    const plain = await put(store, "p:/other", 3 * MINUTE);
    const data = await put(store, "d:/prerendered", 3 * MINUTE);
    const young = await put(store, "d:young", 0);
    await new Sweeper(store, release, 5 * KIB).turn();
    assert.equal(statSync(page).size, 0);
    assert.equal(statSync(layout).size, 0);
    assert.deepEqual([plain, data, young].map(existsSync), [false, false, true]);
    assert.equal(await store.entries.read("r", "p:/prerendered"), "unreadable");
    age(page, 40 * DAY);
    age(join(store.entries.releaseFolder("r"), "swept"), 10 * MINUTE);
    await new Sweeper(store, release, 5 * KIB).turn();
    assert.ok(existsSync(page));
  });

  check(
    "below the limit only what is too old goes, and what crashed writers left",
    async (store) => {
      const old = await put(store, "d:old", 31 * DAY);
      const young = await put(store, "d:young", 29 * DAY);
      const [crashed, writing] = [`${young}.1.abc.tmp`, `${young}.2.abc.tmp`];
      for (const path of [crashed, writing]) writeFileSync(path, "");
      age(crashed, 61 * MINUTE);
      await new Sweeper(store, release, 1024 * KIB).turn();
      assert.deepEqual([old, young, crashed, writing].map(existsSync), [false, true, false, true]);
    },
  );

  check("one pod at a time, and again after a while", async (store) => {
    const one = new Sweeper(store, release, KIB);
    const two = new Sweeper(store, release, KIB);
    const turns = await Promise.all([one.turn(), two.turn(), one.turn()]);
    assert.equal(turns.filter(Boolean).length, 1, String(turns));
    assert.equal(await two.turn(), false);
    age(join(store.entries.releaseFolder("r"), "swept"), 6 * MINUTE);
    assert.equal(await two.turn(), true);
  });

  check("tags older than 400 days and than the image are forgotten", async (store) => {
    const now = Date.now() * 1000;
    const ago = (days: number): number => now - days * DAY * 1e6;
    await store.revalidate(["old"], undefined, ago(401));
    await store.revalidate(["young"], undefined, ago(399));
    await store.revalidate(["both"], undefined, ago(401));
    await store.revalidate(["both"], { expire: 60 }, ago(1));
    const sweep = (builtAt: number): Promise<boolean> => {
      const marker = join(store.entries.releaseFolder("r"), "swept");
      if (existsSync(marker)) age(marker, 6 * MINUTE);
      return new Sweeper(store, { ...release, builtAt }, KIB).turn();
    };
    await sweep(ago(500));
    assert.equal(readdirSync(join(store.folder, "tags")).length, 3, "an old image needs it");
    await sweep(now);
    const known = await new FilesStore(join(store.folder, "../.."), "app").tags.versions([
      ...["old", "young", "both"],
    ]);
    assert.deepEqual([...known.keys()].sort(), ["both", "young"]);
  });

  check("a drop leaves a file only where a prerendered page would be back", async (store) => {
    const page = await put(store, "p:/prerendered", 0);
    const data = await put(store, "d:data", 0);
    await store.entries.drop("r", "p:/prerendered", true);
    await store.entries.drop("r", "d:data", false);
    await store.entries.drop("r", "d:never-there", false);
    assert.equal(statSync(page).size, 0);
    assert.ok(!existsSync(data));
  });
});
