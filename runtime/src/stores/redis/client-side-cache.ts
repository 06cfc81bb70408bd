import type { Micros } from "../../clock";
import type { Entry } from "../../entry";
import * as metrics from "../../metrics";

interface CachedEntry {
  readonly entry: Entry;
  /** Tags that were looked at when it was found fresh: the entry's own and those that were asked. */
  readonly tags: ReadonlySet<string>;
  readonly size: number;
}

/** Objects and maps of an entry and of one of its tags, in bytes, beside their texts. Measured: test/memory.long.ts */
const OF_ENTRY = 1550;
const OF_TAG = 300;

/**
 * Frequently used entries in this process's memory, kept valid by Redis: a changed key or tag removes its entries. Only
 * fresh entries are kept; what becomes stale with time is looked up in Redis again.
 */
export class ClientSideCache {
  private readonly entries = new Map<string, CachedEntry>();
  private readonly byTag = new Map<string, Set<string>>();
  private bytes = 0;
  private changes = 0;
  /** Number of the last change of a key or tag, to detect changes between asking and storing. */
  private readonly changedAt = new Map<string, number>();
  private forgottenBefore = 0;

  constructor(private readonly limit: number) {
    metrics.gauge("next_shared_cache_memory_bytes", () => this.bytes);
    metrics.gauge("next_shared_cache_memory_entries", () => this.entries.size);
  }

  /** What it takes, in bytes. */
  get size(): number {
    return this.bytes;
  }

  get enabled(): boolean {
    return this.limit > 0;
  }

  /** Taken before Redis is asked, and given to `put`. */
  get position(): number {
    return this.changes;
  }

  /** Whether a key may have changed since `position`. */
  changedSince(key: string, position: number): boolean {
    return position < this.forgottenBefore || (this.changedAt.get(`k${key}`) ?? -1) > position;
  }

  get(key: string, tags: readonly string[], now: Micros): Entry | undefined {
    const cached = this.entries.get(key);
    if (cached === undefined) return undefined;
    if (cached.entry.staleAt > 0 && cached.entry.staleAt <= now) {
      this.remove(key);
      return undefined;
    }
    for (const tag of tags) if (!cached.tags.has(tag)) return undefined;
    // to the young end
    this.entries.delete(key);
    this.entries.set(key, cached);
    return cached.entry;
  }

  /**
   * @param tags whose change removes this entry
   * @param bytes of its value
   */
  put(key: string, entry: Entry, tags: readonly string[], bytes: number, position: number): void {
    const all = new Set(tags);
    const size = bytes + overheadOf(key, all);
    if (size > this.limit / 4 || this.changedSince(key, position)) return;
    for (const tag of all) if ((this.changedAt.get(`t${tag}`) ?? -1) > position) return;
    this.remove(key);
    this.entries.set(key, { entry, tags: all, size });
    this.bytes += size;
    for (const tag of all) {
      const keys = this.byTag.get(tag);
      if (keys) keys.add(key);
      else this.byTag.set(tag, new Set([key]));
    }
    for (const oldest of this.entries.keys()) {
      if (this.bytes <= this.limit) break;
      this.remove(oldest);
    }
  }

  keyChanged(key: string): void {
    this.note(`k${key}`);
    this.remove(key);
  }

  tagChanged(tag: string): void {
    this.note(`t${tag}`);
    for (const key of [...(this.byTag.get(tag) ?? [])]) this.remove(key);
  }

  clear(): void {
    this.changes++;
    this.forgottenBefore = this.changes;
    this.changedAt.clear();
    this.entries.clear();
    this.byTag.clear();
    this.bytes = 0;
  }

  private note(name: string): void {
    this.changes++;
    this.changedAt.set(name, this.changes);
    if (this.changedAt.size > 10_000) {
      this.changedAt.clear();
      this.forgottenBefore = this.changes;
    }
  }

  private remove(key: string): void {
    const cached = this.entries.get(key);
    if (cached === undefined) return;
    this.entries.delete(key);
    this.bytes -= cached.size;
    for (const tag of cached.tags) {
      const keys = this.byTag.get(tag);
      keys?.delete(key);
      if (keys?.size === 0) this.byTag.delete(tag);
    }
  }
}

/** A tag may be this entry's only. */
function overheadOf(key: string, tags: ReadonlySet<string>): number {
  let sum = OF_ENTRY + 2 * key.length;
  for (const tag of tags) sum += OF_TAG + 2 * tag.length;
  return sum;
}
