import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import fsp from "node:fs/promises";
import { connect } from "node:net";
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
      // 0.45 s is slow, and two of them are too much: far from what a busy machine adds
      const cache = pod({ REDIS_URL: redis.url, NEXT_SHARED_CACHE_TIMEOUT_MS: "1000" });
      pods.push(cache);
      await ready(cache);
      const socket = connect(redis.port, "127.0.0.1");
      await once(socket, "connect");
      const pause = async (calls: number): Promise<void> => {
        // Redis reads it before the lookups, which are sent after it
        const paused = once(socket, "data");
        socket.write("DEBUG SLEEP 0.45\r\n");
        await Promise.all(Array.from({ length: calls }, (_, i) => cache.lookup(lookup(`p:/${i}`))));
        await paused;
      };
      try {
        await pause(5);
        assert.equal(cache.ready, true, "one short pause opened the breaker");
        await pause(1);
        assert.equal(cache.ready, false, "(control) two in a row");
      } finally {
        socket.destroy();
      }
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
        const files = new FilesStore(folder, "app");
        await until("the old page to be in the folder", 10, async () =>
          typeof (await files.entries.read("r", "p:/0")) === "object" ? true : undefined,
        );
        before.stop();
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
    "back from an outage, a pod takes out of Redis what the folder has only an older page of, or none",
    async (redis, folder, pods) => {
      const before = pod({ REDIS_URL: redis.url, SHARED_CACHE_DIR: folder });
      pods.push(before);
      await ready(before);
      const files = new FilesStore(folder, "app");
      const pending = new PendingFiles(files.folder, files.gate);
      for (const key of ["p:/as-new", "p:/older", "p:/lost"]) {
        await write(before, key, "old");
        const old = await until(`${key} in the folder`, 10, async () => {
          const read = await files.entries.read("r", key);
          return typeof read === "object" ? read : undefined;
        });
        const asOf = key === "p:/older" ? localMicros() : old.asOf;
        const record = { release: "r", key, seeded: false, at: localMicros(), asOf };
        await pending.add({ ...record, type: "entry" });
      }
      await files.entries.drop("r", "p:/lost", false);
      before.stop();
      const cache = pod({ REDIS_URL: redis.url, SHARED_CACHE_DIR: folder });
      pods.push(cache);
      await ready(cache);
      const held = async (key: string) => (await cache.lookup(lookup(key))).entry?.value;
      assert.equal(await held("p:/as-new"), "old", "(control) the folder has what was recorded");
      assert.equal(await held("p:/older"), undefined);
      assert.equal(await held("p:/lost"), undefined);
    },
  );

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
        const holder = { cache, answers: undefined };
        Reflect.set(globalThis, Symbol.for("next-shared-cache.process"), holder);
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
});
