import { localMicros, type Micros } from "./clock";
import type { Stamp } from "./entry";
import type { CacheControl } from "./lifetimes";
import type { Store, StoreMoment } from "./stores/store";

/** When something was looked up: what is rendered afterwards is not older. */
export interface Snapshot {
  readonly local: Micros;
  /** The same moment on the clock of the store that answered, if it said so. */
  readonly exact: StoreMoment | undefined;
}

export interface Writing {
  readonly release: string;
  readonly key: string;
  readonly snapshot: Snapshot;
  readonly value: unknown;
  readonly tags: readonly string[];
  readonly cacheControl: CacheControl | undefined;
  /** Seconds until it is stale, false for never. */
  readonly revalidate: number | false;
  /** The image holds a prerendered page of this key. */
  readonly seeded: boolean;
  /** Seconds after which it is no longer needed. */
  readonly ttl: number | undefined;
  /** Asked for on demand: replaces also what another pod stored in the meantime. */
  readonly replace: boolean;
}

/** The entry's times in a store; undefined as long as the store's time is not known. */
export function stampOf(writing: Writing, { name, clock }: Store): Stamp | undefined {
  const { key, tags, revalidate, snapshot } = writing;
  const { exact } = snapshot;
  const asOf = exact?.store === name ? exact.at : clock.fromLocal(snapshot.local);
  const storedAt = clock.fromLocal(localMicros());
  if (asOf === undefined || storedAt === undefined) return undefined;
  const staleAt = revalidate === false ? NaN : Math.round(storedAt + revalidate * 1e6);
  return { key, tags, asOf, storedAt, staleAt: Number.isSafeInteger(staleAt) ? staleAt : 0 };
}
