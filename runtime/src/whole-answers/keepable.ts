import { get as property } from "../release";
import type { Entry } from "../entry";
import type { Lookup } from "../stores/store";
import type { Encoding } from "./encodings";
import { VARY_KNOWN } from "./key";
import { headerOf, type AskedBy, type WholeAnswer } from "./request";

/** One question of a request to the cache, and the answer. */
export interface LookupNote {
  readonly lookup: Lookup;
  /** `APP_PAGE`, `APP_ROUTE`, `PAGES`, or `FETCH` and others. */
  readonly kind: string;
  /** What the stores have, or the image's page as it is kept in memory; undefined for a miss. */
  readonly entry: Entry | undefined;
  /** It was handed to Next.js as fresh because it is, not while another pod renders it. */
  readonly fresh: boolean;
}

/** A lookup whose entry alone decided the answer. */
export interface SourceOfAnswer {
  readonly lookup: Lookup;
  readonly entry: Entry;
}

const KINDS: ReadonlySet<string> = new Set(["APP_PAGE", "APP_ROUTE", "PAGES"]);
const STATUSES: ReadonlySet<number> = new Set([200, 301, 302, 304, 307, 308, 404]);

/** Whether this request asks for a part of a page that is the same for all visitors. Next.js removes the header later. */
export function isSegmentPrefetch({ headers }: AskedBy): boolean {
  return headers["next-router-segment-prefetch"] !== undefined;
}

/** The one lookup that a request's answer came from; undefined if there is no such one. */
export function sourceOf(
  notes: readonly LookupNote[],
  segmentPrefetch: boolean,
): SourceOfAnswer | undefined {
  const [note] = notes;
  if (note?.entry === undefined || notes.length > 1) return undefined;
  if (!note.fresh || !KINDS.has(note.kind)) return undefined;
  // a partially prerendered page is completed for each visitor, but not its segments' prefetches
  const postponed = typeof property(note.entry.value, "postponed") === "string";
  if (postponed && !segmentPrefetch) return undefined;
  return { lookup: note.lookup, entry: note.entry };
}

/** Why an answer is not kept, by what it says of itself; undefined if it may be: any CDN would keep it too. */
export function reasonNotToKeep(
  answer: WholeAnswer,
  asked: Encoding,
  largest: number,
): string | undefined {
  if (!STATUSES.has(answer.status)) return "its status";
  if (headerOf(answer, "x-nextjs-cache") !== "HIT") return "no hit";
  if (!isShared(headerOf(answer, "cache-control") ?? "")) return "its Cache-Control";
  return reasonOfAny(answer, asked, largest);
}

/** The same for a file of `public/`, which is asked for each time whether it changed. @param etag what it has now */
export function reasonNotToKeepFile(
  answer: WholeAnswer,
  asked: Encoding,
  largest: number,
  etag: string | undefined,
): string | undefined {
  if (answer.status !== 200 && answer.status !== 304) return "its status";
  if (etag === undefined || headerOf(answer, "etag") !== etag) return "its ETag";
  if (/(?:^|[\s,])(?:private|no-store)/i.test(headerOf(answer, "cache-control") ?? ""))
    return "its Cache-Control";
  return reasonOfAny(answer, asked, largest);
}

function reasonOfAny(answer: WholeAnswer, asked: Encoding, largest: number): string | undefined {
  if (headerOf(answer, "set-cookie") !== undefined) return "it sets a cookie";
  const encoding = headerOf(answer, "content-encoding");
  if (encoding !== undefined && encoding !== asked) return "its Content-Encoding";
  const vary = (headerOf(answer, "vary") ?? "").toLowerCase().split(",");
  if (!vary.every((name) => name.trim() === "" || VARY_KNOWN.has(name.trim()))) return "its Vary";
  return answer.body.length > largest ? "its size" : undefined;
}

function isShared(cacheControl: string): boolean {
  const text = cacheControl.toLowerCase();
  if (/(?:^|[\s,])(?:private|no-store|no-cache)/.test(text)) return false;
  const seconds = /(?:^|[\s,])s-maxage=(\d+)/.exec(text)?.[1];
  return seconds !== undefined && Number(seconds) > 0;
}
