import { localMicros, type Micros } from "./clock";
import { encode, type CacheControl, type Entry } from "./entry";
import type { Environment } from "./environment";
import type { Durations, FallbackStore } from "./fallback";
import type { Gate } from "./stores/files/gate";
import { WriteBehind } from "./stores/write-behind";
import { PendingFiles } from "./stores/files/pending";
import { FilesStore } from "./stores/files/store";
import { Sweeper } from "./stores/files/sweep";
import type { TagVersion } from "./freshness";
import * as log from "./log";
import type { Found, Lookup } from "./lookup";
import * as metrics from "./metrics";
import { Outage } from "./stores/outage";
import { MemoryStore } from "./stores/memory/store";
import { Unavailable } from "./stores/unavailable";
import { RedisStore } from "./stores/redis/store";
import type { Release } from "./release";
import { bounded } from "./wait";

/** When something was looked up: what is rendered after it is not older than this. */
export interface Snapshot {
  readonly local: Micros;
  /** The same moment on Redis's clock, exactly, if Redis answered. */
  readonly redis: Micros | undefined;
}

export interface Writing {
  readonly release: string;
  readonly key: string;
  readonly snapshot: Snapshot;
  readonly value: unknown;
  readonly tags: readonly string[];
  readonly cacheControl: CacheControl | undefined;
  /** Seconds until it is stale, false for never. */
  readonly revalidate: number | false;
  /** The image holds a prerendered page of this key. */
  readonly seeded: boolean;
  /** Seconds after which it is of no use to anybody. */
  readonly ttl: number | undefined;
  /** Asked for on demand: replaces also what another pod stored in the meantime. */
  readonly replace: boolean;
}

const PENDING_POLL_MS = 1000;
/** What other pods get to write what they hold when the connections to Redis break. */
const SETTLE_MS = 150;
const PROCESS_STORE_BYTES = 32 * 1024 * 1024;

/** The stores of one process, and which of them answers. */
export class SharedCache {
  readonly redis: RedisStore | undefined;
  readonly fallback: FallbackStore;
  private readonly memory = new MemoryStore(PROCESS_STORE_BYTES);
  private readonly gate: Gate | undefined;
  private readonly outage: Outage;
  /** Brings what Redis took to the folder behind it, where there is one. */
  private readonly behind: WriteBehind | undefined;
  /** When the folder has what pods held as Redis was lost. */
  private settled: Promise<void> = Promise.resolve();
  /** The last revalidation of each tag by this process. */
  private readonly revalidatedHere = new Map<string, { at: Micros; done: Promise<void> }>();
  private revalidatedLast: Micros = 0;
  private readonly thisTick = new Map<string, Promise<void>>();
  /** Keys whose prerendered page this process knows to be replaced. */
  private readonly superseded = new Set<string>();
  private writesRunning = 0;

  constructor(
    readonly environment: Environment,
    release: Release,
  ) {
    log.setDebug(environment.debug);
    metrics.gauge("next_shared_cache_writes_running", () => this.writesRunning);
    let files: FilesStore | undefined;
    if (environment.directory !== undefined) {
      files = new FilesStore(environment.directory, environment.app);
      this.fallback = files;
      this.gate = files.gate;
      new Sweeper(files, release, environment.filesBytes).start();
      this.outage = new Outage(files, new PendingFiles(files.folder, files.gate));
    } else {
      this.fallback = this.memory;
      this.outage = new Outage(this.memory, undefined);
    }
    if (environment.store === "process") {
      log.warn("Nothing is shared between pods: set REDIS_URL, SHARED_CACHE_DIR or both");
    }
    if (environment.redisUrl !== undefined) {
      const redis = new RedisStore(environment.redisUrl, environment, release.id, {
        replay: async (store) => {
          await this.outage.replay(store);
          if (this.fallback === this.memory) this.memory.clear();
        },
        onLost: (unanswered) => {
          void this.behind?.flush();
          // whoever waited for an answer in vain waited longer than the others hold what they have
          if (this.behind?.holds && !unanswered)
            this.settled = new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
        },
      });
      this.redis = redis;
      if (files) {
        const { filesEveryMs: everyMs, timeoutMs } = environment;
        this.behind = new WriteBehind(files, redis, release.id, { everyMs, timeoutMs }).start();
      }
      setInterval(() => {
        if (redis.ready) {
          this.outage.poll(redis).catch((cause: unknown) => this.note("replay", "", cause));
        }
      }, PENDING_POLL_MS).unref();
    }
  }

