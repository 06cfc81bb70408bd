import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";
import { HANGS_MS, isExhausted, leavesWhatHangs } from "../src/hanging";
import { NextServer, type Built, type Installed } from "./lib/next";
import { Origin } from "./lib/origin";
import { sleep, until } from "./lib/processes";
import { RedisServer } from "./lib/redis";
import type { Suite } from "./lib/suite";

/** What is documented, with what a busy machine takes. */
const BOUND_S = HANGS_MS / 1000 + 4;

interface Kind {
  readonly name: string;
  readonly path: string;
  readonly key: string;
  /** Asked of a server that can render it. */
  readonly renew: string;
  /** Before 16.3 the visitor who finds it stale waits for the new one, with Next.js alone, too. */
  readonly mayWait?: boolean;
}

const PAGES: readonly Kind[] = [
  ["an app page", "page", "/control?path=/hanging/page"],
  ["a route handler", "route", "/control?path=/hanging/route"],
  ["a page of the pages router", "legacy", "/api/revalidate?path=/hanging/legacy"],
].map(([name = "", kind = "", renew = ""]) => ({
  name,
  path: `/hanging/${kind}`,
  key: `hanging-${kind}`,
  renew,
}));

const DATA: Kind = {
  name: "data of a dynamic page",
  path: "/hanging/data",
  key: "hanging-data",
  renew: "/control?tag=hanging-data",
  mayWait: true,
};

const CACHED: Kind = {
  name: "a 'use cache' result",
  path: "/hanging",
  key: "hanging-cached",
  renew: "/control?tag=hanging",
  mayWait: true,
};

async function shown(server: NextServer, path: string): Promise<number> {
  return (await server.send(path)).value("hanging");
}

/** Each was rendered, is stale, and its rendering behind an answer of this server hangs, while the origin is well again. */
async function hangOn(
  server: NextServer,
  origin: Origin,
  kinds: readonly Kind[],
): Promise<Map<Kind, number>> {
  const before = new Map<Kind, number>();
  // twice: the first one may be the image's own, from long ago
  for (let round = 0; round < 2; round++) {
    for (const { path } of kinds) await server.send(path);
    await sleep(500);
  }
  for (const kind of kinds) {
    before.set(kind, await shown(server, kind.path));
    origin.hanging.add(kind.key);
  }
  await sleep(2300);
  for (const kind of kinds) {
    const stale = server.send(kind.path, { timeoutMs: 60_000 });
    stale.catch(() => undefined); // not waited for, perhaps
    if (!kind.mayWait) before.set(kind, (await stale).value("hanging"));
    await until(`${kind.name}: a rendering that hangs`, 5, async () =>
      origin.holds(kind.key) > 0 ? true : undefined,
    );
  }
  for (const { key } of kinds) origin.hanging.delete(key);
  return before;
}

/** The second server renders what hangs on the first one, and the first one shows it within the bound. */
async function escapes(
  [first, second]: readonly [NextServer, NextServer],
  origin: Origin,
  kinds: readonly Kind[],
): Promise<Map<Kind, number>> {
  const before = await hangOn(first, origin, kinds);
  const newer = new Map<Kind, number>();
  for (const kind of kinds) {
    const { status, body } = await second.send(kind.renew);
    assert.equal(status, 200, `${kind.name}: ${body.slice(0, 300)}`);
    const value = await until(`${kind.name}: the second server's own`, 6, async () => {
      const value = await shown(second, kind.path);
      return value > (before.get(kind) ?? 0) ? value : undefined;
    });
    newer.set(kind, value);
  }
  const started = performance.now();
  await Promise.all(
    kinds.map(async (kind) => {
      const asked = newer.get(kind) ?? 0;
      await until(
        `${kind.name}: what the second server has, on the first one`,
        BOUND_S,
        async () => ((await shown(first, kind.path)) >= asked ? true : undefined),
      );
      const ms = Math.round(performance.now() - started);
      console.log(`        ${kind.name}: after ${ms} ms`);
    }),
  );
  return newer;
}

export interface Renderings {
  readonly installed: Installed;
  readonly origin: Origin;
  readonly built: Built;
}

/** A rendering behind an answer that hangs: the page is not bound to it. */
export async function renderings(
  suite: Suite,
  { installed, origin, built }: Renderings,
  stock: Built,
): Promise<void> {
  const { version } = installed;
  await limits(suite, installed);
  const name = `${version} renderings that hang: the store's pages are shown, visitors who wait share one`;
  if (!suite.wants(name)) return;
  const redis = await RedisServer.launch();
  const [first, second] = await Promise.all([
    NextServer.launch(built, origin, { REDIS_URL: redis.url }),
    NextServer.launch(built, origin, { REDIS_URL: redis.url }),
  ]);
  const control = staysBound(suite, version, stock);
  await suite.check(
    name,
    async () => {
      // bundles are loaded with their first page, and watched from then on
      for (const { path } of PAGES) await first.send(path);
      origin.hanging.add("hanging-first-new");
      const waits = { timeoutMs: 40_000 };
      const one = first.send("/hanging/first/new", waits);
      one.catch(() => undefined); // looked at below, unless a check before it fails
      const started = performance.now();
      const newer = await escapes([first, second], origin, [...PAGES, DATA]);
      await sleep(Math.max(0, HANGS_MS + 1500 - (performance.now() - started)));
      const other = first.send("/hanging/first/new", waits);
      await sleep(500);
      assert.equal(origin.count("hanging-first-new"), 1, "visitors who wait do not share it");
      origin.release();
      assert.equal((await one).value("hanging"), (await other).value("hanging"));
      // what hung ends now, with what it was told long ago
      await sleep(500);
      for (const [kind, value] of newer)
        for (const server of [first, second])
          assert.ok((await shown(server, kind.path)) >= value, `${kind.name} went back`);
    },
    () => [first, second].map((server) => server.log.slice(-1500)).join("\n"),
  );
  origin.release();
  await control;
  await Promise.all([first, second].map((server) => server.end()));
  await redis.kill();
}

