import assert from "node:assert/strict";
import fsp from "node:fs/promises";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encode, serialize, type Entry } from "../../src/entry";
import { readEnvironment } from "../../src/environment";
import { WriteBehind, type Debts, type Owed } from "../../src/stores/write-behind";
import { EntryFiles } from "../../src/stores/files/entry-files";
import { Gate } from "../../src/stores/files/gate";
import { FilesStore } from "../../src/stores/files/store";
import { RedisStore } from "../../src/stores/redis/store";
import * as metrics from "../../src/metrics";
import type { SharedCache } from "../../src/shared-cache";
import { removeFolder, sleep, temporaryFolder, until } from "../lib/processes";
import { RedisServer } from "../lib/redis";
import { lookup, pod, ready, write as rendered } from "../lib/pods";

interface Traffic {
  /** Operations of node:fs, by name. */
  readonly operations: Record<string, number>;
  written: number;
  read: number;
}

const COUNTED = [
  ...["writeFile", "readFile", "open", "rename", "stat", "readdir", "mkdir", "unlink", "truncate"],
] as const;

/** What `body` does to the shared folder; what pods of earlier checks still look for in theirs is not counted. */
async function traffic(folder: string, body: () => Promise<void>): Promise<Traffic> {
  const seen: Traffic = { operations: {}, written: 0, read: 0 };
  const real = COUNTED.map((name) => [name, Reflect.get(fsp, name) as unknown] as const);
  for (const [name, operation] of real)
    Reflect.set(fsp, name, async (...args: unknown[]) => {
      // the look for what is left of outages, and whether a sweep is due, are there without any page
      const path = String(args[0]);
      if (!path.startsWith(folder) || /\/(pending|swept|releases\/r)$/.test(path))
        return Reflect.apply(operation as () => unknown, fsp, args);
      seen.operations[name] = (seen.operations[name] ?? 0) + 1;
      if (name === "writeFile") seen.written += (args[1] as Buffer).length;
      // of what is opened the header is read
      if (name === "open") seen.read += 58;
      const result: unknown = await Reflect.apply(operation as () => unknown, fsp, args);
      if (Buffer.isBuffer(result)) seen.read += result.length;
      return result;
    });
  try {
    await body();
  } finally {
    for (const [name, operation] of real) Reflect.set(fsp, name, operation);
  }
  return seen;
}

/** What a check says when the machine was slower than its promise allows for: it is repeated. */
const PROVES_NOTHING = Symbol();
type Body = (
  redis: RedisServer,
  folder: string,
  pods: SharedCache[],
) => Promise<void | typeof PROVES_NOTHING>;

/** On demand: two renderings in a row are not taken for one. */
function write(cache: SharedCache, key: string, value: unknown): Promise<void> {
  return rendered(cache, key, value, { replace: true });
}

function made(key: string, asOf: number): Entry {
  const times = { asOf, storedAt: asOf, staleAt: 0 };
  return { key, ...times, tags: [], cacheControl: undefined, value: asOf };
}

async function inFolder(folder: string, key: string): Promise<unknown> {
  const read = await new FilesStore(folder, "app").entries.read("r", key);
  return typeof read === "object" ? read.value : read;
}