  /** Until another pod has made this entry, or that takes too long. */
  async changeOf(release: string, key: string, position: number, ms: number): Promise<void> {
    await this.redis?.changeOf(release, key, position, ms);
  }

  /** Never throws: a store that fails is a store that has nothing. */
  async lookup(lookup: Lookup): Promise<Found> {
    for (;;) {
      const asked = localMicros();
      const found = await this.ask(lookup);
      const overtaken = this.revalidatedSince(asked, lookup, found);
      if (!overtaken) return found;
      await overtaken;
    }
  }

  /**
   * A revalidation by this process that began after the question: Next.js already knows of it, and would
   * render what the answer calls fresh, at the same time as another pod.
   */
  private revalidatedSince(asked: Micros, lookup: Lookup, found: Found): Promise<void> | undefined {
    if (asked > this.revalidatedLast) return undefined;
    for (const tag of [...lookup.tags, ...(found.entry?.tags ?? lookup.seed?.tags ?? [])]) {
      const mine = this.revalidatedHere.get(tag);
      if (mine && mine.at >= asked) return mine.done;
    }
    return undefined;
  }

  private async ask(lookup: Lookup, again = false): Promise<Found> {
    if (this.redis) {
      const hit = this.redis.fromMemory(lookup);
      if (hit) return hit;
      try {
        const found = await this.redis.read(lookup);
        this.learn(lookup, found);
        return await this.afterLoss(lookup, found);
      } catch (cause) {
        this.note("read", lookup.key, cause);
        if (cause instanceof Unavailable) {
          await this.settled;
          // a blip is over by now; once, since a Redis that comes and goes must not keep a request
          if (this.redis.ready && !again) return this.ask(lookup, true);
        }
      }
    }
    return this.fromFallback(lookup);
  }

  async fromFallback(lookup: Lookup): Promise<Found> {
    const now = localMicros();
    const read = await this.patiently(this.fallback.read(lookup.release, lookup.key));
    // should the folder not answer next time, the prerendered page must not come back
    if (lookup.seed && read !== undefined) this.rememberSuperseded(lookup.release, lookup.key);
    const entry = typeof read === "object" ? read : undefined;
    const tags = [...lookup.tags, ...(entry?.tags ?? lookup.seed?.tags ?? [])];
    const versions = new Map(await this.fallback.versions(tags));
    if (this.redis && this.fallback !== this.memory) {
      // revalidations that the folder did not take are known here
      for (const [tag, version] of await this.memory.versions(tags))
        versions.set(tag, later(versions.get(tag), version));
    }
    return {
      level: this.fallback.name,
      entry,
      now,
      versions,
      floor: 0,
      leased: true,
      superseded:
        read !== undefined ||
        this.superseded.has(`${lookup.release}\0${lookup.key}`) ||
        // Redis alone knows whether the image's page was ever replaced
        (this.redis !== undefined && this.fallback === this.memory),
      toLocal: (time) => time,
      position: 0,
    };
  }

  /** Stores what was rendered, in Redis and behind it; or in the fallback alone while Redis is away. */
  async write(writing: Writing): Promise<void> {
    const { release, key, snapshot } = writing;
    if (writing.seeded) this.rememberSuperseded(release, key);
    const local = this.entryOf(writing, snapshot.local, localMicros());
    const encodedLocal = encode(local);
    if (encodedLocal.size > this.environment.maxEntryBytes) {
      metrics.count("next_shared_cache_writes_total", {
        store: this.environment.store,
        result: "too-large",
      });
      log.warnSometimes(
        `large ${key}`,
        "An entry is too large to be shared: make it smaller, or raise NEXT_SHARED_CACHE_MAX_ENTRY_MIB",
        {
          key,
          bytes: encodedLocal.size,
          limit: this.environment.maxEntryBytes,
        },
      );
      await this.drop(release, key, writing.seeded);
      return;
    }
    if (this.redis) {
      try {
        await this.counted(this.writeToRedis(this.redis, writing, local, encodedLocal.bytes));
        return;
      } catch (cause) {
        this.note("write", key, cause);
      }
    }
    const stored = this.counted(this.writeToFallback(release, local, encodedLocal.bytes));
    if (this.redis) await this.patiently(this.outage.recordEntry(release, key, writing.seeded));
    await this.patiently(stored);
  }

