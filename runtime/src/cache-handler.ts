import { localMicros, type Micros } from "./clock";
import { RequestCoalescer } from "./request-coalescing";
import type { Entry } from "./entry";
import { judgeTags } from "./freshness";
import { isExhausted } from "./hanging";
import * as log from "./log";
import type { Found, Lookup } from "./lookup";
import * as metrics from "./metrics";
import {
  folderOf,
  leaveWhatHangs,
  nextVersion,
  rememberLifetime,
  seedReader,
  warnIfUntested,
  type SeedReader,
} from "./next-internals";
import {
  keyOfKind,
  kindOf,
  cacheControlOf,
  sizeOf,
  type HandlerValue,
  type SetContext,
} from "./next-values";
import { sharedCache } from "./process-cache";
import { get as property, pathOfKey, readRelease, type Release } from "./release";
import { readSeed, Seeds, type GetContext, type HandlerContext, type Seed } from "./seeds";
import type { Snapshot, SharedCache } from "./shared-cache";
import { tagsAsked, tagsOf } from "./tags";
import { bounded } from "./wait";

interface ServerState {
  readonly release: Release;
  readonly cache: SharedCache;
  readonly seeds: Seeds;
  readonly coalescer: RequestCoalescer;
}

const states = new Map<string, ServerState>();

function stateOf(context: HandlerContext): ServerState {
  const folder = context.serverDistDir ?? "";
  let found = states.get(folder);
  if (!found) {
    warnIfUntested(nextVersion(context.serverDistDir));
    const release = readRelease(folder, process.env);
    found = {
      release,
      cache: sharedCache(folderOf(folder), release),
      seeds: new Seeds(release),
      coalescer: new RequestCoalescer(),
    };
    states.set(folder, found);
  }
  return found;
}

const PREFETCH_HEADERS = [
  "purpose",
  "sec-purpose",
  "next-router-prefetch",
  "x-middleware-prefetch",
] as const;

/** Before any lifetime of data, in milliseconds: Next.js takes "for ever" for 2^32 seconds, 136 years. */
const LONG_AGO = -1e13;

/** How long a request waits for another pod's rendering, in microseconds, before it renders itself. */
const WAIT_FOR_OTHERS = 4_000_000;

/** How long a request waits for its rendering to be stored; it is stored behind the answer then. */
const SET_WAIT_MS = 100;

/** Next.js's `cacheHandler`: pages, route handlers and fetch data. One instance serves one request. */
export default class SharedCacheHandler {
  private readonly nextHandler: SeedReader | undefined;
  private readonly state: ServerState | undefined;
  private readonly startedAt = localMicros();
  /** Lookups of this request: what it renders afterwards is as of then. */
  private readonly snapshots = new Map<string, Snapshot>();

  constructor(private readonly context: HandlerContext) {
    if (process.env.NEXT_PHASE === "phase-production-build" || context.dev === true) {
      // a build writes its own files, as without this handler, and knows no Redis
      this.nextHandler = seedReader(context);
    } else {
      this.state = stateOf(context);
    }
  }

  async get(key: string, context: GetContext = {}): Promise<unknown> {
    if (!this.state) return (await this.nextHandler?.get(key, context)) ?? null;
    const { cache, release } = this.state;
    const kind = context.kind ?? "";
    const isData = kind === "FETCH";
    const storeKey = keyOfKind(kind, key);
    leaveWhatHangs(kind);
    if (!isData) {
      const heldBack = this.state.coalescer.holdBack();
      if (heldBack) await heldBack;
    }
    const seed =
      isData || kind === "IMAGE"
        ? undefined
        : await this.state.seeds.find(this.context, key, context);
    // others may render it: a lease here would keep them from it
    const exhausted = isExhausted();
    const lookup: Lookup = {
      release: release.id,
      key: storeKey,
      tags: isData ? tagsAsked(context) : [],
      seed,
      lease: exhausted ? "none" : this.leaseFor(kind, context),
    };
    const deadline = localMicros() + WAIT_FOR_OTHERS;
    let found: Found;
    let answer: Answer | undefined;
    for (;;) {
      const local = localMicros();
      found = await cache.lookup(lookup);
      if (exhausted) found = { ...found, leased: false };
      this.snapshots.set(storeKey, {
        local,
        redis: found.level === "redis" ? found.now : undefined,
      });
      answer = found.entry
        ? this.present(key, found.entry, found, isData)
        : await this.presentSeed(key, context, seed, found);
      const usable = answer !== undefined && !answer.expired;
      if (usable || found.leased || lookup.lease !== "stale-or-missing") break;
      // another pod is making it: two that make it at once could show it in the wrong order
      const left = deadline - localMicros();
      if (left <= 0) break;
      // asked again now and then: the one that was to make it may have failed
      await cache.changeOf(
        release.id,
        storeKey,
        found.position,
        Math.min(200, Math.ceil(left / 1000)),
      );
    }
    const result = answer === undefined ? "miss" : answer.stale ? "stale" : "hit";
    metrics.count("next_shared_cache_requests_total", {
      interface: isData ? "data" : "pages",
      level: answer?.level ?? found.level,
      result,
    });
    if (log.isDebug()) {
      log.debug("get", {
        key,
        kind,
        from: answer?.level ?? found.level,
        result,
        why: answer?.why ?? this.whyMiss(found),
      });
    }
    return answer?.value ?? null;
  }

