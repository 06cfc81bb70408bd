import { localMicros, type Micros } from "./clock";
import { frame, serialize, type Body, type Entry } from "./entry";
import type { Environment } from "./environment";
import { mergeVersions, onClock } from "./freshness";
import * as log from "./log";
import * as metrics from "./metrics";
import { OwnRevalidations } from "./own-revalidations";
import type { Stack } from "./stores/open-stores";
import { ReplacedPages } from "./stores/replaced-pages";
import {
  tagsOfLookup,
  type Durations,
  type Found,
  type Holding,
  type Lookup,
  type Store,
} from "./stores/store";
import { Unavailable } from "./stores/unavailable";
import { bounded } from "./wait";
import { stampOf, type Writing } from "./writing";

/** How often a store that is back is asked again; one that comes and goes must not delay a request. */
const TRIES = 2;

/**
 * The stores of one process, on top of each other. A lookup gets the answer of the first store that is available.
 * Entries are stored there too; `WriteBehind` copies them down, `Outage` up again. No call fails: a store that fails
 * counts as empty.
 */
export class SharedCache {
  private readonly first: Store;
  private readonly below: readonly Store[];
  private readonly replaced = new ReplacedPages();
  private readonly own = new OwnRevalidations();
  private writesRunning = 0;

  constructor(
    private readonly stack: Stack,
    private readonly limits: Pick<Environment, "maxEntryBytes">,
  ) {
    [this.first, ...this.below] = stack.stores;
    metrics.gauge("next_shared_cache_writes_running", () => this.writesRunning);
  }

  /** The top store is available: all pods see what is stored now. */
  get ready(): boolean {
    return this.first.health.ready;
  }

  /** Whether the top store answers from memory, so that `stillHolds` can be `yes`. */
  get remembers(): boolean {
    return this.first.remembers === true;
  }

  /** Whether a lookup would get exactly this entry, without waiting for anything. */
  stillHolds(lookup: Lookup, entry: Entry): Holding {
    return this.first.stillHolds?.(lookup, entry) ?? "unproven";
  }

  /** Asks the top store whether what is in memory can be trusted: `stillHolds` knows the answer. */
  async prove(lookup: Lookup): Promise<void> {
    await this.first.prove?.(lookup);
  }

  stop(): void {
    for (const store of this.stack.stores) store.stop();
  }

  async lookup(lookup: Lookup): Promise<Found> {
    for (;;) {
      const asked = localMicros();
      const found = (await this.askFirst(lookup)) ?? (await this.askBelow(lookup));
      const overtakenBy = this.own.since(asked, lookup, found);
      if (!overtakenBy) return found;
      await overtakenBy;
    }
  }

  private async askFirst(lookup: Lookup): Promise<Found | undefined> {
    const found = await this.answerOf(this.first, lookup);
    if (!found || this.below.length === 0) return found;
    this.learn(lookup, found);
    return this.completeAfterLoss(lookup, found);
  }

  private async askBelow(lookup: Lookup): Promise<Found> {
    for (const store of this.below) {
      const found = await this.answerOf(store, lookup);
      if (found) return this.completeFromBelow(store, lookup, found);
    }
    return this.nothing(lookup);
  }

  /** Undefined if the store is away. */
  private async answerOf(store: Store, lookup: Lookup, tries = TRIES): Promise<Found | undefined> {
    try {
      return await store.read(lookup);
    } catch (cause) {
      log.debug("A store did not answer", { store: store.name, reason: log.reason(cause) });
      if (!(cause instanceof Unavailable)) return undefined;
      // the stores below get what other pods hold first; a blip is over by then
      await this.stack.behind?.settled;
      return tries > 1 && store.health.ready ? this.answerOf(store, lookup, tries - 1) : undefined;
    }
  }

  /** What the first store said about tags and replaced pages still counts while it is away. */
  private learn(lookup: Lookup, found: Found): void {
    for (const [tag, version] of found.versions)
      this.stack.known.learn(tag, onClock(version, found.toLocal));
    if (lookup.seed && found.superseded) this.replaced.add(lookup.release, lookup.key);
  }

  /**
   * The first store lost its data, so it no longer knows whether the image's page was ever replaced. A shared store
   * below does; without one the page is rendered again.
   */
  private async completeAfterLoss(lookup: Lookup, found: Found): Promise<Found> {
    const { seed } = lookup;
    if (!seed || found.entry || found.superseded || seed.asOf >= found.floor) return found;
    const below = await this.askBelow(lookup);
    if (below.superseded) return { ...found, superseded: true, keep: undefined };
    const newer = [...below.versions.values()].some(
      (version) => version.expired >= seed.asOf || version.stale >= seed.asOf,
    );
    if (!newer) return found;
    const versions = mergeVersions(found.versions, below.versions, this.timeOf(this.first));
    return { ...found, versions, keep: undefined };
  }

  /** Revalidations that this store did not take are known here; replaced pages only to stores that all pods share. */
  private completeFromBelow(store: Store, lookup: Lookup, found: Found): Found {
    const known = this.stack.known.versions(tagsOfLookup(lookup, found.entry));
    return {
      ...found,
      versions: mergeVersions(found.versions, known, this.timeOf(store)),
      superseded:
        found.superseded || !store.shared || this.replaced.has(lookup.release, lookup.key),
    };
  }

  /** The answer if no store is available. */
  private nothing(lookup: Lookup): Found {
    return {
      level: this.first.name,
      entry: undefined,
      now: localMicros(),
      exact: undefined,
      versions: this.stack.known.versions(tagsOfLookup(lookup, undefined)),
      floor: 0,
      leased: true,
      superseded: this.replaced.has(lookup.release, lookup.key),
      toLocal: (time) => time,
    };
  }

