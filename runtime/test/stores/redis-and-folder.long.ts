import assert from "node:assert/strict";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import fsp from "node:fs/promises";
import { join } from "node:path";
import SharedCacheHandler from "../../src/cache-handler";
import { localMicros } from "../../src/clock";
import { encode, type Entry } from "../../src/entry";
import { PendingFiles, tagsRecord } from "../../src/stores/files/pending";
import { FilesStore } from "../../src/stores/files/store";
import { SharedCache } from "../../src/shared-cache";
import { removeFolder, sleep, temporaryFolder, until } from "../lib/processes";
import { RedisServer } from "../lib/redis";
import { lookup, pod, ready, write } from "../lib/pods";

/** Operations of node:fs on the shared folder that take longer while `body` runs. */
async function slowly(
  names: readonly string[],
  ms: number,
  body: () => Promise<void>,
): Promise<void> {
  const real = names.map(
    (name) => [name, Reflect.get(fsp, name) as () => Promise<unknown>] as const,
  );
  for (const [name, operation] of real)
    Reflect.set(fsp, name, async (...args: []) => {
      await sleep(ms);
      return operation(...args);
    });
  try {
    await body();
  } finally {
    for (const [name, operation] of real) Reflect.set(fsp, name, operation);
  }
}

/** What pods do with Redis and a folder that are slow, full, away or back. */
describe("stores of pods", () => {
  const check = (
    name: string,
    body: (redis: RedisServer, folder: string, pods: SharedCache[]) => Promise<void>,
    options: readonly string[] = [],
  ): void => {
    it(name, async () => {
      const redis = await RedisServer.launch(options);
      const folder = temporaryFolder("stores");
      const pods: SharedCache[] = [];
      try {
        await body(redis, folder, pods);
      } finally {
        for (const cache of pods) cache.stop();
        await redis.kill();
        removeFolder(folder);
      }
    });
  };

  check("what is stored is not held up by the folder behind Redis", async (redis, folder, pods) => {
    const cache = pod({ REDIS_URL: redis.url, SHARED_CACHE_DIR: folder });
    pods.push(cache);
    await ready(cache);
    await slowly(["rename"], 400, async () => {
      const started = performance.now();
      await write(cache, "p:/a", "new");
      const ms = performance.now() - started;
      assert.ok(ms < 200, `${Math.round(ms)} ms`);
    });
    const files = new FilesStore(folder, "app");
    await until("the entry in the folder", 3, async () =>
      typeof (await files.entries.read("r", "p:/a")) === "object" ? true : undefined,
    );
  });

  check(
    "a pause of Redis that several calls sit out together counts once",
    async (redis, _folder, pods) => {
      const cache = pod({ REDIS_URL: redis.url });
      pods.push(cache);
      await ready(cache);
      const pause = async (calls: number, seconds: string): Promise<void> => {
        const paused = redis.command("DEBUG", "SLEEP", seconds);
        await sleep(20);
        await Promise.all(Array.from({ length: calls }, (_, i) => cache.lookup(lookup(`p:/${i}`))));
        await paused;
      };
      await pause(5, "0.11");
      assert.equal(cache.ready, true, "one short pause opened the breaker");
      await pause(1, "0.11");
      await pause(1, "0.11");
      await until("the breaker to open after three in a row (control)", 2, async () =>
        !cache.ready ? true : undefined,
      );
    },
    ["--enable-debug-command", "local"],
  );

  const full = ["--maxmemory", "3mb", "--maxmemory-policy", "noeviction"];
  check(
    "a pod that starts while Redis is full uses it all the same",
    async (redis, _folder, pods) => {
      const old = pod({ REDIS_URL: redis.url });
      pods.push(old);
      await ready(old);
      await write(old, "p:/a", "old");
      await redis
        .command(
          "EVAL",
          "for i = 1, 100000 do if redis.call('INFO', 'memory'):match('used_memory:(%d+)') + 0 > 3400000 then return i end redis.call('SET', 'fill' .. i, string.rep('x', 20000)) end",
          "0",
        )
        .catch(() => "");
      assert.match(await redis.command("SET", "probe", "x").catch(String), /OOM/, "it is not full");
      const young = pod({ REDIS_URL: redis.url });
      pods.push(young);
      await ready(young);
      await young.revalidate(["tag"], undefined);
      const found = await old.lookup(lookup("p:/a"));
      assert.ok(found.versions.get("tag")?.expired, "its revalidation did not reach the other pod");
    },
    full,
  );

  check(
    "without a folder, a prerendered page is made anew while Redis is away",
    async (redis, _folder, pods) => {
      const cache = pod({ REDIS_URL: redis.url });
      pods.push(cache);
      await ready(cache);
      const seed = { asOf: 1, staleAt: 0, tags: [] };
      assert.equal((await cache.lookup(lookup("p:/s", { seed }))).superseded, false);
      await redis.kill();
      await until("the breaker to open", 3, async () => (cache.ready ? undefined : true));
      assert.equal(
        (await cache.lookup(lookup("p:/s", { seed }))).superseded,
        true,
        "another pod may have replaced it",
      );
    },
  );

  for (const [entries, expected] of [
    [10, "replays all of it"],
    [2000, "distrusts what Redis has, and takes the records away"],
  ] as const) {
    check(
      `back from an outage with ${entries} renderings and a slow folder, a pod ${expected}`,
      async (redis, folder, pods) => {
        const before = pod({ REDIS_URL: redis.url, SHARED_CACHE_DIR: folder });
        pods.push(before);
        await ready(before);
        await write(before, "p:/0", "old");
        before.stop();
        const files = new FilesStore(folder, "app");
        const pending = new PendingFiles(files.folder, files.gate);
        await pending.add(tagsRecord(["elsewhere"], undefined));
        await pending.add({ type: "entry", release: "r", key: "p:/0", seeded: false, at: 1 });
        const at = localMicros();
        const newer: Entry = {
          key: "p:/0",
          asOf: at,
          storedAt: at,
          staleAt: 0,
          tags: [],
          cacheControl: undefined,
          value: "new",
        };
        assert.ok(await files.entries.write("r", newer, encode(newer).bytes));
        const records = join(files.folder, "pending/entries");
        for (let i = 1; i < entries; i++)
          writeFileSync(
            join(records, `${i}.json`),
            JSON.stringify({ type: "entry", release: "r", key: `p:/${i}`, seeded: false, at: 1 }),
          );
        await slowly(["readFile", "unlink", "rename", "readdir"], 3, async () => {
          const cache = pod({ REDIS_URL: redis.url, SHARED_CACHE_DIR: folder });
          pods.push(cache);
          await ready(cache, 4);
          const found = await cache.lookup(lookup("p:/0", { tags: ["elsewhere"] }));
          assert.ok(found.versions.get("elsewhere")?.expired, "the revalidation was not replayed");
          if (entries > 500)
            assert.ok(found.floor > 0 && found.entry === undefined, "the old page is trusted");
          else assert.equal(found.entry?.value, "new");
          const { tags, entries: left } = await pending.list();
          assert.deepEqual([tags, left], [[], []]);
          await until("the files to go", 60, async () =>
            readdirSync(join(files.folder, "pending")).some((name) => name.startsWith("forgotten-"))
              ? undefined
              : true,
          );
        });
      },
    );
  }

  check(
    "a page past its expire is made by one pod, and the others wait for it",
    async (redis, folder, pods) => {
      const handlers = [0, 1].map((i) => {
        const cache = pod({ REDIS_URL: redis.url });
        pods.push(cache);
        // each with a folder of its own, so that one process can be two pods
        const dist = join(folder, String(i), ".next");
        mkdirSync(join(dist, "server"), { recursive: true });
        writeFileSync(join(dist, "BUILD_ID"), "r");
        Reflect.set(globalThis, Symbol.for("next-shared-cache.process"), { cache });
        return new SharedCacheHandler({ serverDistDir: join(dist, "server") });
      });
      Reflect.deleteProperty(globalThis, Symbol.for("next-shared-cache.process"));
      const [one, other] = handlers;
      assert.ok(one && other);
      for (const cache of pods) await ready(cache);
      const page = (html: string) => ({ kind: "APP_PAGE", html, headers: {}, status: 200 });
      const lifetime = { cacheControl: { revalidate: 1, expire: 1 } };
      const shown = async (handler: SharedCacheHandler): Promise<unknown> => {
        const answer = await handler.get("/x", { kind: "APP_PAGE" });
        return (answer as { value: { html: string } } | null)?.value.html;
      };
      await one.set("/x", page("old"), lifetime);
      assert.equal(await shown(other), "old");
      await sleep(1100);
      // Next.js takes it for expired by its age, and renders before it answers
      assert.equal(await shown(one), "old");
      const waiting = shown(other);
      await sleep(300);
      await one.set("/x", page("new"), lifetime);
      assert.equal(await waiting, "new", "both pods made it");
    },
  );

  it("of two pods that write a file at once, the newer entry stays", async () => {
    const folder = temporaryFolder("race");
    const [one, other] = [new FilesStore(folder, "app"), new FilesStore(folder, "app")];
    const made = (i: number, asOf: number): Entry => ({
      key: `p:/${i}`,
      asOf,
      storedAt: asOf,
      staleAt: 0,
      tags: [],
      cacheControl: undefined,
      value: asOf,
    });
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