/** Beside the check, with an origin of its own. */
async function staysBound(suite: Suite, version: string, stock: Built): Promise<void> {
  const origin = await Origin.launch();
  const alone = await NextServer.launch(stock, origin, {});
  await suite.check(
    `${version} renderings that hang: (control) stock pages stay bound`,
    async () => {
      const before = await hangOn(alone, origin, PAGES);
      for (const end = Date.now() + BOUND_S * 1000; Date.now() < end; await sleep(500))
        for (const [kind, value] of before)
          assert.equal(await shown(alone, kind.path), value, `${kind.name} is not bound`);
    },
  );
  origin.release();
  await alone.end();
  await origin.close();
}

/** The same for 'use cache'. */
export async function cachedRenderings(
  suite: Suite,
  { installed, origin, built }: Renderings,
): Promise<void> {
  const name = `${installed.version} components renderings that hang: the store's 'use cache' results are shown`;
  if (!suite.wants(name)) return;
  const redis = await RedisServer.launch();
  const env = { REDIS_URL: redis.url };
  const launch = (): Promise<NextServer> => NextServer.launch(built, origin, env);
  const [first, second] = await Promise.all([launch(), launch()]);
  await suite.check(
    name,
    async () => {
      const newer = await escapes([first, second], origin, [CACHED]);
      origin.release();
      await sleep(500);
      for (const server of [first, second])
        assert.ok((await shown(server, CACHED.path)) >= (newer.get(CACHED) ?? 0), "went back");
    },
    () => [first, second].map((server) => server.log.slice(-1500)).join("\n"),
  );
  origin.release();
  await Promise.all([first.end(), second.end()]);
  await redis.kill();
}

interface ResponseCache {
  get(key: string, render: () => Promise<unknown>, context: unknown): Promise<unknown>;
}

/** Next.js's own class, with a clock and a store of the test's own. */
async function limits(suite: Suite, { version, folder }: Installed): Promise<void> {
  await suite.check(
    `${version} renderings that hang: three of a page at a time, and the store alone is asked then`,
    async () => {
      const required: unknown = createRequire(join(folder, "noop.js"))(
        "next/dist/server/response-cache",
      );
      const { default: Class } = required as {
        default: new (options: unknown) => ResponseCache;
      };
      const owner = { kind: "PAGES", page: "/", pathname: "/" };
      const cache = new Class({ minimalMode: false, route: owner });
      Reflect.set(cache, "minimal_mode", false);
      let now = 0;
      assert.ok(leavesWhatHangs(cache, () => now));
      let entry: object | null = null;
      const exhausted: boolean[] = [];
      const incrementalCache = {
        get: () => {
          exhausted.push(isExhausted());
          return Promise.resolve(entry);
        },
        set: () => Promise.resolve(),
      };
      let begun = 0;
      const ends: (() => void)[] = [];
      const render = (): Promise<unknown> => {
        begun++;
        return new Promise((resolve) => ends.push(() => resolve(null)));
      };
      const ask = (): Promise<unknown> =>
        cache.get("/a", render, { incrementalCache, routeKind: "PAGES" });
      const stale = {
        value: { kind: "REDIRECT", props: {} },
        isStale: true,
        cacheControl: { revalidate: 1, expire: undefined },
      };

      const waiting = [ask(), ask()];
      await sleep(20);
      now += 5 * HANGS_MS;
      waiting.push(ask());
      await sleep(20);
      assert.equal(begun, 1, "visitors who wait share one rendering, however long it takes");
      for (const end of ends.splice(0)) end();
      await Promise.all(waiting);

      entry = stale;
      begun = 0;
      exhausted.length = 0;
      const seen: number[] = [];
      for (let round = 0; round < 8; round++) {
        assert.ok(await ask());
        await sleep(20);
        seen.push(begun);
        now += HANGS_MS / 2;
      }
      assert.deepEqual(seen, [1, 1, 2, 2, 3, 3, 3, 3], "renderings that were begun");
      assert.deepEqual(exhausted, [false, false, false, true, true], "questions to the store");
      assert.ok(await ask());
      await sleep(20);
      assert.ok(await ask());
      assert.equal(begun, 3);

      for (const end of ends.splice(0)) end();
      await sleep(20);
      assert.ok(await ask());
      await sleep(20);
      assert.equal(begun, 4, "one is begun again when those that hung are over");
      assert.equal(exhausted.at(-1), false);
      for (const end of ends.splice(0)) end();
    },
  );
  await suite.check(
    `${version} renderings that hang: (control) another class is told apart`,
    () => {
      assert.equal(leavesWhatHangs({ getBatcher: {}, revalidateBatcher: {} }), false);
      assert.equal(leavesWhatHangs(undefined), false);
    },
  );
}
