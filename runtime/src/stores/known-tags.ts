import { localMicros } from "../clock";
import { revalidated, type TagVersion, type TagVersions } from "../freshness";
import type { Durations } from "./store";

const MOST = 50_000;

/** Tag versions that this process knows, on its own clock: its own revalidations, and what stores reported. */
export class KnownTags {
  private readonly known = new Map<string, TagVersion>();

  versions(tags: readonly string[]): TagVersions {
    const found = new Map<string, TagVersion>();
    for (const tag of tags) {
      const version = this.known.get(tag);
      if (version) found.set(tag, version);
    }
    return found;
  }

  revalidate(tags: readonly string[], durations: Durations | undefined, now = localMicros()): void {
    for (const tag of tags) this.known.set(tag, revalidated(this.known.get(tag), now, durations));
  }

  /** Remembers what a store said about a tag, so that it is known while that store is away. */
  learn(tag: string, version: TagVersion): void {
    // to the young end
    this.known.delete(tag);
    this.known.set(tag, version);
    for (const oldest of this.known.keys()) {
      if (this.known.size <= MOST) break;
      this.known.delete(oldest);
    }
  }
}
