import { join } from "node:path";
import { localMicros, type Micros } from "./clock";
import { isWhole } from "./flight";
import { judgeTags } from "./freshness";
import { HANGS_MS } from "./hanging";
import { validDataLifetime } from "./lifetimes";
import * as log from "./log";
import { Making } from "./making";
import * as metrics from "./metrics";
import { createHash } from "node:crypto";
import { folderOf } from "./next-internals";
import { get as property, readRelease } from "./release";
import { sharedCache } from "./process-cache";
import type { SharedCache } from "./shared-cache";
import type { Durations } from "./stores/store";
import { drain, streamOf } from "./streams";
import type { Snapshot } from "./writing";

/** Next.js's `CacheEntry`. Times are milliseconds of this pod's clock, lifetimes seconds. */
interface UseCacheEntry {
  value: ReadableStream<Uint8Array>;
  tags: string[];
  stale: number;
  timestamp: number;
  expire: number;
  revalidate: number;
}

/** What is stored of it; `timestamp` is in microseconds before `storedAt` of the entry around it. */
interface StoredResult {
  readonly bytes: Uint8Array;
  readonly tags: string[];
  readonly stale: number;
  readonly age: Micros;
  readonly expire: number;
  readonly revalidate: number;
}

/** Answers of a store to lookups of one key, to find the one before a given rendering. */
interface Seen {
  readonly answeredAt: Micros;
  readonly snapshot: Snapshot;
}

/** How often a lookup that waits for a result looks whether another pod has made it. */
const LOOK_AGAIN_MS = 1000;

interface State {
  readonly cache: SharedCache;
  readonly release: string;
}

let state: State | undefined;

function stateOf(): State {
  if (state) return state;
  const serverDistDir = join(process.cwd(), distDir(), "server");
  const release = readRelease(serverDistDir, process.env);
  state = { release: release.id, cache: sharedCache(folderOf(serverDistDir), release) };
  return state;
}

/** A standalone server carries its config in the environment. */
function distDir(): string {
  try {
    const config: unknown = JSON.parse(process.env.__NEXT_PRIVATE_STANDALONE_CONFIG ?? "{}");
    const folder: unknown = property(config, "distDir");
    if (typeof folder === "string" && folder !== "") return folder;
  } catch {
    // not a standalone server
  }
  return ".next";
}

function isBuild(): boolean {
  return process.env.NEXT_PHASE === "phase-production-build";
}

const making = new Making();
const seen = new Map<string, Seen[]>();
/** During a build: what its own process rendered. */
const built = new Map<string, { result: StoredResult; storedAt: Micros }>();

function remember(key: string, snapshot: Snapshot): void {
  const list = seen.get(key) ?? [];
  list.push({ answeredAt: localMicros(), snapshot });
  if (list.length > 8) list.shift();
  seen.delete(key);
  seen.set(key, list);
  if (seen.size > 10_000) {
    const oldest = seen.keys().next();
    if (!oldest.done) seen.delete(oldest.value);
  }
}

/** The last answer before the rendering began: later revalidations are not in the rendering. */
function snapshotFor(key: string, startedAt: Micros): Snapshot {
  const list = seen.get(key) ?? [];
  for (let i = list.length - 1; i >= 0; i--) {
    const item = list[i];
    if (item && item.answeredAt <= startedAt + 1000) return item.snapshot;
  }
  return { local: startedAt, exact: undefined };
}

/** The lifetime for an entry with a stale tag: the shortest one, just over. */
const STALE = { revalidate: 1, ms: 1001 } as const;

/**
 * Next.js decides by age that an entry is stale. Its own store returns `revalidate: -1` instead, which 16.3 copies to
 * the page's lifetime and then refuses.
 */
export function restore(
  result: StoredResult,
  storedAt: Micros,
  stale: boolean,
  exhausted = false,
): UseCacheEntry | undefined {
  const lifetime = validDataLifetime(result);
  if (lifetime === undefined) return undefined;
  const made = (storedAt - result.age) / 1000;
  const { stale: seconds, expire, revalidate } = lifetime;
  // As if it were new, so that Next.js does not begin another one. Not for longer than another one may take, because a
  // page that is stored may be made from it and would count as new for as long.
  if (exhausted) {
    const now = localMicros() / 1000;
    if (made + expire * 1000 <= now) return undefined;
    const short = { ...lifetime, revalidate: Math.min(revalidate, HANGS_MS / 1000) };
    return { ...short, value: streamOf(result.bytes), tags: result.tags, timestamp: now };
  }
  return {
    value: streamOf(result.bytes),
    tags: result.tags,
    stale: seconds,
    timestamp: stale ? Math.min(made, localMicros() / 1000 - STALE.ms) : made,
    expire,
    revalidate: stale ? Math.min(STALE.revalidate, revalidate) : revalidate,
  };
}

/** Whether each of them was found whole: those of the client-side cache are asked for again and again. */
const whole = new WeakMap<Uint8Array, boolean>();

