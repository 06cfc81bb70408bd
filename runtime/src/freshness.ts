import type { Micros } from "./clock";

/**
 * What is known about a tag's revalidations. 0 means never. `revalidateTag(tag, profile)` moves `stale` and `expireAt`;
 * a call without profile, `updateTag` and `revalidatePath` move `expired`.
 */
export interface TagVersion {
  /** Entries made up to this time are served once more while a fresh one is made. */
  readonly stale: Micros;
  /** Entries made up to this time are no longer served. */
  readonly expired: Micros;
  /** When the entries that are stale stop being served at all. */
  readonly expireAt: Micros;
}

export type TagVersions = ReadonlyMap<string, TagVersion>;

export type Freshness = "fresh" | "stale" | "expired";

/** How tags judge content that was made at `asOf`: the moment before its rendering began. */
export function judgeTags(asOf: Micros, versions: Iterable<TagVersion>, now: Micros): Freshness {
  let result: Freshness = "fresh";
  for (const version of versions) {
    if (version.expired >= asOf) return "expired";
    if (version.stale >= asOf) {
      if (version.expireAt !== 0 && version.expireAt <= now) return "expired";
      result = "stale";
    }
  }
  return result;
}

/** Merges two versions of one tag from different places: the later revalidation of each kind wins. */
export function newest(a: TagVersion | undefined, b: TagVersion): TagVersion {
  if (a === undefined) return b;
  return {
    stale: Math.max(a.stale, b.stale),
    expired: Math.max(a.expired, b.expired),
    expireAt: a.stale > b.stale ? a.expireAt : b.expireAt,
  };
}

/** The same version on another clock. */
export function onClock(version: TagVersion, convert: (time: Micros) => Micros): TagVersion {
  const time = (at: Micros): Micros => (at === 0 ? 0 : convert(at));
  return {
    stale: time(version.stale),
    expired: time(version.expired),
    expireAt: time(version.expireAt),
  };
}

/** A store's own versions, merged with those known elsewhere on another clock. */
export function mergeVersions(
  own: TagVersions,
  others: TagVersions,
  convert: (time: Micros) => Micros,
): TagVersions {
  const versions = new Map(own);
  for (const [tag, version] of others)
    versions.set(tag, newest(versions.get(tag), onClock(version, convert)));
  return versions;
}

/** `0 0 0`: stale, expired, expireAt, as kept in Redis and in file names. */
export function parseVersion(text: string, separator = " "): TagVersion | undefined {
  const parts = text.split(separator).map(Number);
  const [stale, expired, expireAt] = parts;
  if (parts.length !== 3 || stale === undefined || expired === undefined || expireAt === undefined)
    return undefined;
  return parts.every((part) => Number.isSafeInteger(part) && part >= 0)
    ? { stale, expired, expireAt }
    : undefined;
}

/** The version after one more revalidation at `now`. */
export function revalidated(
  old: TagVersion | undefined,
  now: Micros,
  durations: { expire?: number } | undefined,
): TagVersion {
  const { stale, expired, expireAt } = old ?? { stale: 0, expired: 0, expireAt: 0 };
  if (durations === undefined) return { stale, expired: Math.max(now, expired), expireAt };
  return {
    stale: Math.max(now, stale),
    expired,
    expireAt: durations.expire === undefined ? 0 : expireTime(now, durations.expire),
  };
}

/** An `expire` of years (or Infinity) is "never". */
export function expireTime(now: Micros, seconds: number): Micros {
  const at = now + seconds * 1e6;
  return Number.isSafeInteger(Math.round(at)) ? Math.round(at) : 0;
}
