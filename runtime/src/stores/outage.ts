import { localMicros, type Micros } from "../clock";
import type { Entry } from "../entry";
import {
  tagsRecord,
  type PendingEntry,
  type PendingFiles,
  type PendingTags,
} from "./files/pending";
import * as log from "../log";
import * as metrics from "../metrics";
import type { EntryRead } from "./local-clock";
import type { Durations } from "./store";

/** Entries that wait for Redis: above this many, distrusting everything is cheaper. */
const MAX_ENTRIES = 500;
/** The same if the folder is too slow for them: Redis is not used before they are done. */
const ENTRIES_MS = 800;
/** Files that are read at once; the gate lets through about as many. */
const AT_ONCE = 4;
const TAGS_AT_ONCE = 500;

/** Where the entries are that were stored while Redis was away. */
export interface EntrySource {
  read(release: string, key: string): Promise<EntryRead>;
}

/** Reports to Redis what happened without it, also on a connection that is not yet in use. */
export interface ReplayTarget {
  revalidate(tags: readonly string[], durations: Durations | undefined): Promise<void>;
  write(release: string, entry: Entry, seeded: boolean): Promise<void>;
  drop(release: string, key: string, seeded: boolean): Promise<void>;
  toStoreTime(local: Micros): Micros;
  /** Nothing made before now is trusted any more. */
  distrust(): Promise<void>;
}

/**
 * What happened while Redis was away: recorded in the shared folder if there is one, else in this process, and reported
 * to Redis when it is back.
 */
export class Outage {
  private tags: readonly PendingTags[] = [];
  private readonly entries = new Map<string, PendingEntry>();
  private polling = false;

  constructor(
    private readonly source: EntrySource,
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
    this.tags = [...this.tags, record];
    // if this pod ends before Redis is back, this is lost: log which tags that concerns
    log.error("A revalidation is kept only in this process until Redis is back", { tags });
  }

  async recordEntry(entry: Omit<PendingEntry, "type" | "at">): Promise<void> {
    const { release, key } = entry;
    const record: PendingEntry = { ...entry, type: "entry", at: localMicros() };
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

  /** On a new connection, before it is used: reports what happened while Redis was away. */
  async replay(target: ReplayTarget): Promise<void> {
    const names = await this.files?.list();
    await this.replayTags(target, names?.tags ?? []);
    await this.replayEntries(target, names?.entries ?? [], performance.now() + ENTRIES_MS);
  }

  private async replayTags(target: ReplayTarget, names: readonly string[]): Promise<void> {
    const own = this.tags;
    const read = new Map<string, PendingTags>();
    await inParallel(names, async (name) => {
      const record = await this.files?.read(name);
      if (record?.type === "tags") read.set(name, record);
    });
    // in the order of their names, which begin with the time: of two profiles of a tag the last one counts
    const found = names.flatMap((name) => read.get(name) ?? []);
    const records = [...own, ...found];
    for (const [expire, tags] of callsFor(records)) {
      for (let at = 0; at < tags.length; at += TAGS_AT_ONCE)
        await target.revalidate(tags.slice(at, at + TAGS_AT_ONCE), durationsOf(expire));
    }
    // by what was replayed: another replay may have run meanwhile, and another outage begun
    const done = new Set(own);
    this.tags = this.tags.filter((record) => !done.has(record));
    for (const record of records) this.replayed(record);
    await inParallel([...read], ([name, record]) => this.files?.done(name, record));
  }

  private async replayEntries(
    target: ReplayTarget,
    names: readonly string[],
    deadline: number,
  ): Promise<void> {
    const own = [...this.entries];
    let left = names.length + own.length;
    if (left === 0) return;
    if (left <= MAX_ENTRIES) {
      await inParallel(own, async ([name, record]) => {
        if (performance.now() > deadline) return;
        await this.replayEntry(target, record);
        if (this.entries.get(name) === record) this.entries.delete(name);
        left -= 1;
      });
      await inParallel(names, async (name) => {
        if (performance.now() > deadline) return;
        const record = await this.files?.read(name);
        if (record?.type === "entry") {
          await this.replayEntry(target, record);
          await this.files?.done(name, record);
        }
        left -= 1;
      });
    }
    if (left === 0) return;
    log.info("Too much was made while Redis was away: what Redis has is rendered again", {
      entries: left,
    });
    await target.distrust();
    for (const [name, record] of own)
      if (this.entries.get(name) === record) this.entries.delete(name);
    await this.files?.forgetEntries();
  }

  private async replayEntry(target: ReplayTarget, record: PendingEntry): Promise<void> {
    const { release, key, seeded, asOf = 0 } = record;
    const read = await this.source.read(release, key);
    // lost, or an older one has taken its place: what Redis has is older too than what visitors have seen
    if (typeof read !== "object" || read.asOf < asOf) return target.drop(release, key, seeded);
    const entry: Entry = {
      ...read,
      asOf: target.toStoreTime(read.asOf),
      storedAt: target.toStoreTime(read.storedAt),
      staleAt: read.staleAt === 0 ? 0 : target.toStoreTime(read.staleAt),
    };
    await target.write(release, entry, seeded);
  }

  private replayed(record: PendingTags): void {
    const seconds = Math.max(0, (localMicros() - record.at) / 1e6);
    metrics.gauge("next_shared_cache_tag_lag_seconds", () => seconds);
    log.info("A revalidation was replayed", { tags: record.tags, afterSeconds: seconds });
  }

  /** A pod that lost Redis while others still have it leaves its records to them. */
  async poll(target: ReplayTarget): Promise<void> {
    if (!this.files || this.polling) return;
    this.polling = true;
    try {
      const { tags, entries } = await this.files.list();
      if (tags.length > 0) await this.replayTags(target, tags);
      if (entries.length > 0) await this.replayEntries(target, entries, Infinity);
    } finally {
      this.polling = false;
    }
  }
}

type Expire = PendingTags["expire"];

function durationsOf(expire: Expire): Durations | undefined {
  return expire === null ? undefined : { expire };
}

/** The calls that come to the same as those that were recorded: one for each profile. */
function callsFor(records: readonly PendingTags[]): ReadonlyMap<Expire, readonly string[]> {
  const now = new Set<string>();
  const profiles = new Map<string, Expire>();
  for (const { tags, expire } of records)
    for (const tag of tags) {
      if (expire === null) now.add(tag);
      else profiles.set(tag, expire);
    }
  const calls = new Map<Expire, string[]>();
  if (now.size > 0) calls.set(null, [...now]);
  for (const [tag, expire] of profiles) {
    const list = calls.get(expire);
    if (list) list.push(tag);
    else calls.set(expire, [tag]);
  }
  return calls;
}

async function inParallel<T>(
  items: readonly T[],
  task: (item: T) => Promise<void> | undefined,
): Promise<void> {
  const left = items.values();
  const work = async (): Promise<void> => {
    for (const item of left) await task(item);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, work));
}