/** What Redis has goes to the shared folder, now and then. */
describe("entries that are written behind Redis", () => {
  const check = (
    name: string,
    seconds: string,
    body: Body,
    more: Readonly<Record<string, string>> = {},
  ): void => {
    const once = async (): Promise<void | typeof PROVES_NOTHING> => {
      const redis = await RedisServer.launch();
      const folder = temporaryFolder("behind");
      // a sweep that was just now: what it does would be counted
      const swept = new FilesStore(folder, "app").entries.releaseFolder("r");
      mkdirSync(swept, { recursive: true });
      writeFileSync(join(swept, "swept"), "");
      const env = {
        REDIS_URL: redis.url,
        SHARED_CACHE_DIR: folder,
        NEXT_SHARED_CACHE_FILES_EVERY_S: seconds,
        ...more,
      };
      const pods = [pod(env), pod(env)];
      try {
        for (const cache of pods) await ready(cache);
        return await body(redis, folder, pods);
      } finally {
        for (const cache of pods) cache.stop();
        await redis.kill();
        removeFolder(folder);
      }
    };
    it(name, async () => {
      for (let tries = 0; tries < 8; tries++) if ((await once()) !== PROVES_NOTHING) return;
      assert.fail("the machine was too slow each time");
    });
  };
  /** For what has nothing to do with an outage: on a busy machine Redis would count as away, and what is held be written. */
  const PATIENT = { NEXT_SHARED_CACHE_TIMEOUT_MS: "5000" };
  // 21 KB of HTML, which leave 6 KB when they are compressed
  const row = (_: unknown, i: number): string =>
    `<li>${((i * 7919) % 9973) ** 3} is line ${i} of a page</li>`;
  const page = { html: Array.from({ length: 500 }, row).join("") };

  check(
    "a view costs the folder nothing, a rendering one write and one look at a header",
    "30",
    async (_redis, folder, [one]) => {
      assert.ok(one);
      // the folders are made once
      await write(one, "p:/a", page);
      await write(one, "p:/b", page);
      await sleep(500);
      const views = await traffic(folder, async () => {
        for (let i = 0; i < 100; i++) await one.lookup(lookup("p:/a"));
        await sleep(500);
      });
      assert.deepEqual(views, { operations: {}, written: 0, read: 0 });
      const again = await traffic(folder, async () => {
        for (let i = 0; i < 20; i++) await write(one, "p:/a", page);
        await sleep(500);
      });
      assert.deepEqual(again.operations, {}, "within 30 s it is not written again");
      const first = await traffic(folder, async () => {
        await write(one, "p:/c", page);
        await sleep(500);
      });
      // the first entry of a bucket makes its folder, and is then written again
      const { mkdir: tries = 0, ...operations } = first.operations;
      assert.deepEqual(operations, { writeFile: 1 + tries, open: 1, rename: 1 });
      const bytes = encode({ ...made("p:/c", 1), tags: ["tag"], value: page }).bytes.length;
      assert.equal(first.written / (1 + tries), bytes);
      const revalidated = await traffic(folder, () => one.revalidate(["tag"], undefined));
      assert.equal(revalidated.written, 0, "the name of an empty file is all that a tag needs");
      console.log(`        a rendering ${JSON.stringify(first)}`);
      console.log(`        a revalidated tag ${JSON.stringify(revalidated)}`);
    },
    PATIENT,
  );

  check(
    "with 0 each rendering goes to the folder (control)",
    "0",
    async (_r, folder, [one]) => {
      assert.ok(one);
      const seen = await traffic(folder, async () => {
        for (let i = 0; i < 5; i++) {
          await write(one, "p:/a", page);
          await sleep(100);
        }
      });
      // more where two of them met, and the newer one was put back
      assert.ok((seen.operations.rename ?? 0) >= 5, JSON.stringify(seen));
    },
    PATIENT,
  );

  check(
    "a page that all pods rewrite is written once an interval, and the last one reaches it",
    "1",
    async (_redis, folder, pods) => {
      let last = 0;
      const seen = await traffic(folder, async () => {
        const end = performance.now() + 3000;
        for (let i = 0; performance.now() < end; i++) {
          const cache = pods[i % pods.length];
          assert.ok(cache);
          await write(cache, "p:/hot", (last = i));
          await sleep(40);
        }
        await sleep(1600);
      });
      const renames = seen.operations.rename ?? 0;
      assert.ok(last >= 20, `${last} renderings prove little`);
      assert.ok(renames >= 3 && renames <= 6, `${renames} writes of ${last} renderings`);
      assert.equal(await inFolder(folder, "p:/hot"), last);
    },
    PATIENT,
  );

  for (const [what, signal] of [
    ["is killed", "SIGKILL"],
    ["hangs, and nobody asks for a page", "SIGSTOP"],
  ] as const)
    check(
      `when Redis ${what}, the folder has the last rendering within a second`,
      "3600",
      async (redis, folder, [one, other]) => {
        assert.ok(one && other);
        await write(one, "p:/a", "first");
        await write(one, "p:/a", "second");
        // pods know Redis's clock to within half a round trip: what is as old as that is refused
        await sleep(200);
        await write(other, "p:/a", "last");
        await write(one, "p:/b", "first");
        await write(one, "p:/b", "last of b");
        await sleep(100);
        assert.equal(await inFolder(folder, "p:/a"), "first", "nothing was held back");
        assert.equal((await one.lookup(lookup("p:/a"))).entry?.value, "last", "not what Redis has");
        // A second in turns of a timer, of which there are fewer while the machine gives this process no time.
        let turns = 0;
        const timer = setInterval(() => turns++, 20);
        redis.signal(signal);
        await until("the folder to have the last renderings", 10, async () =>
          (await inFolder(folder, "p:/a")) === "last" &&
          (await inFolder(folder, "p:/b")) === "last of b"
            ? true
            : undefined,
        ).finally(() => clearInterval(timer));
        assert.ok(turns <= 50, `${turns} turns of 20 ms`);
      },
    );

  // That is promised if the folder takes all that is held in 0.15 s; what holds it notices a hang in 0.4 of 0.25 s.
  for (const [what, signal, writtenInMs] of [
    ["is killed", "SIGKILL", 150],
    ["hangs", "SIGSTOP", 100 + 150],
  ] as const)
    check(
      `when Redis ${what}, no pod answers older than what another one held, and none waits for long`,
      "3600",
      async (redis, folder, [one, other]) => {
        assert.ok(one && other);
        const keys = Array.from({ length: 30 }, (_, i) => `p:/${i}`);
        for (const value of ["first", "last"])
          for (const key of keys) await write(one, key, { value, page });
        await sleep(150);
        const before = (await inFolder(folder, "p:/7")) as { value: string };
        assert.equal(before.value, "first", "nothing was held back");
        const stored = (): number =>
          metrics.read("next_shared_cache_writes_total", { store: "files", result: "stored" });
        const [storedBefore, lostAt] = [stored(), performance.now()];
        redis.signal(signal);
        // Waits in turns of a timer, of which there are fewer while the machine gives this process no time.
        let [turns, worst, missed] = [0, 0, 0];
        let storedAfterMs: number | undefined;
        const timer = setInterval(() => {
          turns++;
          if (stored() - storedBefore >= keys.length) storedAfterMs ??= performance.now() - lostAt;
        }, 10);
        const refusals = (): number =>
          metrics.read("next_shared_cache_errors_total", { store: "files", kind: "hung" });
        const refused = refusals();
        const levels = new Set<string>();
        const older: string[] = [];
        try {
          for (const end = performance.now() + 700; performance.now() < end;)
            for (const key of keys) {
              const asked = turns;
              const found = await other.lookup(lookup(key));
              worst = Math.max(worst, turns - asked);
              levels.add(found.level);
              if (found.entry === undefined) missed++;
              else if ((found.entry.value as { value: string }).value !== "last") older.push(key);
            }
        } finally {
          clearInterval(timer);
        }
        if (storedAfterMs === undefined || storedAfterMs > writtenInMs) return PROVES_NOTHING;
        assert.deepEqual(older, []);
        assert.ok(levels.has("files"), "the folder was never asked");
        assert.ok(worst <= 30, `${worst} turns of 10 ms`);
        // a folder that a busy machine did not read in time counts as empty: the page is rendered, and is no older
        assert.ok(missed <= refusals() - refused, `${missed} pages were not found`);
      },
    );

  check(
    "what a killed pod owes is known to Redis, and given to one other pod",
    "1",
    async (redis, folder) => {
      const environment = readEnvironment(
        {
          NEXT_SHARED_CACHE_APP: "app",
          REDIS_URL: redis.url,
          SHARED_CACHE_DIR: folder,
          NEXT_SHARED_CACHE_FILES_EVERY_S: "1",
        },
        "/nowhere",
      );
      // writes to Redis and then does nothing more, as a process that was killed
      const hooks = { replay: () => Promise.resolve(), onLost: () => undefined };
      const [killed, ...others] = [0, 1, 2].map(
        () => new RedisStore(redis.url, environment, "r", hooks),
      );
      assert.ok(killed);
      for (const store of [killed, ...others])
        await until("it to connect", 3, async () => (store.health.ready ? true : undefined));
      const options = { seeded: false, ttlMs: undefined, replace: true };
      const delays: number[] = [];
      for (const i of [1, 2]) {
        const entry = made("p:/a", Date.now() * 1000 + i);
        const write = { release: "r", stamp: entry, body: serialize(entry), ...options };
        delays.push((await killed.write(write)).belowInMs);
      }
      killed.stop();
      assert.equal(delays[0], 0);
      assert.ok((delays[1] ?? 0) > 500, `${delays[1]} ms`);
      assert.deepEqual(await others[0]?.debts.overdue("r", 0), [], "it is not due yet");
      await sleep(1100);
      const found = await Promise.all(others.map(({ debts }) => debts.overdue("r", 0)));
      assert.deepEqual(found.map((entries) => entries.length).sort(), [0, 1]);
      for (const store of others) store.stop();
      assert.equal(await inFolder(folder, "p:/a"), undefined, "a test that proves nothing");
    },
  );

  /** A rendering that takes the process's whole attention is no hesitation of Redis's. */
  it("an answer that came while this process was busy is no late one; one that does not come is", async () => {
    const folder = temporaryFolder("behind");
    let silent = false;
    const debts: Debts = {
      ready: true,
      claim: () => Promise.resolve(true),
      overdue: () => Promise.resolve([]),
      // as from a socket: it is there, and is to be read
      ask: async () => void (await (silent ? new Promise(() => undefined) : fsp.stat(folder))),
    };
    const options = { everyMs: 30_000, timeoutMs: 250 };
    const behind = new WriteBehind(new FilesStore(folder, "app").entries, debts, "r", options);
    const entry = made("p:/a", 1);
    await behind.take("r", entry, encode(entry).bytes, 1, 30_000);
    const watch = behind.watch();
    for (const end = performance.now() + 120; performance.now() < end;);
    await watch;
    assert.equal(await inFolder(folder, "p:/a"), undefined, "it was written at once");
    silent = true;
    await behind.watch();
    assert.equal(await inFolder(folder, "p:/a"), 1, "(control) Redis hesitates");
    removeFolder(folder);
  });

  for (const unanswered of ["claim", "overdue"] as const)
    it(`a pod whose turn waits for the answer to ${unanswered} notices that Redis hangs, and writes`, async () => {
      const folder = temporaryFolder("behind");
      let now = 1000;
      const silent = <T>() => new Promise<T>(() => undefined);
      const debts: Debts = {
        ready: true,
        claim: unanswered === "claim" ? silent : () => Promise.resolve(true),
        overdue: unanswered === "overdue" ? silent : () => Promise.resolve([]),
        ask: silent,
      };
      const options = { everyMs: 30_000, timeoutMs: 250, now: () => now };
      const behind = new WriteBehind(new FilesStore(folder, "app").entries, debts, "r", options);
      for (const [key, inMs] of [
        ["p:/due", 5000],
        ["p:/held", 60_000],
      ] as const) {
        const entry = made(key, 1);
        await behind.take("r", entry, encode(entry).bytes, 1, inMs);
      }
      now += 6000;
      void behind.turn();
      await behind.watch();
      assert.equal(await inFolder(folder, "p:/held"), 1);
      removeFolder(folder);
    });

  /** With a clock and a Redis of the test's own. */
  it("held until its time, dropped for a newer one, tried again, paid for others, written at the end", async () => {
    const folder = temporaryFolder("behind");
    const files = new FilesStore(folder, "app").entries;
    let now = 1000;
    let newest = true;
    let newestAsOf = 0;
    let overdue: Owed[] = [];
    const debts: Debts = {
      ready: true,
      claim: (_release, _key, asOf) => Promise.resolve(newest && asOf >= newestAsOf),
      overdue: () => Promise.resolve(overdue.splice(0)),
      ask: () => Promise.resolve(),
    };
    const behind = new WriteBehind(files, debts, "r", {
      everyMs: 30_000,
      timeoutMs: 250,
      now: () => now,
    });
    const take = (asOf: number, inMs: number): Promise<void> => {
      const entry = made("p:/a", asOf);
      return behind.take("r", entry, encode(entry).bytes, asOf, inMs);
    };
    await take(1, 0);
    assert.equal(await inFolder(folder, "p:/a"), 1);
    await take(2, 30_000);
    now += 29_999;
    await behind.turn();
    assert.equal(await inFolder(folder, "p:/a"), 1, "before its time");
    now += 1;
    await behind.turn();
    assert.equal(await inFolder(folder, "p:/a"), 2);

    await take(3, 30_000);
    newest = false;
    now += 30_000;
    await behind.turn();
    await behind.flush();
    assert.equal(await inFolder(folder, "p:/a"), 2, "another pod has a newer one to write");

    newest = true;
    const real = fsp.rename;
    Reflect.set(fsp, "rename", () => Promise.reject(new Error("the folder refuses")));
    await take(4, 0).finally(() => Reflect.set(fsp, "rename", real));
    assert.equal(await inFolder(folder, "p:/a"), 2);
    now += 30_000;
    await behind.turn();
    assert.equal(await inFolder(folder, "p:/a"), 4, "what the folder refused was forgotten");

    let tries = 0;
    Reflect.set(fsp, "rename", () => Promise.reject(new Error(`refused ${++tries}`)));
    await take(4, 0);
    for (const end = now + 120_000; now < end; now += 500) await behind.turn();
    Reflect.set(fsp, "rename", real);
    assert.ok(tries >= 8 && tries <= 12, `${tries} tries in two minutes`);
    now += 30_000;
    await behind.turn();

    overdue = [{ entry: made("p:/a", 5), asOf: 1005 }];
    newestAsOf = 1005;
    Reflect.set(fsp, "rename", () => Promise.reject(new Error("the folder refuses")));
    now += 5000;
    await behind.turn().finally(() => Reflect.set(fsp, "rename", real));
    assert.equal(await inFolder(folder, "p:/a"), 4);
    now += 30_000;
    await behind.turn();
    assert.equal(await inFolder(folder, "p:/a"), 5, "what was paid for another was forgotten");
    newestAsOf = 0;

    // many at a time: each asks Redis first, and waits for it
    let [asking, most] = [0, 0];
    const { claim } = debts;
    debts.claim = async (...asked) => {
      most = Math.max(most, ++asking);
      await sleep(1);
      asking--;
      return claim(...asked);
    };
    for (let i = 0; i < 20; i++) {
      const entry = made(`p:/many/${i}`, 1);
      await behind.take("r", entry, encode(entry).bytes, 1, 30_000);
    }
    now += 30_000;
    await behind.turn();
    assert.equal(most, 16);
    assert.equal(await inFolder(folder, "p:/many/19"), 1);
    debts.claim = claim;

    await take(6, 30_000);
    debts.claim = () => Promise.reject(new Error("Redis is away"));
    now += 30_000;
    await behind.turn();
    assert.equal(await inFolder(folder, "p:/a"), 6, "Redis is away: nobody else will write it");

    await take(7, 30_000);
    behind.flushNow();
    assert.equal(await inFolder(folder, "p:/a"), 7);
    await take(6, 30_000);
    behind.flushNow();
    assert.equal(await inFolder(folder, "p:/a"), 7, "an older one replaced it at the end");
    const bucket = files.path("r", "p:/a").split("/").at(-2) ?? "";
    assert.equal(readdirSync(join(files.releaseFolder("r"), bucket)).length, 1, "files stayed");
    removeFolder(folder);
  });

  /** With turns nobody else writes; without them two pods may, and each looks afterwards whether the newer one stayed. */
  it("a pod counts as alone where Redis gives turns, only then", async () => {
    const folder = temporaryFolder("behind");
    const alone: boolean[] = [];
    class Watched extends EntryFiles {
      override write(
        ...[release, entry, bytes, isAlone = false]: Parameters<EntryFiles["write"]>
      ): Promise<boolean> {
        alone.push(isAlone);
        return super.write(release, entry, bytes, isAlone);
      }
    }
    const debts: Debts = {
      ready: true,
      claim: () => Promise.resolve(true),
      overdue: () => Promise.resolve([]),
      ask: () => Promise.resolve(),
    };
    const entry = made("p:/a", 1);
    for (const everyMs of [0, 30_000]) {
      const behind = new WriteBehind(new Watched(folder, new Gate(folder)), debts, "r", {
        everyMs,
        timeoutMs: 250,
      });
      await behind.take("r", entry, encode(entry).bytes, 1, 0);
    }
    assert.deepEqual(alone, [false, true]);
    await sleep(400);
    removeFolder(folder);
  });
});
