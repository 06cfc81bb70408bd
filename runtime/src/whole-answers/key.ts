import { encodingsOf } from "./encodings";
import type { AskedBy } from "./request";

/**
 * Headers that Next.js may answer by: those that it names in `Vary`, and those that it reads without naming them. In
 * lower case.
 */
export const KEY_HEADERS: readonly string[] = [
  "host",
  "x-forwarded-host",
  "x-forwarded-port",
  "x-forwarded-proto",
  // which form of an app page, and whether it is an intercepted route
  "rsc",
  "next-router-state-tree",
  "next-router-prefetch",
  "next-router-segment-prefetch",
  "next-url",
  // the data of a page of the pages router
  "x-nextjs-data",
  "x-deployment-id",
  "purpose",
  "sec-purpose",
  // a missing picture is answered with a short 404
  "sec-fetch-dest",
  // whether it is answered with 304
  "if-none-match",
  "if-modified-since",
  "cache-control",
];

/** What a `Vary` may name in an answer that is kept. */
export const VARY_KNOWN: ReadonlySet<string> = new Set([...KEY_HEADERS, "accept-encoding"]);

/** Longer keys are not kept, in UTF-16 units: their number times this bounds the memory. */
const LONGEST = 4096;

/**
 * Equal for two requests exactly if Next.js cannot tell them apart when it answers from its cache. Undefined if the
 * request goes past: an `Accept-Encoding` that is not understood, or a key that would be too long.
 */
export function keyOf(request: AskedBy): string | undefined {
  const { headers } = request;
  const encoding = encodingsOf(headers["accept-encoding"]);
  if (encoding === undefined) return undefined;
  let key = `${request.method ?? ""} ${request.httpVersion} ${encoding.asked} ${request.url ?? ""}`;
  // no header holds a line feed; an empty one differs from a missing one
  for (const name of KEY_HEADERS) {
    const value = headers[name];
    key += value === undefined ? "\n" : `\n=${String(value)}`;
  }
  return key.length > LONGEST ? undefined : key;
}