  /** All pods show it then, and Next.js shows the old page until this returns: the folder is not waited for. */
  private async writeToRedis(
    redis: RedisStore,
    writing: Writing,
    local: Entry,
    bytes: Buffer,
  ): Promise<void> {
    const { release, key, snapshot } = writing;
    const now = redis.toStoreTime(localMicros());
    const asOf = snapshot.redis ?? redis.toStoreTime(snapshot.local);
    if (asOf === undefined || now === undefined) throw new Unavailable("Redis was never reached");
    const encoded = encode(this.entryOf(writing, asOf, now));
    const { result, folderInMs } = await redis.write(release, { key, asOf }, encoded.bytes, {
      seeded: writing.seeded,
      ttlMs: writing.ttl === undefined ? undefined : writing.ttl * 1000,
      replace: writing.replace,
      folder: this.behind !== undefined,
    });
    metrics.count("next_shared_cache_writes_total", {
      store: "redis",
      result: result === "full" ? "refused" : result,
    });
    // what Redis has is newer, and whoever made it brings it to the folder
    if (result !== "refused") void this.behind?.take(release, local, bytes, asOf, folderInMs);
  }

  /** Until the store has taken it or refused, also behind the answer. */
  private counted(writing: Promise<void>): Promise<void> {
    this.writesRunning++;
    return writing.finally(() => this.writesRunning--);
  }

  private async writeToFallback(release: string, entry: Entry, bytes: Buffer): Promise<void> {
    this.behind?.forget(release, entry.key);
    const stored = await this.fallback.write(release, entry, bytes);
    metrics.count("next_shared_cache_writes_total", {
      store: this.fallback.name,
      result: stored ? "stored" : "failed",
    });
  }

  async drop(release: string, key: string, seeded: boolean): Promise<void> {
    this.behind?.forget(release, key);
    await this.patiently(this.fallback.drop(release, key, seeded));
    await this.redis
      ?.drop(release, key, seeded)
      .catch((cause: unknown) => this.note("drop", key, cause));
  }

  /** Calls of one tick for the same tags are one: Next.js tells each handler of its own. */
  revalidate(tags: readonly string[], durations: Durations | undefined): Promise<void> {
    if (tags.length === 0) return Promise.resolve();
    const name = JSON.stringify([tags, durations ?? null]);
    const running = this.thisTick.get(name);
    if (running) return running;
    const at = localMicros();
    const promise = this.revalidateOnce(tags, durations);
    if (this.revalidatedHere.size > 10_000) this.revalidatedHere.clear();
    for (const tag of tags) this.revalidatedHere.set(tag, { at, done: promise });
    this.revalidatedLast = at;
    this.thisTick.set(name, promise);
    process.nextTick(() => this.thisTick.delete(name));
    return promise;
  }