  /** Stores what was rendered in the first store that takes it. It is serialized once, for all of them. */
  async write(writing: Writing): Promise<void> {
    const { release, key, seeded } = writing;
    if (seeded) this.replaced.add(release, key);
    const body = serialize(writing);
    if (body.size > this.limits.maxEntryBytes) return this.refuse(writing, body);
    for (const store of this.stack.stores) {
      const isFirst = store === this.first;
      if (!isFirst) this.stack.behind?.forget(release, key);
      const stored = this.counted(this.writeTo(store, writing, body));
      if (!isFirst) await this.patiently(store, this.recordFor(store, writing));
      if ((await this.patiently(store, stored)) !== false) return;
    }
  }

  private recordFor(store: Store, writing: Writing): Promise<void> {
    const { release, key, seeded } = writing;
    const asOf = stampOf(writing, store)?.asOf;
    return this.stack.outage.recordEntry({ release, key, seeded, asOf });
  }

  /**
   * Pods see it once the first store has it, and Next.js shows the old page until this returns, so it does not wait for
   * the store below.
   * @returns false if the next store must take it
   */
  private async writeTo(store: Store, writing: Writing, body: Body): Promise<boolean> {
    const { release, seeded, replace, ttl } = writing;
    const stamp = stampOf(writing, store);
    if (stamp === undefined) return false;
    const ttlMs = ttl === undefined ? undefined : ttl * 1000;
    const write = { release, stamp, body, seeded, ttlMs, replace };
    try {
      const { result, belowInMs } = await store.write(write);
      metrics.count("next_shared_cache_writes_total", {
        store: store.name,
        result: result === "full" ? "refused" : result,
      });
      // the store has something newer, and the pod that made that copies it down
      if (store === this.first && result !== "refused")
        this.bringBelow(writing, body, stamp.asOf, belowInMs);
      return true;
    } catch (cause) {
      log.debug("A store did not take an entry", {
        store: store.name,
        key: stamp.key,
        reason: log.reason(cause),
      });
      return false;
    }
  }

  private bringBelow(writing: Writing, body: Body, asOf: Micros, inMs: number): void {
    const { behind } = this.stack;
    const stamp = this.below[0] && stampOf(writing, this.below[0]);
    if (behind && stamp) void behind.take(writing.release, stamp, frame(stamp, body), asOf, inMs);
  }

  private async refuse({ release, key, seeded }: Writing, { size }: Body): Promise<void> {
    metrics.count("next_shared_cache_writes_total", {
      store: this.first.name,
      result: "too-large",
    });
    log.warnSometimes(
      `large ${key}`,
      "An entry is too large to be shared: make it smaller, or raise NEXT_SHARED_CACHE_MAX_ENTRY_MIB",
      { key, bytes: size, limit: this.limits.maxEntryBytes },
    );
    await this.drop(release, key, seeded);
  }

  /** Takes an entry out of all stores, the lowest first: no store above reads it back from below. */
  async drop(release: string, key: string, seeded: boolean): Promise<void> {
    this.stack.behind?.forget(release, key);
    for (const store of [...this.stack.stores].reverse())
      // the store says why it could not
      await this.patiently(store, store.drop(release, key, seeded)).catch(() => undefined);
  }

  revalidate(tags: readonly string[], durations: Durations | undefined): Promise<void> {
    if (tags.length === 0) return Promise.resolve();
    return this.own.once(tags, durations, () => this.revalidateAll(tags, durations));
  }

  /** In all shared stores; what the first one does not take waits for it. */
  private async revalidateAll(
    tags: readonly string[],
    durations: Durations | undefined,
  ): Promise<void> {
    log.debug("revalidate", { tags, expire: durations === undefined ? "now" : durations.expire });
    const now = localMicros();
    const below = this.below
      .filter((store) => store.shared)
      .map((store) => ({ store, taken: isTaken(store.revalidate(tags, durations)) }));
    const inFirst = await isTaken(this.first.revalidate(tags, durations));
    const isPending = !inFirst && this.below.length > 0;
    const inBelow = await Promise.all(
      below.map(({ store, taken }) => this.patiently(store, taken, false)),
    );
    // stores below are asked together with what this process knows; without one nobody asks for it
    if (this.below.length > 0) this.stack.known.revalidate(tags, durations, now);
    if (isPending) await this.stack.outage.recordTags(tags, durations);
    else if (!inFirst)
      log.error("A revalidation could not be recorded: call revalidateTag again", { tags });
    else if (inBelow.includes(false))
      log.warnSometimes("folder-tags", "A revalidation is only in Redis", { tags });
    metrics.count(
      "next_shared_cache_revalidations_total",
      { store: isPending ? "pending" : this.first.name },
      tags.length,
    );
  }

  /** A request waits for a store only as long as the store allows; the work continues in the background. */
  private patiently<T>(store: Store, work: Promise<T>, otherwise?: T): Promise<T | undefined> {
    const { patienceMs } = store.health;
    return patienceMs === undefined ? work : bounded(work, patienceMs, otherwise);
  }

  /** Until the store has taken or refused it, also in the background. */
  private counted<T>(writing: Promise<T>): Promise<T> {
    this.writesRunning++;
    return writing.finally(() => this.writesRunning--);
  }

  private timeOf({ clock }: Store): (local: Micros) => Micros {
    return (local) => clock.fromLocal(local) ?? local;
  }
}

function isTaken(work: Promise<void>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}
