import assert from "node:assert/strict";
import v8 from "node:v8";
import { localMicros } from "../src/clock";
import type { StoreName } from "../src/environment";
import { SharedCache } from "../src/shared-cache";
import { KnownTags } from "../src/stores/known-tags";
import { MemoryStore } from "../src/stores/memory-store";
import { Outage } from "../src/stores/outage";
import type { Durations, Found, Lookup, StoreWrite, Written } from "../src/stores/store";
import { Unavailable } from "../src/stores/unavailable";
import type { Writing } from "../src/writing";
import { quietly } from "./stores/quiet";
import { lookup } from "./stores/store-cases";

const LIMIT = 32 * 1024 * 1024;
const SEED = { asOf: 1000, staleAt: 0, tags: ["of-the-seed"] };

/** A store that can be away, and counts what it is asked. */
class Fake extends MemoryStore {
  away = false;
  floor = 0;
  reads = 0;
  readonly writes: StoreWrite[] = [];

  constructor(
    override readonly name: StoreName,
    override readonly shared: boolean,
    tags?: KnownTags,
  ) {
    super(LIMIT, tags);
  }

  private answer<T>(work: () => Promise<T>): Promise<T> {
    return this.away ? Promise.reject(new Unavailable("away")) : work();
  }

  override read(asked: Lookup): Promise<Found> {
    this.reads++;
    return this.answer(async () => ({ ...(await super.read(asked)), floor: this.floor }));
  }

  override write(write: StoreWrite): Promise<Written> {
    return this.answer(() => {
      this.writes.push(write);
      return super.write(write);
    });
  }

  override revalidate(tags: readonly string[], durations: Durations | undefined): Promise<void> {
    return this.answer(() => super.revalidate(tags, durations));
  }
}

interface Stacked {
  readonly cache: SharedCache;
  readonly first: Fake;
  readonly below: Fake;
  readonly outage: Outage;
}

function stacked(belowIsShared: boolean, maxEntryBytes = LIMIT): Stacked {
  const known = new KnownTags();
  const first = new Fake("redis", true);
  const below = belowIsShared ? new Fake("files", true) : new Fake("process", false, known);
  const outage = new Outage({ read: (release, key) => below.readEntry(release, key) }, undefined);
  const stack = { stores: [first, below] as const, known, outage };
  return { cache: new SharedCache(stack, { maxEntryBytes }), first, below, outage };
}

function writing(over: Partial<Writing> = {}): Writing {
  return {
    ...{ release: "r", key: "p:/page", tags: ["own"], value: "value", seeded: false },
    ...{ cacheControl: undefined, revalidate: false, ttl: undefined, replace: true },
    snapshot: { local: localMicros(), exact: undefined },
    ...over,
  };
}

/** What is said as an error meanwhile. */
async function errors(body: () => Promise<void>): Promise<string[]> {
  const { error } = console;
  const said: string[] = [];
  console.error = (line: string) => void said.push(line);
  await body().finally(() => (console.error = error));
  return said;
}

