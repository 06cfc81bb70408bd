import assert from "node:assert/strict";
import { lookup } from "node:dns/promises";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import fsp from "node:fs/promises";
import { join } from "node:path";
import { encode, type Entry } from "../../src/entry";
import { Gate, Unanswered } from "../../src/stores/files/gate";
import { PendingFiles, tagsRecord } from "../../src/stores/files/pending";
import { FilesStore } from "../../src/stores/files/store";
import { Unavailable } from "../../src/stores/unavailable";
import * as metrics from "../../src/metrics";
import { bounded } from "../../src/wait";
import { removeFolder, sleep, temporaryFolder, until } from "../lib/processes";
import { hangingFile } from "../lib/hanging-file";

function entry(key: string, over: Partial<Entry> = {}): Entry {
  const asOf = 1_700_000_000_000_000;
  const value = { kind: "FETCH", data: { body: key } };
  return {
    key,
    asOf,
    storedAt: asOf,
    staleAt: 0,
    tags: [],
    cacheControl: undefined,
    value,
    ...over,
  };
}

async function timed<T>(promise: Promise<T>): Promise<{ value: T; ms: number }> {
  const started = performance.now();
  return { value: await promise, ms: performance.now() - started };
}

/** What the files store does on a folder that hangs, fills up or refuses, is emptied, or is written to by two at once. */
describe("the shared folder", () => {
  it("while it hangs, the process reads its own files and finds hosts", async () => {
    const folder = temporaryFolder("hang");
    const store = new FilesStore(folder, "app");
    const healthy = entry("d:healthy");
    await store.entries.write("r", healthy, encode(healthy).bytes);
    const keys = Array.from({ length: 8 }, (_, i) => `d:hangs-${i}`);
    const files = await Promise.all(keys.map((key) => hangingFile(store.entries.path("r", key))));
    const before = metrics.read("next_shared_cache_errors_total", { store: "files", kind: "hung" });
    const reads = keys.map((key) => store.entries.read("r", key));
    try {
      const soon = await bounded(
        Promise.all([timed(lookup("localhost")), timed(fsp.readFile(__filename))]),
        2000,
      );
      assert.ok(soon, "all threads of the process hang in the shared folder");
      for (const { ms } of soon) assert.ok(ms < 300, `${ms} ms`);
      const all = await timed(Promise.all(reads));
      assert.ok(all.ms < 1500, `${all.ms} ms`);
      assert.deepEqual(
        all.value,
        keys.map(() => undefined),
      );
      const refused = await timed(store.entries.read("r", healthy.key));
      assert.ok(refused.value === undefined && refused.ms < 50, `${refused.ms} ms`);
      assert.equal(await store.entries.write("r", healthy, encode(healthy).bytes), false);
      await assert.rejects(store.revalidate(["a"], undefined, 1), Unavailable);
      assert.match(metrics.render(), /^next_shared_cache_files_hung [12]$/m);
      assert.ok(
        metrics.read("next_shared_cache_errors_total", { store: "files", kind: "hung" }) >=
          before + keys.length,
      );
    } finally {
      for (const { release } of files) release();
    }
    await until("the folder to be used again", 2, async () =>
      (await store.entries.read("r", healthy.key)) === undefined ? undefined : true,
    );
    assert.match(metrics.render(), /^next_shared_cache_files_hung 0$/m);
    removeFolder(folder);
  });

  it("no id of a release or an application leads out of its folder", async () => {
    const store = new FilesStore("/shared", "..");
    assert.equal(store.folder, "/shared/next-shared-cache/%2E%2E");
    for (const id of ["..", ".", "../x", "a/../../b"]) {
      const path = store.entries.path(id, "d:key");
      assert.equal(
        path.split("/").length,
        store.entries.path("r", "d:key").split("/").length,
        path,
      );
      assert.ok(path.startsWith(`${store.folder}/releases/`), path);
    }
    assert.match(store.entries.path("v1.2", "d:key"), /\/releases\/v1\.2\//);
  });

  it("waits of a request for the same hanging operation do not add up", async () => {
    const gate = new Gate("folder");
    assert.ok(gate.patienceMs > 240);
    let answer: (value: string) => void = () => undefined;
    const hangs = gate.run(() => new Promise<string>((resolve) => (answer = resolve)));
    await sleep(300);
    assert.ok(gate.patienceMs <= 10, `${gate.patienceMs} ms after 300 ms`);
    answer("late but not hung");
    assert.equal(await hangs, "late but not hung");
    assert.ok(gate.patienceMs > 240);
  });

  it("never more than half of the threads, in order, and nothing that waited too long", async () => {
    const gate = new Gate("folder", 4);
    let running = 0;
    let most = 0;
    const order: number[] = [];
    const work = Array.from({ length: 6 }, (_, i) =>
      gate.run(async () => {
        most = Math.max(most, ++running);
        order.push(i);
        await sleep(20);
        running--;
        return i;
      }),
    );
    assert.deepEqual(await Promise.all(work), [0, 1, 2, 3, 4, 5]);
    assert.equal(most, 2);
    assert.deepEqual(order, [0, 1, 2, 3, 4, 5]);
    const slow = [0, 1, 2, 3].map(() => gate.run(() => sleep(700)));
    const late = assert.rejects(
      gate.run(() => sleep(0)),
      Unanswered,
    );
    await Promise.all([...slow, late]);
    await assert.rejects(
      gate.run(() => Promise.reject(new Error("as it is"))),
      /as it is/,
    );
  });

  it("a busy process does not take its own pause for the folder's", async () => {
    const gate = new Gate("folder");
    const read = gate.run(() => fsp.readFile(__filename));
    const busyUntil = performance.now() + 1300;
    while (performance.now() < busyUntil);
    assert.ok((await read).length > 0);
  });

  it("a replayed record that cannot be removed is replayed once", async () => {
    const folder = temporaryFolder("pending");
    const pending = new PendingFiles(folder, new Gate(folder));
    await pending.add(tagsRecord(["a"], undefined));
    const [name = ""] = (await pending.list()).tags;
    const record = await pending.read(name);
    assert.ok(record);
    const real = fsp.unlink;
    Reflect.set(fsp, "unlink", () =>
      Promise.reject(Object.assign(new Error("read-only file system"), { code: "EROFS" })),
    );
    try {
      await pending.done(name, record);
      assert.deepEqual(await pending.list(), { tags: [name], entries: [] });
      assert.equal(await pending.read(name), undefined, "it would be carried out again");
      // the same entry, recorded anew, has the same name
      writeFileSync(
        join(folder, "pending", name),
        JSON.stringify({ ...record, at: record.at + 1 }),
      );
      assert.equal((await pending.read(name))?.at, record.at + 1);
    } finally {
      Reflect.set(fsp, "unlink", real);
    }
    await pending.done(name, record);
    assert.deepEqual(await pending.list(), { tags: [], entries: [] });
    removeFolder(folder);
  });

  it("a record that is not readable now stays, one that is none goes", async () => {
    const folder = temporaryFolder("pending");
    const pending = new PendingFiles(folder, new Gate(folder));
    await pending.add(tagsRecord(["a"], undefined));
    const [name = ""] = (await pending.list()).tags;
    const real = fsp.readFile;
    Reflect.set(fsp, "readFile", () =>
      Promise.reject(Object.assign(new Error("input/output error"), { code: "EIO" })),
    );
    try {
      assert.equal(await pending.read(name), undefined);
    } finally {
      Reflect.set(fsp, "readFile", real);
    }
    assert.equal((await pending.read(name))?.type, "tags", "a revalidation was thrown away unread");
    writeFileSync(join(folder, "pending/tags-0-x.json"), "{}");
    assert.equal(await pending.read("tags-0-x.json"), undefined);
    assert.deepEqual(readdirSync(join(folder, "pending")), [name]);
    removeFolder(folder);
  });

  it("of two pods that write a file at once, the newer entry stays", async () => {
    const folder = temporaryFolder("race");
    const [one, other] = [new FilesStore(folder, "app"), new FilesStore(folder, "app")];
    const made = (i: number, asOf: number): Entry =>
      entry(`p:/${i}`, { asOf, storedAt: asOf, value: asOf });
    const keys = Array.from({ length: 60 }, (_, i) => i);
    for (const i of keys) {
      const [newer, older] = [made(i, 2000), made(i, 1000)];
      await Promise.all([
        one.entries.write("r", newer, encode(newer).bytes),
        other.entries.write("r", older, encode(older).bytes),
      ]);
    }
    await sleep(800);
    for (const i of keys) {
      const read = await one.entries.read("r", `p:/${i}`);
      assert.equal(typeof read === "object" ? read.value : read, 2000, `of p:/${i}`);
    }
    removeFolder(folder);
  });

  it("tags stay known to a pod when somebody empties the folder", async () => {
    const folder = temporaryFolder("emptied");
    const files = new FilesStore(folder, "app");
    await files.revalidate(["a"], undefined, 5000);
    await sleep(300);
    removeFolder(folder);
    mkdirSync(folder, { recursive: true });
    assert.equal((await files.tags.versions(["a"])).get("a")?.expired, 5000);
    await files.revalidate(["b"], undefined, 6000);
    await sleep(300);
    assert.deepEqual(
      [...(await files.tags.versions(["a", "b"])).values()].map((v) => v.expired),
      [5000, 6000],
    );
    removeFolder(folder);
  });
});
