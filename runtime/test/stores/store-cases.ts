import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { localMicros, type Micros } from "../../src/clock";
import { serialize, type Content, type Stamp } from "../../src/entry";
import { judgeTags, type Freshness } from "../../src/freshness";
import type { Found, Lookup, Store, Written } from "../../src/stores/store";

/** A store that is empty and in use. */
export interface Opened {
  readonly store: Store;
  /** The same store as another pod has it; undefined where pods share nothing. */
  readonly otherPod?: Store;
  /** Takes away what the store needs: its server or its folder. */
  readonly takeAway?: () => Promise<void>;
  /** Ends what was opened. */
  readonly close: () => Promise<void>;
}

/** What every store has to do. */
export interface StoreCase {
  readonly name: string;
  readonly run: (opened: Opened) => Promise<void>;
}

/** By then another pod has seen a change, in ms. */
const SEEN_MS = 1000;
/** Two that wrote at the same moment have settled by then which of them stays, in ms. */
const SETTLED_MS = 600;
/** A moment that no clock's error covers. */
const MOMENT_MS = 20;

const PAGE: Content = {
  key: "p:/page",
  cacheControl: { revalidate: 60, expire: 3600 },
  value: {
    kind: "APP_PAGE",
    html: "<p>ü</p>".repeat(20_000),
    rscData: Buffer.from([0, 255, 1, 10, 13]),
    segmentData: new Map([["/x", Buffer.from("y")]]),
  },
};

export function lookup(over: Partial<Lookup> = {}): Lookup {
  return { release: "r", key: PAGE.key, tags: [], seed: undefined, lease: "none", ...over };
}

function now(store: Store): Micros {
  const time = store.clock.fromLocal(localMicros());
  assert.ok(time !== undefined, "the time of a store that is in use is not known");
  return time;
}

/** Writes a page, made just now unless `over` says otherwise. */
function write(
  store: Store,
  over: Partial<Stamp> & { value?: unknown; seeded?: boolean } = {},
): Promise<Written> {
  const { value = PAGE.value, seeded = false, ...stamp } = over;
  const key = over.key ?? PAGE.key;
  const time = now(store);
  return store.write({
    release: "r",
    stamp: { key, asOf: time, storedAt: time, staleAt: 0, tags: ["own"], ...stamp },
    body: serialize({ ...PAGE, key, value }),
    seeded,
    ttlMs: undefined,
    replace: true,
  });
}

async function valueIn(store: Store, over: Partial<Lookup> = {}): Promise<unknown> {
  return (await store.read(lookup(over))).entry?.value;
}

function judged({ entry, versions, now }: Found): Freshness {
  assert.ok(entry, "nothing is there to be judged");
  return judgeTags(entry.asOf, versions.values(), now);
}

/** Until a pod sees it, or far too long. */
async function seen(what: string, look: () => Promise<boolean>): Promise<void> {
  const until = performance.now() + SEEN_MS;
  while (!(await look())) {
    assert.ok(performance.now() < until, `another pod did not see ${what} within ${SEEN_MS} ms`);
    await pause(10);
  }
}

const ENTRIES: readonly StoreCase[] = [
  {
    name: "gives back what was written: value, binary parts, lifetime, tags and times",
    run: async ({ store }) => {
      const time = now(store);
      const stamp = { asOf: time - 5, storedAt: time, staleAt: time + 60e6 };
      const tags = ["a", "grün", "with,comma"];
      assert.equal((await write(store, { ...stamp, tags })).result, "stored");
      const { entry } = await store.read(lookup());
      assert.deepEqual(entry, { ...PAGE, ...stamp, tags });
    },
  },
  {
    name: "has nothing of another key, nor of another release",
    run: async ({ store }) => {
      await write(store);
      assert.equal((await store.read(lookup({ key: "p:/other" }))).entry, undefined);
      assert.equal((await store.read(lookup({ release: "r2" }))).entry, undefined);
    },
  },
  {
    name: "keeps the newer of two renderings, whichever comes last",
    run: async ({ store }) => {
      const time = now(store);
      for (const [asOf, value] of [
        [time - 2000, "first"],
        [time - 1000, "newer"],
        [time - 3000, "older"],
      ] as const)
        await write(store, { asOf, value });
      assert.equal(await valueIn(store), "newer");
    },
  },
  {
    name: "drops an entry; what was never there as well",
    run: async ({ store }) => {
      await write(store);
      await store.drop("r", PAGE.key, false);
      await store.drop("r", "p:/never", false);
      const { entry, superseded } = await store.read(lookup());
      assert.deepEqual([entry, superseded], [undefined, false]);
    },
  },
];

