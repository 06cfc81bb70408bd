import { answerTo, type Answer, type Question } from "./answers";
import { localMicros } from "./clock";
import { isExhausted } from "./hanging";
import * as log from "./log";
import * as metrics from "./metrics";
import {
  folderOf,
  leaveWhatHangs,
  nextVersion,
  seedReader,
  warnIfUntested,
  type SeedReader,
} from "./next-internals";
import { cacheControlOf, keyOfKind, kindOf, type SetContext } from "./next-values";
import { sharedCache, wholeAnswers } from "./process-cache";
import { get as property, pathOfKey, readRelease, type Release } from "./release";
import { RequestCoalescer } from "./request-coalescing";
import { Seeds, type GetContext, type HandlerContext } from "./seeds";
import type { SharedCache } from "./shared-cache";
import type { Found, Lookup } from "./stores/store";
import { tagsAsked, tagsOf } from "./tags";
import { bounded } from "./wait";
import type { WholeAnswers } from "./whole-answers/whole-answers";
import type { Snapshot } from "./writing";

/** What the handlers of all requests for one build share. */
interface ServerState {
  readonly release: Release;
  readonly cache: SharedCache;
  readonly seeds: Seeds;
  readonly coalescer: RequestCoalescer;
  readonly answers: WholeAnswers | undefined;
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
      answers: wholeAnswers(folderOf(folder), release, folder),
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

/** How long a request waits for another pod's rendering, in milliseconds, before it renders itself. */
const WAIT_FOR_OTHERS_MS = 4000;
/** How often it asks in between: the pod that was meant to render it may have failed. */
const ASK_AGAIN_MS = 200;

/** How long a request waits for its rendering to be stored; after that, the rendering is stored in the background. */
const SET_WAIT_MS = 100;

/** Next.js's `cacheHandler`: pages, route handlers and fetch data. One instance serves one request. */
export default class SharedCacheHandler {
  /** Next.js's own handler, during a build and in development. */
  private readonly nextHandler: SeedReader | undefined;
  private readonly state: ServerState | undefined;
  private readonly startedAt = localMicros();
  /** When this request looked up each key: what it renders afterwards has that time. */
  private readonly snapshots = new Map<string, Snapshot>();

  constructor(private readonly context: HandlerContext) {
    if (process.env.NEXT_PHASE === "phase-production-build" || context.dev === true) {
      // a build writes its own files, as without this handler, and does not use Redis
      this.nextHandler = seedReader(context);
    } else {
      this.state = stateOf(context);
    }
  }

  async get(key: string, context: GetContext = {}): Promise<unknown> {
    if (!this.state) return (await this.nextHandler?.get(key, context)) ?? null;
    const question = await this.questionOf(this.state, key, context);
    const { found, answer } = await this.answerOrWait(this.state, question);
    report(question, found, answer);
    return answer?.value ?? null;
  }

  async set(key: string, value: unknown, context: SetContext = {}): Promise<void> {
    if (!this.state) {
      await this.nextHandler?.set(key, value, context);
      return;
    }
    const { cache, release } = this.state;
    const isData = context.fetchCache === true || kindOf(value) === "FETCH";
    const kind = isData ? "FETCH" : kindOf(value);
    const storeKey = keyOfKind(kind, key);
    const cacheControl = cacheControlOf(context);
    const own: unknown = property(value, "revalidate");
    const ofPage = cacheControl?.revalidate ?? false;
    const ofData = typeof own === "number" ? own : false;
    const revalidate = isData || kind === "IMAGE" ? ofData : ofPage;
    const snapshot = this.snapshots.get(storeKey) ?? { local: this.startedAt, exact: undefined };
    const { local, exact } = snapshot;
    const asOf = exact?.at ?? local;
    const tags = tagsOf(value, context);
    log.debug("set", { key, kind, revalidate, asOf, exact: exact !== undefined, tags });
    const writing = cache.write({
      release: release.id,
      key: storeKey,
      snapshot,
      value,
      tags,
      cacheControl,
      revalidate,
      seeded: !isData && release.lifetimeOf(pathOfKey(key)) !== undefined,
      ttl: undefined,
      replace: this.isOnDemand(),
    });
    const settled = writing.catch((cause: unknown) => {
      log.warnSometimes("set", "An entry could not be stored", { key, reason: log.reason(cause) });
    });
    // the visitor whose request made the entry waits for this
    await bounded(settled, SET_WAIT_MS);
  }