describe("shared cache", () => {
  quietly();

  it("asks the first store, and the next one only where that is away", async () => {
    const { cache, first, below } = stacked(true);
    await cache.write(writing());
    assert.deepEqual([(await cache.lookup(lookup())).level, below.reads], ["redis", 0]);
    first.away = true;
    await cache.write(writing({ value: "made meanwhile" }));
    const found = await cache.lookup(lookup());
    assert.deepEqual([found.level, found.entry?.value], ["files", "made meanwhile"]);
    first.away = false;
    assert.equal((await cache.lookup(lookup())).entry?.value, "value");
  });

  it("asks a store that is back once more, and not for ever", async () => {
    const { cache, first } = stacked(true);
    first.away = true;
    await cache.lookup(lookup());
    assert.equal(first.reads, 2, "its health says that it is there");
    Object.assign(first, { health: { ready: false, patienceMs: undefined } });
    await cache.lookup(lookup());
    assert.equal(first.reads, 3);
  });

  it("serializes an entry once, whichever store takes it", async () => {
    const { cache, first, below } = stacked(true);
    const { serialize } = v8;
    let times = 0;
    Reflect.set(v8, "serialize", (value: unknown) => {
      times++;
      return serialize(value);
    });
    try {
      await cache.write(writing());
      assert.equal(times, 1);
      first.away = true;
      await cache.write(writing());
      assert.equal(times, 2);
    } finally {
      Reflect.set(v8, "serialize", serialize);
    }
    assert.deepEqual([first.writes.length, below.writes.length], [1, 1]);
  });

  it("refuses what is too large, and takes out what was there", async () => {
    const { cache, first, below } = stacked(true, 2000);
    await cache.write(writing());
    await cache.write(writing({ value: "x".repeat(3000), seeded: true }));
    for (const store of [first, below]) {
      const found = await store.read(lookup({ seed: SEED }));
      assert.deepEqual([found.entry, found.superseded], [undefined, true]);
    }
  });

  it("a revalidation reaches all shared stores, and counts below also where it was not taken", async () => {
    for (const isShared of [true, false]) {
      const { cache, first, below } = stacked(isShared);
      await cache.write(writing());
      first.away = true;
      await cache.write(writing());
      first.away = false;
      below.away = true;
      await cache.revalidate(["own"], undefined);
      below.away = false;
      assert.ok((await cache.lookup(lookup())).versions.get("own")?.expired);
      first.away = true;
      const found = await cache.lookup(lookup());
      assert.ok(found.versions.get("own")?.expired, `below, shared: ${isShared}`);
    }
  });

  it("a revalidation that the first store did not take waits for it; without one below it is an error", async () => {
    const { cache, first, outage } = stacked(true);
    const recorded: (readonly string[])[] = [];
    outage.recordTags = async (tags) => void recorded.push(tags);
    first.away = true;
    await cache.revalidate(["own"], undefined);
    assert.deepEqual(recorded, [["own"]]);
    const alone = new SharedCache(
      { stores: [first], known: new KnownTags(), outage },
      { maxEntryBytes: LIMIT },
    );
    const said = await errors(() => alone.revalidate(["own"], undefined));
    assert.match(said.join(), /could not be recorded: call revalidateTag again/);
  });

  it("calls of one tick for the same tags are one", async () => {
    const { cache, first } = stacked(true);
    let calls = 0;
    first.revalidate = async () => void calls++;
    await Promise.all([cache.revalidate(["a"], {}), cache.revalidate(["a"], {})]);
    await cache.revalidate(["a"], {});
    await cache.revalidate([], {});
    assert.equal(calls, 2);
  });

  it("an answer that a revalidation of this process overtook is asked for again", async () => {
    const { cache, first } = stacked(true);
    await cache.write(writing());
    const read = first.read.bind(first);
    let revalidation: Promise<void> | undefined;
    first.read = async (asked) => {
      const found = await read(asked);
      revalidation ??= cache.revalidate(["own"], undefined);
      return found;
    };
    const found = await cache.lookup(lookup());
    assert.ok(found.versions.get("own")?.expired);
  });

  it("without a shared store below, the image's page is not shown while the first store is away", async () => {
    for (const isShared of [true, false]) {
      const { cache, first } = stacked(isShared);
      first.away = true;
      const { superseded } = await cache.lookup(lookup({ seed: SEED }));
      assert.equal(superseded, !isShared);
    }
  });

  it("after a loss of data the store below says whether the image's page was replaced", async () => {
    const { cache, first, below } = stacked(true);
    first.floor = 2000;
    const asked = lookup({ seed: SEED });
    assert.equal((await cache.lookup(asked)).superseded, false);
    await below.revalidate(SEED.tags, undefined);
    assert.ok((await cache.lookup(asked)).versions.get("of-the-seed")?.expired);
    await below.drop("r", "p:/page", true);
    assert.equal((await cache.lookup(asked)).superseded, true);
  });

  it("where no store is below, this process keeps no tags", async () => {
    const known = new KnownTags();
    const outage = new Outage({ read: () => Promise.resolve(undefined) }, undefined);
    const stack = { stores: [new Fake("files", true)] as const, known, outage };
    await new SharedCache(stack, { maxEntryBytes: LIMIT }).revalidate(["of-one-item"], undefined);
    assert.equal(known.versions(["of-one-item"]).size, 0);
  });

  it("of 50,000 tags that stores reported the oldest goes first", () => {
    const known = new KnownTags();
    const version = { stale: 1, expired: 1, expireAt: 0 };
    for (let i = 0; i < 50_000; i++) known.learn(`t${i}`, version);
    known.learn("t0", version);
    known.learn("one more", version);
    assert.deepEqual(
      [...known.versions(["t0", "t1", "t2", "one more"]).keys()],
      ["t0", "t2", "one more"],
    );
  });

  it("no store is there: nothing was found, and what is known of tags counts", async () => {
    const { cache, first, below } = stacked(true);
    await errors(() => cache.revalidate(["own"], undefined));
    [first.away, below.away] = [true, true];
    const found = await cache.lookup(lookup({ tags: ["own"] }));
    assert.deepEqual([found.entry, found.leased], [undefined, true]);
    assert.ok(found.versions.get("own")?.expired);
    await cache.write(writing());
    await cache.drop("r", "p:/page", false);
  });
});