const SEED = { asOf: 1, staleAt: 0, tags: ["of-the-seed"] };

const SEEDS: readonly StoreCase[] = [
  {
    name: "lets the image's page be shown until it was replaced once",
    run: async ({ store }) => {
      const asked = lookup({ seed: SEED });
      assert.equal((await store.read(asked)).superseded, false);
      await write(store, { seeded: true });
      assert.equal((await store.read(asked)).superseded, true);
      await store.drop("r", PAGE.key, true);
      const found = await store.read(asked);
      assert.equal(found.entry, undefined);
      assert.equal(found.superseded, true, "the image's page came back");
    },
  },
  {
    name: "keeps the image's page from coming back after a drop, also where nothing was stored",
    run: async ({ store }) => {
      await store.drop("r", PAGE.key, true);
      assert.equal((await store.read(lookup({ seed: SEED }))).superseded, true);
      assert.equal((await store.read(lookup({ key: "p:/x", seed: SEED }))).superseded, false);
    },
  },
];

const TAGS: readonly StoreCase[] = [
  {
    name: "has the versions of the entry's tags, of the seed's, and of those that are asked for",
    run: async ({ store }) => {
      await write(store, { tags: ["own", "never"] });
      await store.revalidate(["own", "asked", "of-the-seed", "foreign"], { expire: 60 });
      const tags = ["asked"];
      const { versions } = await store.read(lookup({ tags }));
      assert.deepEqual([...versions.keys()].sort(), ["asked", "own"]);
      const missing = await store.read(lookup({ key: "p:/missing", tags, seed: SEED }));
      assert.deepEqual([...missing.versions.keys()].sort(), ["asked", "of-the-seed"]);
    },
  },
  {
    name: "a revalidation ends what was made before, for this process at once, and nothing made after",
    run: async ({ store }) => {
      await write(store);
      await pause(MOMENT_MS);
      assert.equal(judged(await store.read(lookup())), "fresh");
      await store.revalidate(["own"], undefined);
      assert.equal(judged(await store.read(lookup())), "expired");
      await pause(MOMENT_MS);
      await write(store);
      assert.equal(judged(await store.read(lookup())), "fresh");
    },
  },
  {
    name: "a revalidation with a profile makes stale, and ends it when the profile says",
    run: async ({ store }) => {
      await write(store);
      await pause(MOMENT_MS);
      await store.revalidate(["own"], { expire: 0.3 });
      assert.equal(judged(await store.read(lookup())), "stale");
      await pause(350);
      assert.equal(judged(await store.read(lookup())), "expired");
      await write(store, { key: "p:/for-ever" });
      await pause(MOMENT_MS);
      await store.revalidate(["own"], {});
      assert.equal(judged(await store.read(lookup({ key: "p:/for-ever" }))), "stale");
    },
  },
  {
    name: "a later revalidation with a profile does not undo one without",
    run: async ({ store }) => {
      await write(store);
      await pause(MOMENT_MS);
      await store.revalidate(["own"], undefined);
      await pause(MOMENT_MS);
      await store.revalidate(["own"], { expire: 60 });
      assert.equal(judged(await store.read(lookup())), "expired");
    },
  },
  {
    name: "versions only grow, also when many are moved at once",
    run: async ({ store }) => {
      const tags = Array.from({ length: 520 }, (_, i) => `tag-${i}`);
      await store.revalidate(tags, undefined);
      const before = (await store.read(lookup({ key: "p:/none", tags }))).versions;
      await Promise.all([
        store.revalidate(tags.slice(0, 9), undefined),
        store.revalidate(["tag-1"], {}),
      ]);
      const after = (await store.read(lookup({ key: "p:/none", tags }))).versions;
      assert.equal(after.size, tags.length);
      for (const [tag, { expired }] of before)
        assert.ok((after.get(tag)?.expired ?? 0) >= expired, tag);
    },
  },
];