  private async revalidateOnce(
    tags: readonly string[],
    durations: Durations | undefined,
  ): Promise<void> {
    log.debug("revalidate", { tags, expire: durations === undefined ? "now" : durations.expire });
    const now = localMicros();
    const shared =
      this.fallback === this.memory ? undefined : this.fallback.revalidate(tags, durations, now);
    if (!this.redis) {
      if (shared === undefined) await this.memory.revalidate(tags, durations, now);
      else if (!(await shared)) {
        log.error("A revalidation could not be recorded: call revalidateTag again", { tags });
      }
      metrics.count(
        "next_shared_cache_revalidations_total",
        { store: this.fallback.name },
        tags.length,
      );
      return;
    }
    let inRedis = true;
    try {
      await this.redis.revalidate(tags, durations);
    } catch (cause) {
      inRedis = false;
      this.note("revalidate", tags.join(","), cause);
    }
    const inFolder = shared === undefined ? undefined : await this.patiently(shared, false);
    await this.memory.revalidate(tags, durations, now);
    if (!inRedis) await this.outage.recordTags(tags, durations);
    else if (inFolder === false) {
      log.warnSometimes("folder-tags", "A revalidation is in Redis alone", { tags });
    }
    metrics.count(
      "next_shared_cache_revalidations_total",
      { store: inRedis ? "redis" : "pending" },
      tags.length,
    );
  }

  /**
   * Redis lost its data: it cannot say any more whether the image's page was ever replaced. The shared
   * folder can; without one the page is made anew.
   */
  private async afterLoss(lookup: Lookup, found: Found): Promise<Found> {
    const { seed } = lookup;
    if (!seed || found.entry || found.superseded || seed.asOf >= found.floor) return found;
    if (this.fallback === this.memory) return { ...found, superseded: true, keep: undefined };
    const behind = await this.fromFallback(lookup);
    if (behind.superseded) return { ...found, superseded: true, keep: undefined };
    const since = (v: TagVersion): boolean => v.expired >= seed.asOf || v.stale >= seed.asOf;
    if (![...behind.versions.values()].some(since)) return found;
    const versions = new Map(found.versions);
    for (const [tag, version] of behind.versions)
      versions.set(tag, later(versions.get(tag), this.inStoreTime(version)));
    return { ...found, versions, keep: undefined };
  }

  private inStoreTime({ stale, expired, expireAt }: TagVersion): TagVersion {
    const time = (at: Micros): Micros => (at === 0 ? 0 : (this.redis?.toStoreTime(at) ?? at));
    return { stale: time(stale), expired: time(expired), expireAt: time(expireAt) };
  }

  private learn(lookup: Lookup, found: Found): void {
    for (const [tag, version] of found.versions) {
      this.memory.learn(tag, {
        stale: found.toLocal(version.stale),
        expired: found.toLocal(version.expired),
        expireAt: version.expireAt === 0 ? 0 : found.toLocal(version.expireAt),
      });
    }
    if (lookup.seed && found.superseded) this.rememberSuperseded(lookup.release, lookup.key);
  }

  /** Longer waits for the shared folder go on in the background. */
  private patiently<T>(promise: Promise<T>, otherwise?: T): Promise<T | undefined> {
    return this.gate ? bounded(promise, this.gate.patienceMs, otherwise) : promise;
  }

  private rememberSuperseded(release: string, key: string): void {
    if (this.superseded.size > 100_000) this.superseded.clear();
    this.superseded.add(`${release}\0${key}`);
  }

  private note(operation: string, key: string, cause: unknown): void {
    log.debug("Redis did not serve", { operation, key, reason: log.reason(cause) });
    if (cause instanceof Unavailable) return;
    metrics.count("next_shared_cache_errors_total", { store: "redis", kind: operation });
    log.warnSometimes(`redis-${operation}`, `Redis failed a ${operation}`, {
      key,
      reason: log.reason(cause),
    });
  }

  private entryOf(writing: Writing, asOf: Micros, now: Micros): Entry {
    const seconds = writing.revalidate;
    const staleAt = seconds === false || !Number.isFinite(seconds) ? 0 : now + seconds * 1e6;
    return {
      key: writing.key,
      asOf,
      storedAt: now,
      staleAt: Number.isSafeInteger(Math.round(staleAt)) ? Math.round(staleAt) : 0,
      tags: writing.tags,
      cacheControl: writing.cacheControl,
      value: writing.value,
    };
  }
}

function later(a: TagVersion | undefined, b: TagVersion): TagVersion {
  if (a === undefined) return b;
  return {
    stale: Math.max(a.stale, b.stale),
    expired: Math.max(a.expired, b.expired),
    expireAt: a.stale > b.stale ? a.expireAt : b.expireAt,
  };
}