  async set(key: string, value: unknown, context: SetContext = {}): Promise<void> {
    if (!this.state) {
      await this.nextHandler?.set(key, value, context);
      return;
    }
    const kind = kindOf(value);
    const isData = context.fetchCache === true || kind === "FETCH";
    const storeKey = keyOfKind(isData ? "FETCH" : kind, key);
    const cacheControl = cacheControlOf(context);
    const own: unknown = property(value, "revalidate");
    const revalidate =
      isData || kind === "IMAGE"
        ? typeof own === "number"
          ? own
          : false
        : (cacheControl?.revalidate ?? false);
    const snapshot = this.snapshots.get(storeKey) ?? { local: this.startedAt, redis: undefined };
    log.debug("set", {
      key,
      kind: isData ? "FETCH" : kind,
      revalidate,
      asOf: snapshot.redis ?? snapshot.local,
      exact: snapshot.redis !== undefined,
    });
    const writing = this.state.cache
      .write({
        release: this.state.release.id,
        key: storeKey,
        snapshot,
        value,
        tags: tagsOf(value, context),
        cacheControl,
        revalidate,
        seeded: !isData && this.state.release.lifetimeOf(pathOfKey(key)) !== undefined,
        ttl: undefined,
        replace: this.isOnDemand(),
      })
      .catch((cause: unknown) =>
        log.warnSometimes("set", "An entry could not be stored", {
          key,
          reason: log.reason(cause),
        }),
      );
    // the visitor whose request made the entry waits for this
    await bounded(writing, SET_WAIT_MS);
  }

  async revalidateTag(
    tags: string | readonly string[],
    durations?: { readonly expire?: number },
  ): Promise<void> {
    const list = typeof tags === "string" ? [tags] : tags;
    if (!this.state) {
      await this.nextHandler?.revalidateTag([...list], durations);
      return;
    }
    await this.state.cache.revalidate(list, durations);
  }

  /** Nothing is kept for a request but its snapshots, which later renderings still need. */
  resetRequestCache(): void {}

  private present(key: string, entry: Entry, found: Found, isData: boolean): Answer | undefined {
    const tags = judgeTags(entry.asOf, found.versions.values(), found.now);
    if (tags === "expired") return undefined;
    const past = entry.staleAt > 0 && entry.staleAt <= found.now;
    const storedAt = found.toLocal(entry.storedAt) / 1000;
    const { cacheControl } = entry;
    if (cacheControl && !isData) rememberLifetime(key, cacheControl, this.context.serverDistDir);
    const whole = { value: entry.value, ...(cacheControl ? { cacheControl } : {}) };
    const level = found.level;
    if (tags === "fresh" && !past) {
      return { level, stale: false, why: "fresh", value: { lastModified: storedAt, ...whole } };
    }
    if (isHardExpired(entry.storedAt, cacheControl?.expire, found.now)) {
      return {
        level,
        stale: true,
        expired: true,
        why: "past its expire",
        value: { lastModified: storedAt, ...whole },
      };
    }
    const now = localMicros() / 1000;
    // of data Next.js is told the truth: it makes no page that is stored of what is stale
    if (!found.leased && !isData) {
      return {
        level,
        stale: true,
        why: "stale, another pod refreshes it",
        value: { lastModified: now, ...whole },
      };
    }
    if (tags === "fresh")
      return {
        level,
        stale: true,
        why: "past its revalidate",
        value: { lastModified: storedAt, ...whole },
      };
    return {
      level,
      stale: true,
      why: "a tag is stale",
      value: this.staleByTag(key, entry, now, isData),
    };
  }