const CLOCK_AND_HEALTH: readonly StoreCase[] = [
  {
    name: "tells its time: never later than the truth, and back again",
    run: async ({ store }) => {
      const before = now(store);
      const found = await store.read(lookup());
      assert.ok(before <= found.now, "a time later than the truth");
      assert.ok(now(store) - found.now < 1e6, "more than a second apart");
      const local = localMicros();
      const there = store.clock.fromLocal(local);
      assert.ok(there !== undefined);
      for (const back of [store.clock.toLocal(there), found.toLocal(there)])
        assert.ok(Math.abs(back - local) < 50_000, `${back - local} µs apart`);
      if (found.exact) assert.deepEqual(found.exact, { store: store.name, at: found.now });
    },
  },
  {
    name: "is ready, and says how long to wait for it, if not as long as it takes",
    run: async ({ store }) => {
      const { ready, patienceMs } = store.health;
      assert.equal(ready, true);
      assert.ok(
        patienceMs === undefined || (patienceMs > 0 && patienceMs <= 1000),
        `${patienceMs}`,
      );
    },
  },
  {
    name: "away, it says nothing that is wrong, and says of a revalidation that it was not taken",
    run: async ({ store, takeAway }) => {
      if (!takeAway) return;
      await write(store);
      await takeAway();
      const started = performance.now();
      const found = await store.read(lookup()).catch(() => undefined);
      assert.equal(found?.entry, undefined);
      const written = await write(store).catch(() => undefined);
      assert.notEqual(written?.result, "stored");
      await assert.rejects(store.revalidate(["own"], undefined));
      const ms = performance.now() - started;
      assert.ok(ms < 3000, `three calls took ${Math.round(ms)} ms`);
    },
  },
];

const PODS: readonly StoreCase[] = [
  {
    name: "pods see what one of them stores, replaces, revalidates and drops; or the store says that none does",
    run: async ({ store, otherPod }) => {
      assert.equal(
        otherPod !== undefined,
        store.shared,
        store.shared
          ? "the store says that all pods share it: open it a second time, as `otherPod`"
          : "the store says that pods do not share it: there is no `otherPod`",
      );
      if (!otherPod) return;
      await write(store, { value: "first" });
      await seen("an entry", async () => (await valueIn(otherPod)) === "first");
      await pause(MOMENT_MS);
      await write(store, { value: "second", seeded: true });
      await seen("its successor", async () => (await valueIn(otherPod)) === "second");
      await pause(MOMENT_MS);
      await store.revalidate(["own"], undefined);
      await seen("a revalidation", async () => judged(await otherPod.read(lookup())) === "expired");
      await store.drop("r", PAGE.key, true);
      await seen("a drop", async () => {
        const { entry, superseded } = await otherPod.read(lookup({ seed: SEED }));
        return entry === undefined && superseded;
      });
    },
  },
  {
    name: "of two renderings that pods write at the same moment the newer stays",
    run: async ({ store, otherPod = store }) => {
      const time = now(store);
      await Promise.all([
        write(store, { asOf: time, value: "newer" }),
        write(otherPod, { asOf: time - 1000, value: "older" }),
      ]);
      await pause(SETTLED_MS);
      assert.equal(await valueIn(store), "newer");
    },
  },
  {
    name: "one pod makes what is missing and the others learn when it is there; or each makes it",
    run: async ({ store, otherPod }) => {
      const asked = lookup({ lease: "stale-or-missing" });
      const mine = await store.read(asked);
      assert.equal(mine.leased, true, "nobody makes it");
      if (!otherPod) return;
      const theirs = await otherPod.read(asked);
      if (theirs.leased) return assert.equal(theirs.changed, undefined, "leased, and told to wait");
      assert.ok(theirs.changed, "nothing to wait for");
      const started = performance.now();
      const changed = theirs.changed(3000);
      await write(store, { value: "made" });
      await changed;
      assert.ok(performance.now() - started < 1500, "it waited to the end");
      assert.equal(await valueIn(otherPod), "made");
    },
  },
];

/** The contract of stores/store.ts, case by case. */
export const STORE_CASES: readonly StoreCase[] = [
  ...ENTRIES,
  ...SEEDS,
  ...TAGS,
  ...CLOCK_AND_HEALTH,
  ...PODS,
];
