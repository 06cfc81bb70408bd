import { decode, type Entry } from "../../entry";
import type { Durations, FallbackRead, FallbackStore } from "../../fallback";
import { revalidated, type TagVersion, type TagVersions } from "../../freshness";
import type { Micros } from "../../clock";

/** Entries and tags in this process alone: where nothing is shared, or while Redis is away. */
export class MemoryStore implements FallbackStore {
  readonly name = "process";
  private readonly entries = new Map<string, { asOf: Micros; bytes: Buffer }>();
  private readonly tags = new Map<string, TagVersion>();
  private bytes = 0;

  constructor(private readonly limit: number) {}

  async read(release: string, key: string): Promise<FallbackRead> {
    const kept = this.entries.get(`${release}\0${key}`);
    return kept === undefined ? undefined : (decode(key, kept.bytes) ?? "unreadable");
  }

  async write(release: string, entry: Entry, bytes: Buffer): Promise<boolean> {
    const name = `${release}\0${entry.key}`;
    const old = this.entries.get(name);
    if (old !== undefined && old.asOf > entry.asOf) return true;
    this.remove(name);
    if (bytes.length > this.limit / 4) return false;
    this.entries.set(name, { asOf: entry.asOf, bytes });
    this.bytes += bytes.length;
    for (const oldest of this.entries.keys()) {
      if (this.bytes <= this.limit) break;
      this.remove(oldest);
    }
    return true;
  }

  async drop(release: string, key: string): Promise<void> {
    this.remove(`${release}\0${key}`);
  }

  async versions(tags: readonly string[]): Promise<TagVersions> {
    const found = new Map<string, TagVersion>();
    for (const tag of tags) {
      const version = this.tags.get(tag);
      if (version) found.set(tag, version);
    }
    return found;
  }

  async revalidate(
    tags: readonly string[],
    durations: Durations | undefined,
    now: Micros,
  ): Promise<boolean> {
    for (const tag of tags) this.tags.set(tag, revalidated(this.tags.get(tag), now, durations));
    return true;
  }

  /** Takes over what another store said of a tag, so that it is known when that store is away. */
  learn(tag: string, version: TagVersion): void {
    if (this.tags.size > 50_000) this.tags.clear();
    this.tags.set(tag, version);
  }

  clear(): void {
    this.entries.clear();
    this.bytes = 0;
  }

  private remove(name: string): void {
    const old = this.entries.get(name);
    if (old === undefined) return;
    this.entries.delete(name);
    this.bytes -= old.bytes.length;
  }
}