  /** Next.js finds out by age: an entry that is stale by tag gets an age just past its lifetime. */
  private staleByTag(
    key: string,
    entry: Pick<Entry, "value" | "cacheControl">,
    now: number,
    isData: boolean,
  ): HandlerValue {
    if (isData) return { lastModified: LONG_AGO, value: entry.value };
    const seconds = entry.cacheControl?.revalidate;
    // without a lifetime one second: Next.js tries a rendering that fails again after 3 s then, and after 30 s with a long one
    const revalidate = typeof seconds === "number" && seconds > 0 ? seconds : 1;
    const cacheControl = { revalidate, expire: entry.cacheControl?.expire };
    rememberLifetime(key, cacheControl, this.context.serverDistDir);
    return { lastModified: now - revalidate * 1000 - 1, value: entry.value, cacheControl };
  }

  private async presentSeed(
    key: string,
    context: GetContext,
    seed: Seed | undefined,
    found: Found,
  ): Promise<Answer | undefined> {
    if (!seed || found.superseded) return undefined;
    // times of seeds are the build's clock; a revalidation while the image was built counts as later
    const tags = judgeTags(seed.asOf, found.versions.values(), found.now);
    if (tags === "expired") return undefined;
    const read = await readSeed(this.context, key, context);
    if (read === undefined) return undefined;
    const builtAt = seed.asOf / 1000;
    if (tags === "stale") return this.staleSeed(key, read, seed, found);
    if (context.isFallback !== true) {
      const seeded = {
        ...seed,
        key: keyOfKind(context.kind ?? "", key),
        storedAt: seed.asOf,
        cacheControl: read.cacheControl,
      };
      found.keep?.({ ...seeded, value: read.value }, sizeOf(read.value));
    }
    const past = seed.staleAt > 0 && seed.staleAt <= found.now;
    const expired = isHardExpired(seed.asOf, read.cacheControl?.expire, found.now);
    const lastModified = past && !expired && !found.leased ? localMicros() / 1000 : builtAt;
    return {
      level: "image",
      stale: past,
      expired,
      why: "prerendered, never revalidated",
      value: { ...read, lastModified },
    };
  }

  /** Shown once more while one pod makes it anew, and for as long as that fails. */
  private staleSeed(key: string, read: HandlerValue, seed: Seed, found: Found): Answer {
    const expired = isHardExpired(seed.asOf, read.cacheControl?.expire, found.now);
    const now = localMicros() / 1000;
    const own = { ...read, lastModified: expired ? seed.asOf / 1000 : now };
    return {
      level: "image",
      stale: true,
      expired,
      why: found.leased ? "prerendered, a tag is stale" : "prerendered, another pod makes it anew",
      value:
        found.leased && !expired
          ? this.staleByTag(key, { ...read, cacheControl: read.cacheControl ?? seed }, now, false)
          : own,
    };
  }

  /**
   * A prefetch refreshes nothing, an on-demand revalidation always does, and so does whoever needs data
   * for a page that is stored. Partially prerendered pages that are missing may never be stored: nobody
   * waits for them.
   */
  private leaseFor(kind: string, context: GetContext): Lookup["lease"] {
    if (this.isPrefetch() || this.isOnDemand() || kind === "IMAGE" || kind === "FETCH")
      return "none";
    return context.isRoutePPREnabled === true ? "stale" : "stale-or-missing";
  }

  private isOnDemand(): boolean {
    return this.context._requestHeaders?.["x-prerender-revalidate"] !== undefined;
  }

  private isPrefetch(): boolean {
    const headers = this.context._requestHeaders ?? {};
    return PREFETCH_HEADERS.some((name) => headers[name] !== undefined);
  }

  private whyMiss(found: Found): string {
    if (found.entry) return "a tag was revalidated";
    return found.superseded ? "gone, and its prerendered page is outdated" : "not there";
  }
}

interface Answer {
  readonly level: string;
  readonly stale: boolean;
  /** Too old to be shown: Next.js renders before it answers. */
  readonly expired?: boolean;
  readonly why: string;
  readonly value: HandlerValue;
}

function isHardExpired(storedAt: Micros, expire: number | undefined, now: Micros): boolean {
  return typeof expire === "number" && storedAt + expire * 1e6 <= now;
}