function isUsable(result: StoredResult): boolean {
  const known = whole.get(result.bytes);
  if (known !== undefined) return known;
  const found = isWhole(result.bytes);
  whole.set(result.bytes, found);
  return found;
}

function isStoredResult(value: unknown): value is StoredResult {
  return (
    property(value, "bytes") instanceof Uint8Array &&
    Array.isArray(property(value, "tags")) &&
    typeof property(value, "age") === "number" &&
    typeof property(value, "expire") === "number" &&
    typeof property(value, "revalidate") === "number" &&
    typeof property(value, "stale") === "number"
  );
}

/** Keys hold the function's arguments, of any length. */
function keyOfResult(cacheKey: string): string {
  return cacheKey.length <= 200
    ? `u:${cacheKey}`
    : `u:${createHash("sha256").update(cacheKey).digest("hex")}`;
}

/** What the stores have. */
async function lookUp(cacheKey: string, softTags: string[]): Promise<UseCacheEntry | undefined> {
  const { cache, release } = stateOf();
  const local = localMicros();
  const found = await cache.lookup({
    release,
    key: keyOfResult(cacheKey),
    tags: softTags,
    seed: undefined,
    lease: "none",
  });
  remember(cacheKey, { local, exact: found.exact });
  const { entry } = found;
  const tags = entry ? judgeTags(entry.asOf, found.versions.values(), found.now) : "expired";
  const stored = entry?.value;
  const answer =
    entry && tags !== "expired" && isStoredResult(stored) && isUsable(stored)
      ? restore(
          stored,
          found.toLocal(entry.storedAt),
          tags === "stale",
          making.isExhausted(cacheKey),
        )
      : undefined;
  const result = answer === undefined ? "miss" : tags === "stale" ? "stale" : "hit";
  metrics.count("next_shared_cache_requests_total", {
    interface: "use-cache",
    level: found.level,
    result,
  });
  if (log.isDebug()) log.debug("use cache get", { key: cacheKey, from: found.level, result });
  return answer;
}

/** Next.js's `cacheHandlers`: 'use cache' and 'use cache: remote'. One object for the whole process. */
const handler = {
  async get(cacheKey: string, softTags: string[] = []): Promise<UseCacheEntry | undefined> {
    if (isBuild()) {
      await making.over(cacheKey);
      const found = built.get(cacheKey);
      return found && restore(found.result, found.storedAt, false);
    }
    await making.settled(cacheKey);
    for (;;) {
      const answer = await lookUp(cacheKey, softTags);
      // requests for a missing result wait with the first one, however long
      const over = answer === undefined ? making.over(cacheKey, LOOK_AGAIN_MS) : undefined;
      if (over === undefined) return answer;
      await over;
    }
  },

  async set(cacheKey: string, pendingEntry: Promise<UseCacheEntry>): Promise<void> {
    const end = making.begin(cacheKey);
    try {
      const entry = await pendingEntry;
      const startedAt = Math.floor(entry.timestamp * 1000);
      const snapshot = snapshotFor(cacheKey, startedAt);
      const lifetime = validDataLifetime(entry);
      if (lifetime === undefined) {
        await entry.value.cancel();
        return;
      }
      const bytes = await drain(entry.value);
      if (!isWhole(bytes)) {
        log.debug("use cache set", { key: cacheKey, refused: "a part of a stream" });
        return;
      }
      const result: StoredResult = {
        bytes,
        tags: entry.tags,
        age: Math.max(0, localMicros() - startedAt),
        ...lifetime,
      };
      if (isBuild()) {
        built.set(cacheKey, { result, storedAt: localMicros() });
        return;
      }
      const { cache, release } = stateOf();
      await cache.write({
        release,
        key: keyOfResult(cacheKey),
        snapshot,
        value: result,
        tags: entry.tags,
        cacheControl: undefined,
        // Next.js looks at the age itself; for the client-side cache, an entry past its revalidate is not hot
        revalidate: false,
        seeded: false,
        replace: false,
        ttl: Number.isFinite(entry.expire) ? entry.expire + 60 : undefined,
      });
    } catch (cause) {
      // a rendering that failed leaves nothing to share
      log.debug("use cache set failed", { key: cacheKey, reason: log.reason(cause) });
    } finally {
      end();
    }
  },

  /** Tag versions come with each entry in the same round trip, so there is nothing to fetch in advance. */
  async refreshTags(): Promise<void> {},

  /** Infinity: soft tags are passed to `get`, which looks them up together with the entry. */
  async getExpiration(): Promise<number> {
    return Infinity;
  },

  async updateTags(tags: string[], durations?: Durations): Promise<void> {
    if (isBuild()) return;
    await stateOf().cache.revalidate(tags, durations);
  },

  /** Next.js 15.5's name for it. */
  async expireTags(...tags: string[]): Promise<void> {
    await handler.updateTags(tags.flat());
  },
};

export default handler;
