import type { Micros } from "./clock";
import type { Entry } from "./entry";
import type { TagVersion } from "./freshness";

export interface Lookup {
  readonly release: string;
  /** Key of the entry, with its kind in front: `p:`, `d:`, `u:`, `i:`. */
  readonly key: string;
  readonly tags: readonly string[];
  /** The image's own page for this key. */
  readonly seed:
    | { readonly asOf: Micros; readonly staleAt: Micros; readonly tags: readonly string[] }
    | undefined;
  /** Ask to be the one that refreshes a stale entry, or also the one that makes a missing entry. */
  readonly lease: "none" | "stale" | "stale-or-missing";
}

export interface Found {
  readonly level: "memory" | "redis" | "files" | "process";
  readonly entry: Entry | undefined;
  /** Time of the store at this lookup. */
  readonly now: Micros;
  readonly versions: ReadonlyMap<string, TagVersion>;
  /** Entries made before this are not trusted: Redis lost data then. */
  readonly floor: Micros;
  /** This process refreshes the entry if it is stale. */
  readonly leased: boolean;
  /** The prerendered page of this key was replaced before, even if no entry is there now. */
  readonly superseded: boolean;
  readonly toLocal: (time: Micros) => Micros;
  /** How many changes this process had been told of before it asked. */
  readonly position: number;
  /** Keeps the image's page in the memory level, if nothing that was just looked up speaks against it. */
  readonly keep?: (seed: Entry, size: number) => void;
}