  async revalidateTag(
    tags: string | readonly string[],
    durations?: { readonly expire?: number },
  ): Promise<void> {
    const list = typeof tags === "string" ? [tags] : tags;
    if (this.state) await this.state.cache.revalidate(list, durations);
    else await this.nextHandler?.revalidateTag([...list], durations);
  }

  /** Keeps only the request's snapshots, which later renderings still need. */
  resetRequestCache(): void {}

  private async questionOf(
    { coalescer, seeds }: ServerState,
    key: string,
    context: GetContext,
  ): Promise<Question> {
    const kind = context.kind ?? "";
    const isData = kind === "FETCH";
    leaveWhatHangs(kind);
    const heldBack = isData ? undefined : coalescer.holdBack();
    if (heldBack) await heldBack;
    const hasSeed = !isData && kind !== "IMAGE";
    const seed = hasSeed ? await seeds.find(this.context, key, context) : undefined;
    return { key, kind, isData, context, seed };
  }

  /**
   * What the cache has, or what another pod is rendering: two pods that render at once could show their results in the
   * wrong order.
   */
  private async answerOrWait(
    { cache, release, answers }: ServerState,
    question: Question,
  ): Promise<{ readonly found: Found; readonly answer: Answer | undefined }> {
    const { key, kind, isData, context, seed } = question;
    // others may render it: a lease here would keep them from it
    const exhausted = isExhausted();
    const lookup: Lookup = {
      release: release.id,
      key: keyOfKind(kind, key),
      tags: isData ? tagsAsked(context) : [],
      seed,
      lease: exhausted ? "none" : this.leaseFor(kind, context),
    };
    const deadline = performance.now() + WAIT_FOR_OTHERS_MS;
    for (;;) {
      const local = localMicros();
      const looked = await cache.lookup(lookup);
      const found = exhausted ? { ...looked, leased: false } : looked;
      this.snapshots.set(lookup.key, { local, exact: found.exact });
      const answer = await answerTo(question, found, this.context);
      const usable = answer !== undefined && !answer.expired;
      const isMine = found.leased || lookup.lease !== "stale-or-missing";
      const leftMs = deadline - performance.now();
      if (usable || isMine || !found.changed || leftMs <= 0) {
        const fresh = usable && !answer.stale;
        const entry = found.entry ?? answer?.kept;
        answers?.note(this.context._requestHeaders, { lookup, kind, entry, fresh });
        return { found, answer };
      }
      await found.changed(Math.min(ASK_AGAIN_MS, Math.ceil(leftMs)));
    }
  }

  /**
   * A prefetch refreshes nothing; an on-demand revalidation always does, and so does a page that will be stored and
   * needs the data. Partially prerendered pages that are missing may never be stored, so nothing waits for them.
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
}

function report({ key, kind, isData }: Question, found: Found, answer: Answer | undefined): void {
  const level = answer?.level ?? found.level;
  const result = answer === undefined ? "miss" : answer.stale ? "stale" : "hit";
  metrics.count("next_shared_cache_requests_total", {
    interface: isData ? "data" : "pages",
    level,
    result,
  });
  if (log.isDebug())
    log.debug("get", { key, kind, from: level, result, why: answer?.why ?? whyMiss(found) });
}

function whyMiss(found: Found): string {
  if (found.entry) return "a tag was revalidated";
  return found.superseded ? "gone, and its prerendered page is outdated" : "not there";
}
