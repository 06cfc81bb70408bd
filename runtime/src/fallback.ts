import type { Micros } from "./clock";
import type { Entry } from "./entry";
import type { TagVersion, TagVersions } from "./freshness";

export interface Durations {
  readonly expire?: number;
}

/** `unreadable`: something is there, but not an entry of this key. It counts as an entry for seeds. */
export type FallbackRead = Entry | "unreadable" | undefined;

/** What a store without Redis offers. Its times are this pod's clock. */
export interface FallbackStore {
  readonly name: "files" | "process";
  read(release: string, key: string): Promise<FallbackRead>;
  /** Stores the entry unless a newer one is there; false if it could not. */
  write(release: string, entry: Entry, bytes: Buffer): Promise<boolean>;
  /** `seeded`: the image's page of this key must not come back. */
  drop(release: string, key: string, seeded: boolean): Promise<void>;
  versions(tags: readonly string[]): Promise<TagVersions>;
  /** False if it could not be recorded. */
  revalidate(
    tags: readonly string[],
    durations: Durations | undefined,
    now: Micros,
  ): Promise<boolean>;
}

export type { TagVersion };
