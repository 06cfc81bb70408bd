import type { Micros } from "../clock";
import { decode, frame } from "../entry";
import type { StoreName } from "../environment";
import { KnownTags } from "./known-tags";
import { findByParts, LOCAL_CLOCK, type EntryRead } from "./local-clock";
import { ReplacedPages } from "./replaced-pages";
import type { Durations, Found, Lookup, Store, StoreWrite, Written } from "./store";

/** A larger entry would evict too many others: as part of the limit. */
const LARGEST = 0.25;

/**
 * Entries and tags in this process only: the last resort if nothing is shared, or while Redis is away. Entries are
 * stored encoded, because readers may change what they get.
 */
export class MemoryStore implements Store {
  /** The metrics' and the environment's word for it. */
  readonly name: StoreName = "process";
  readonly shared: boolean = false;
  readonly clock = LOCAL_CLOCK;
  readonly health = { ready: true, patienceMs: undefined };
  readonly replaced = new ReplacedPages();
  private readonly entries = new Map<string, { asOf: Micros; bytes: Buffer }>();
  private bytes = 0;

  /** @param limit maximum bytes of entries; above it the oldest are removed */
  constructor(
    private readonly limit: number,
    private readonly tags = new KnownTags(),
  ) {}

  read(lookup: Lookup): Promise<Found> {
    const { name, replaced } = this;
    return findByParts(
      {
        name,
        replaced,
        read: (release, key) => this.readEntry(release, key),
        versions: (tags) => this.tags.versions(tags),
      },
      lookup,
    );
  }

  async readEntry(release: string, key: string): Promise<EntryRead> {
    const found = this.entries.get(`${release}\0${key}`);
    return found === undefined ? undefined : (decode(key, found.bytes) ?? "unreadable");
  }

  async write({ release, stamp, body, seeded }: StoreWrite): Promise<Written> {
    const name = `${release}\0${stamp.key}`;
    if (seeded) this.replaced.add(release, stamp.key);
    const old = this.entries.get(name);
    if (old !== undefined && old.asOf > stamp.asOf) return { result: "stored", belowInMs: 0 };
    this.remove(name);
    const bytes = frame(stamp, body);
    if (bytes.length > this.limit * LARGEST) return { result: "failed", belowInMs: 0 };
    this.entries.set(name, { asOf: stamp.asOf, bytes });
    this.bytes += bytes.length;
    for (const oldest of this.entries.keys()) {
      if (this.bytes <= this.limit) break;
      this.remove(oldest);
    }
    return { result: "stored", belowInMs: 0 };
  }

  async drop(release: string, key: string, seeded: boolean): Promise<void> {
    if (seeded) this.replaced.add(release, key);
    this.remove(`${release}\0${key}`);
  }

  async revalidate(tags: readonly string[], durations: Durations | undefined): Promise<void> {
    this.tags.revalidate(tags, durations);
  }

  /** Forgets all entries. What is known of tags stays. */
  clear(): void {
    this.entries.clear();
    this.bytes = 0;
  }

  stop(): void {
    this.clear();
  }

  private remove(name: string): void {
    const old = this.entries.get(name);
    if (old === undefined) return;
    this.entries.delete(name);
    this.bytes -= old.bytes.length;
  }
}
