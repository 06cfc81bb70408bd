import { localMicros } from "../clock";
import type { Entry } from "../entry";
import type { StoreName } from "../environment";
import type { TagVersions } from "../freshness";
import type { ReplacedPages } from "./replaced-pages";
import { tagsOfLookup, type Found, type Lookup, type StoreClock } from "./store";

/** For stores without their own clock: pods compare their own times, which must be in step. */
export const LOCAL_CLOCK: StoreClock = { fromLocal: (time) => time, toLocal: (time) => time };

/** `unreadable`: something is there, but not an entry of this key. It counts as an entry for seeds. */
export type EntryRead = Entry | "unreadable" | undefined;

/** Where such a store gets its parts from. */
export interface Parts {
  readonly name: StoreName;
  read(release: string, key: string): Promise<EntryRead>;
  versions(tags: readonly string[]): Promise<TagVersions> | TagVersions;
  readonly replaced: ReplacedPages;
}

/** A lookup in a store without leases, and without a way to read entry and tags at once: tags come after the entry. */
export async function findByParts(parts: Parts, lookup: Lookup): Promise<Found> {
  const { release, key, seed } = lookup;
  const now = localMicros();
  const read = await parts.read(release, key);
  // should the store not answer next time, the prerendered page must not come back
  if (seed && read !== undefined) parts.replaced.add(release, key);
  const entry = typeof read === "object" ? read : undefined;
  return {
    level: parts.name,
    entry,
    now,
    exact: undefined,
    versions: await parts.versions(tagsOfLookup(lookup, entry)),
    floor: 0,
    leased: true,
    superseded: read !== undefined || parts.replaced.has(release, key),
    toLocal: LOCAL_CLOCK.toLocal,
  };
}
