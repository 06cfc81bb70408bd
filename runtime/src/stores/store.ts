import type { Micros } from "../clock";
import type { Body, Entry, Stamp } from "../entry";
import type { StoreName } from "../environment";
import type { TagVersions } from "../freshness";

/**
 * The contract of a store of entries and tag versions. Redis, the files of a shared folder and the memory of this
 * process fulfil it; `describeStore` in test/stores tests it. `SharedCache` stacks stores: it asks the first and, if
 * that is away, the next. A store knows nothing about the others.
 */
export interface Store {
  /** Also the label `store` of the metrics. */
  readonly name: StoreName;
  /** All pods see the same data: what one of them replaced or revalidated, the others know. */
  readonly shared: boolean;
  readonly clock: StoreClock;
  readonly health: StoreHealth;

  /**
   * The entry of a key with the versions of its tags and of those that the lookup names, as they were at one moment.
   * An entry that is torn, foreign or another key's counts as missing.
   * @throws Unavailable (or the store's own error) if another store should be asked; a store may also answer that it
   * has nothing
   */
  read(lookup: Lookup): Promise<Found>;

  /**
   * Stores an entry, unless one from a later rendering is there. Readers never see a part of it.
   * @throws Unavailable (or the store's own error) if another store should take it
   */
  write(write: StoreWrite): Promise<Written>;

  /**
   * Removes an entry that must no longer be served. `seeded`: the image's own page of this key may not come back
   * either.
   */
  drop(release: string, key: string, seeded: boolean): Promise<void>;

  /**
   * Moves the versions of tags to now: without `durations`, entries made up to now are no longer served; with them,
   * they are stale. A version only ever grows. Seen by this process at once.
   * @throws if it could not be recorded for all pods
   */
  revalidate(tags: readonly string[], durations: Durations | undefined): Promise<void>;

  /** Whether it answers from memory what it was asked before. Only in a store with a client-side cache. */
  readonly remembers?: boolean;

  /** Whether `read` would give exactly this entry, the same object, from memory and at once. */
  stillHolds?(lookup: Lookup, entry: Entry): Holding;

  /** Asks for what `stillHolds` needs, where it is `unproven`. Settled in any case, and soon. */
  prove?(lookup: Lookup): Promise<void>;

  /** Ends connections and timers. */
  stop(): void;
}

/** `unproven`: it may, but what is in memory cannot be trusted now. */
export type Holding = "yes" | "changed" | "unproven";

/** A store's own clock, by which its entries and tag versions are compared; in microseconds. */
export interface StoreClock {
  /** The store's time for one of this pod; where it is an estimate, never too late. Undefined until the store was reached once. */
  fromLocal(local: Micros): Micros | undefined;
  toLocal(time: Micros): Micros;
}

export interface StoreHealth {
  /** Whether calls are worth trying: if not, they fail at once. */
  readonly ready: boolean;
  /**
   * How long a request waits for this store, in ms: longer work continues in the background. Undefined: the store
   * limits its own calls.
   */
  readonly patienceMs: number | undefined;
}

/** The profile passed to `revalidateTag`: seconds until stale entries are no longer served. */
export interface Durations {
  readonly expire?: number;
}

export interface Lookup {
  readonly release: string;
  /** Key of the entry, prefixed with its kind: `p:`, `d:`, `u:`, `i:`. */
  readonly key: string;
  /** Tags to look at beside the entry's own. */
  readonly tags: readonly string[];
  /** The image's own page for this key. */
  readonly seed:
    | { readonly asOf: Micros; readonly staleAt: Micros; readonly tags: readonly string[] }
    | undefined;
  /** Asks for the lease to refresh a stale entry, or also to make a missing entry. */
  readonly lease: "none" | "stale" | "stale-or-missing";
}

/** A moment on a store's clock. */
export interface StoreMoment {
  readonly store: StoreName;
  readonly at: Micros;
}

export interface Found {
  /** Which level answered: the store, or its client-side cache (`memory`). A label of the metrics. */
  readonly level: StoreName | "memory";
  readonly entry: Entry | undefined;
  /** The store's time at this lookup. */
  readonly now: Micros;
  /** The same as `now` if the store itself said so: what is rendered from here on is not older. */
  readonly exact: StoreMoment | undefined;
  /**
   * Versions of the entry's tags, or else the seed's, and of the lookup's. A tag without a version was never
   * revalidated.
   */
  readonly versions: TagVersions;
  /** Entries made before this are not trusted: the store lost data then. 0 is never. */
  readonly floor: Micros;
  /** This process refreshes the entry if it is stale, and makes it if it is missing. Always, in a store without leases. */
  readonly leased: boolean;
  /** The prerendered page of this key was replaced before, even if no entry is there now. */
  readonly superseded: boolean;
  readonly toLocal: (time: Micros) => Micros;
  /** Settled when another pod has made the entry since, or after `ms`. Only in a store with leases. */
  readonly changed?: (ms: number) => Promise<void>;
  /** Keeps the image's page in the client-side cache, if nothing that was just looked up speaks against it. */
  readonly keep?: (seed: Entry, bytes: number) => void;
}

export interface StoreWrite {
  readonly release: string;
  /** On the store's clock. */
  readonly stamp: Stamp;
  readonly body: Body;
  /** The image holds a prerendered page of this key, which must not come back. */
  readonly seeded: boolean;
  /** Milliseconds after which the entry is no longer needed. */
  readonly ttlMs: number | undefined;
  /**
   * Rendered on demand: also replaces what another pod stored in the meantime. Without it, a store with leases may
   * refuse an entry that is no better than the existing one.
   */
  readonly replace: boolean;
}

export interface Written {
  /**
   * `stored`: the entry is there, or a newer one. `refused`: one that is newer, or as good, is there. `full`: there was no
   * room, and nothing of this key is there any more. `failed`: it may not be there.
   */
  readonly result: "stored" | "refused" | "full" | "failed";
  /** In how many ms to write the entry to the store below: 0 for at once. */
  readonly belowInMs: number;
}

/**
 * What the handlers need to know about an answer's tags: the entry's own, or else the seed's, and the requested ones.
 */
export function tagsOfLookup(lookup: Lookup, entry: Entry | undefined): readonly string[] {
  return [...lookup.tags, ...(entry?.tags ?? lookup.seed?.tags ?? [])];
}
