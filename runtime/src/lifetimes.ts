/*
 * Lifetimes that Next.js refuses when it reads them back, with a 500 for the visitor: below a second, not a number, or
 * past its expiry before it is stale. 16.3 itself produces some, after revalidateTag(tag, profile) of a 'use cache'
 * entry. None is stored, and none is handed back, wherever it came from.
 */

/** How long an entry may be used: as Next.js hands it to `set`. */
export interface CacheControl {
  readonly revalidate: number | false;
  readonly expire?: number;
}

export function isCacheControl(value: unknown): value is CacheControl {
  if (typeof value !== "object" || value === null || !("revalidate" in value)) return false;
  return value.revalidate === false || typeof value.revalidate === "number";
}

/** The shortest lifetime that Next.js accepts for a page, in seconds. */
const LEAST = 1;

/** A page's lifetime as Next.js accepts it: an invalid one becomes the shortest valid one. */
export function validLifetime({ revalidate, expire }: CacheControl): CacheControl {
  const end = validExpire(expire);
  if (revalidate === false || revalidate === Infinity)
    return { revalidate: false, ...(end === undefined ? {} : { expire: end }) };
  const least = revalidate >= LEAST ? revalidate : LEAST;
  return end === undefined
    ? { revalidate: least }
    : { revalidate: Math.min(least, end), expire: end };
}

function validExpire(expire: number | undefined): number | undefined {
  if (typeof expire !== "number" || !Number.isFinite(expire)) return undefined;
  return Math.max(LEAST, expire);
}

export interface DataLifetime {
  readonly stale: number;
  readonly revalidate: number;
  readonly expire: number;
}

/** For a 'use cache' entry; undefined if it must be made for each request, as with Next.js's own store. */
export function validDataLifetime(lifetime: DataLifetime): DataLifetime | undefined {
  const { stale, revalidate, expire } = lifetime;
  if (revalidate === 0 || !(expire > 0)) return undefined;
  // below 0: made from something stale, and due to be made again soon
  const seconds = revalidate >= LEAST ? revalidate : LEAST;
  return { stale: stale >= 0 ? stale : 0, revalidate: Math.min(seconds, expire), expire };
}
