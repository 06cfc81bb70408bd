import { localMicros } from "./clock";
import { encode, type Entry } from "./entry";
import type { Durations, FallbackStore } from "./fallback";
import {
  durationsOf,
  tagsRecord,
  type PendingEntry,
  type PendingFiles,
  type PendingTags,
} from "./files/pending";
import * as log from "./log";
import * as metrics from "./metrics";
import type { RedisStore, Replayed } from "./redis/store";

/** Entries that are waiting for Redis: beyond this many, distrusting all is cheaper. */
const MAX_ENTRIES = 500;

/**
 * What happened while Redis was away: recorded in the shared folder, where there is one, else in this
 * process, and made known to Redis when it is back.
 */
export class Outage {
  private tags: PendingTags[] = [];
  private readonly entries = new Map<string, PendingEntry>();
  private polling = false;

  constructor(
    private readonly fallback: FallbackStore,
    private readonly files: PendingFiles | undefined,
  ) {
    metrics.gauge("next_shared_cache_pending_revalidations", () => this.tags.length);
  }

  /** Never throws: a revalidation that only this process knows is an error in the log that names its tags. */
  async recordTags(tags: readonly string[], durations: Durations | undefined): Promise<void> {
    const record = tagsRecord(tags, durations);
    if (this.files) {
      try {
        await this.files.add(record);
        log.info("A revalidation waits in the shared folder until Redis is back", { tags });
        return;
      } catch (cause) {
        log.warnSometimes("pending", "The shared folder did not take a record", {
          reason: log.reason(cause),
        });
      }
    }
    this.tags.push(record);
    // a pod that ends before Redis is back takes this with it: say which tags that concerns
    log.error("A revalidation is kept in this process alone until Redis is back", { tags });
  }

  async recordEntry(release: string, key: string, seeded: boolean): Promise<void> {
    const record: PendingEntry = { type: "entry", release, key, seeded, at: localMicros() };
    if (this.files) {
      try {
        await this.files.add(record);
        return;
      } catch {
        // kept in this process instead
      }
    }
    this.entries.set(`${release}\0${key}`, record);
  }

  /** On a new connection, before it is used: what happened while Redis was away is made known to it. */
  async replay(store: Replayed): Promise<void> {
    const tags = this.tags;
    this.tags = [];
    for (const [at, record] of tags.entries()) {
      try {
        await store.revalidate(record.tags, durationsOf(record));
        this.replayed(record);
      } catch (cause) {
        this.tags.push(...tags.slice(at));
        throw cause;
      }
    }
    await this.replayFiles(store);
    if (this.entries.size > MAX_ENTRIES) {
      await store.distrust();
      this.entries.clear();
    }
    for (const [name, record] of this.entries) {
      await this.replayEntry(store, record);
      this.entries.delete(name);
    }
  }

  private async replayFiles(store: Replayed): Promise<void> {
    if (!this.files) return;
    const entries: (readonly [name: string, record: PendingEntry])[] = [];
    for (const name of await this.files.list()) {
      const record = await this.files.read(name);
      if (record?.type === "tags") {
        await store.revalidate(record.tags, durationsOf(record));
        this.replayed(record);
        await this.files.done(name, record);
      } else if (record) {
        entries.push([name, record]);
      }
    }
    const tooMany = entries.length > MAX_ENTRIES;
    if (tooMany) await store.distrust();
    for (const [name, record] of entries) {
      if (!tooMany) await this.replayEntry(store, record);
      await this.files.done(name, record);
    }
  }

  private async replayEntry(store: Replayed, record: PendingEntry): Promise<void> {
    const read = await this.fallback.read(record.release, record.key);
    if (typeof read !== "object") return;
    const entry: Entry = {
      ...read,
      asOf: store.toStoreTime(read.asOf),
      storedAt: store.toStoreTime(read.storedAt),
      staleAt: read.staleAt === 0 ? 0 : store.toStoreTime(read.staleAt),
    };
    await store.write(record.release, entry, encode(entry).bytes, record.seeded);
  }

  private replayed(record: PendingTags): void {
    const seconds = Math.max(0, (localMicros() - record.at) / 1e6);
    metrics.gauge("next_shared_cache_tag_lag_seconds", () => seconds);
    log.info("A revalidation was replayed", { tags: record.tags, afterSeconds: seconds });
  }

  /** A pod that lost Redis alone leaves its records to those that still have it. */
  async poll(redis: RedisStore): Promise<void> {
    if (!this.files || this.polling) return;
    this.polling = true;
    try {
      if ((await this.files.list()).length > 0) await this.replayFiles(redis.replayed());
    } finally {
      this.polling = false;
    }
  }
}
