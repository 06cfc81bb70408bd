import { localMicros, type Micros } from "./clock";
import type { Entry } from "./entry";
import { judgeTags } from "./freshness";
import { rememberLifetime } from "./next-internals";
import { keyOfKind, sizeOf, type HandlerValue } from "./next-values";
import { readSeed, type GetContext, type HandlerContext, type Seed } from "./seeds";
import type { Found } from "./stores/store";

/** What Next.js asks its cache for. */
export interface Question {
  /** Next.js's own. */
  readonly key: string;
  readonly kind: string;
  readonly isData: boolean;
  readonly context: GetContext;
  /** The image's own page for this key. */
  readonly seed: Seed | undefined;
}

/** The answer for Next.js, and the reason for it. */
export interface Answer {
  /** A metrics label: the store's level, or `image`. */
  readonly level: Found["level"] | "image";
  readonly stale: boolean;
  /** Too old to be shown: Next.js renders before it answers. */
  readonly expired?: boolean;
  readonly why: string;
  readonly value: HandlerValue;
  /** The image's page, as it is kept in the client-side cache. */
  readonly kept?: Entry;
}

/** Earlier than any data's lifetime, in milliseconds: for Next.js, "forever" is 2^32 seconds, 136 years. */
const LONG_AGO = -1e13;

/** Turns what was found, or else the image's own page, into an answer for Next.js; undefined for a miss. */
export async function answerTo(
  question: Question,
  found: Found,
  handler: HandlerContext,
): Promise<Answer | undefined> {
  return found.entry
    ? answerOfEntry(question, found.entry, found, handler)
    : answerOfSeed(question, found, handler);
}

function answerOfEntry(
  { key, isData }: Question,
  entry: Entry,
  found: Found,
  handler: HandlerContext,
): Answer | undefined {
  const tags = judgeTags(entry.asOf, found.versions.values(), found.now);
  if (tags === "expired") return undefined;
  const past = entry.staleAt > 0 && entry.staleAt <= found.now;
  const { cacheControl, value } = entry;
  if (cacheControl && !isData) rememberLifetime(key, cacheControl, handler.serverDistDir);
  const answer = (why: string, stale: boolean, lastModified: number): Answer => ({
    level: found.level,
    stale,
    why,
    value: { lastModified, value, ...(cacheControl ? { cacheControl } : {}) },
  });
  const storedAt = found.toLocal(entry.storedAt) / 1000;
  if (tags === "fresh" && !past) return answer("fresh", false, storedAt);
  if (isHardExpired(entry.storedAt, cacheControl?.expire, found.now))
    return { ...answer("past its expire", true, storedAt), expired: true };
  const now = localMicros() / 1000;
  // for data Next.js gets the truth: it does not store a page that is made from stale data
  if (!found.leased && !isData) return answer("stale, another pod refreshes it", true, now);
  if (tags === "fresh") return answer("past its revalidate", true, storedAt);
  return {
    level: found.level,
    stale: true,
    why: "a tag is stale",
    value: isData ? { lastModified: LONG_AGO, value } : staleByTag(key, entry, now, handler),
  };
}

/** Next.js decides by age: a page with a stale tag gets an age just past its lifetime. */
function staleByTag(
  key: string,
  page: Pick<Entry, "value" | "cacheControl">,
  now: number,
  handler: HandlerContext,
): HandlerValue {
  const seconds = page.cacheControl?.revalidate;
  // without a lifetime, one second: Next.js then retries a failed rendering after 3 s; with a long one, after 30 s
  const revalidate = typeof seconds === "number" && seconds > 0 ? seconds : 1;
  const cacheControl = { revalidate, expire: page.cacheControl?.expire };
  rememberLifetime(key, cacheControl, handler.serverDistDir);
  return { lastModified: now - revalidate * 1000 - 1, value: page.value, cacheControl };
}

async function answerOfSeed(
  question: Question,
  found: Found,
  handler: HandlerContext,
): Promise<Answer | undefined> {
  const { key, context, seed } = question;
  if (!seed || found.superseded) return undefined;
  // times of seeds are the build's clock; a revalidation while the image was built counts as later
  const tags = judgeTags(seed.asOf, found.versions.values(), found.now);
  if (tags === "expired") return undefined;
  const read = await readSeed(handler, key, context);
  if (read === undefined) return undefined;
  if (tags === "stale") return answerOfStaleSeed(key, read, seed, found, handler);
  const kept = context.isFallback === true ? undefined : keep(question, seed, read, found);
  const past = seed.staleAt > 0 && seed.staleAt <= found.now;
  const expired = isHardExpired(seed.asOf, read.cacheControl?.expire, found.now);
  const another = past && !expired && !found.leased;
  return {
    level: "image",
    stale: past,
    expired,
    why: "prerendered, never revalidated",
    value: { ...read, lastModified: (another ? localMicros() : seed.asOf) / 1000 },
    ...(kept && { kept }),
  };
}

/** The image's page in the client-side cache, where the next lookups find it. */
function keep({ key, context }: Question, seed: Seed, read: HandlerValue, found: Found): Entry {
  const entry = {
    ...seed,
    key: keyOfKind(context.kind ?? "", key),
    storedAt: seed.asOf,
    cacheControl: read.cacheControl,
    value: read.value,
  };
  found.keep?.(entry, sizeOf(read.value));
  return entry;
}

/** Shown once more while one pod renders it again, and as long as that fails. */
function answerOfStaleSeed(
  key: string,
  read: HandlerValue,
  seed: Seed,
  found: Found,
  handler: HandlerContext,
): Answer {
  const expired = isHardExpired(seed.asOf, read.cacheControl?.expire, found.now);
  const now = localMicros() / 1000;
  const page = { ...read, cacheControl: read.cacheControl ?? seed };
  return {
    level: "image",
    stale: true,
    expired,
    why: found.leased ? "prerendered, a tag is stale" : "prerendered, another pod renders it again",
    value:
      found.leased && !expired
        ? staleByTag(key, page, now, handler)
        : { ...read, lastModified: expired ? seed.asOf / 1000 : now },
  };
}

function isHardExpired(storedAt: Micros, expire: number | undefined, now: Micros): boolean {
  return typeof expire === "number" && storedAt + expire * 1e6 <= now;
}
