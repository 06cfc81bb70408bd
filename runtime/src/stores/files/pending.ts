import { createHash, randomBytes } from "node:crypto";
import { readdir, readFile, rename, rmdir, unlink } from "node:fs/promises";
import { join } from "node:path";
import { localMicros, type Micros } from "../../clock";
import * as log from "../../log";
import type { Durations } from "../store";
import { isMissing } from "./errors";
import type { Gate } from "./gate";
import { replace } from "./replace";

export interface PendingTags {
  readonly type: "tags";
  readonly tags: readonly string[];
  readonly expire: number | null | undefined;
  readonly at: Micros;
}

export interface PendingEntry {
  readonly type: "entry";
  readonly release: string;
  readonly key: string;
  readonly seeded: boolean;
  readonly at: Micros;
  /** What the folder must have at least; unknown in records of the versions before. */
  readonly asOf?: Micros | undefined;
}

/** What happened while Redis was away, for the pod that reaches it first. */
export type PendingRecord = PendingTags | PendingEntry;

export function tagsRecord(tags: readonly string[], durations: Durations | undefined): PendingTags {
  // JSON has no undefined: null is a call without profile, absent is a profile without expire, or with one that never comes
  const expire = durations?.expire;
  return {
    type: "tags",
    tags,
    expire: durations === undefined ? null : Number.isFinite(expire) ? expire : undefined,
    at: localMicros(),
  };
}

const ENTRIES = "entries";
/** Entries that were forgotten all at once, until their files are gone. */
const FORGOTTEN = "forgotten-";

/** Records as small files in the shared folder, one each; those of entries in a separate folder. */
export class PendingFiles {
  private readonly folder: string;
  /** Forgotten, and still there because the folder cannot be moved. */
  private readonly ignored = new Set<string>();
  /** Carried out but still there, because the folder does not delete them: the time of each record. */
  private readonly stuck = new Map<string, Micros>();

  constructor(
    folder: string,
    private readonly gate: Gate,
  ) {
    this.folder = join(folder, "pending");
  }

  async add(record: PendingRecord): Promise<void> {
    const name =
      record.type === "tags"
        ? `tags-${record.at}-${randomBytes(4).toString("hex")}`
        : `${ENTRIES}/${createHash("sha256").update(`${record.release}\0${record.key}`).digest("hex").slice(0, 40)}`;
    await replace(this.gate, join(this.folder, `${name}.json`), JSON.stringify(record));
  }

  /** Names of the records, the oldest tags first. */
  async list(): Promise<{ readonly tags: readonly string[]; readonly entries: readonly string[] }> {
    const names = await this.namesIn(this.folder);
    const entries = names.includes(ENTRIES) ? await this.namesIn(join(this.folder, ENTRIES)) : [];
    return {
      tags: names.filter(isRecordFile).sort(),
      entries: entries
        .filter((name) => isRecordFile(name) && !this.ignored.has(name))
        .map((name) => `${ENTRIES}/${name}`),
    };
  }

  private async namesIn(folder: string): Promise<string[]> {
    return this.gate.run(() => readdir(folder)).catch(() => []);
  }

  /** Takes all records of entries away at once, however many there are. */
  async forgetEntries(): Promise<void> {
    const folder = join(this.folder, ENTRIES);
    const away = join(this.folder, `${FORGOTTEN}${randomBytes(6).toString("hex")}`);
    try {
      await this.gate.run(() => rename(folder, away));
    } catch (cause) {
      if (isMissing(cause)) return;
      for (const name of await this.namesIn(folder)) this.ignored.add(name);
      this.warnStuck(folder, cause);
    }
    void this.clear();
  }

  /**
   * One operation at a time, so that requests get through the gate; if the pod ends meanwhile, the next one does the
   * rest.
   */
  private async clear(): Promise<void> {
    for (const name of await this.namesIn(this.folder)) {
      if (!name.startsWith(FORGOTTEN)) continue;
      const folder = join(this.folder, name);
      for (const file of await this.namesIn(folder))
        await this.gate.run(() => unlink(join(folder, file))).catch(() => undefined);
      await this.gate.run(() => rmdir(folder)).catch(() => undefined);
    }
  }

  /**
   * Undefined for a record that is gone, not readable now, already carried out, or invalid; invalid ones are removed.
   */
  async read(name: string): Promise<PendingRecord | undefined> {
    let text: string;
    try {
      text = await this.gate.run(() => readFile(join(this.folder, name), "utf8"));
    } catch {
      return undefined;
    }
    const record = parse(text);
    if (record && this.stuck.get(name) !== record.at) return record;
    await this.done(name, record);
    return undefined;
  }

  /** A record that cannot be removed is not carried out again and again: remembered until it can. */
  async done(name: string, record: PendingRecord | undefined): Promise<void> {
    try {
      await this.gate.run(() => unlink(join(this.folder, name)));
      this.stuck.delete(name);
    } catch (cause) {
      if (isMissing(cause)) {
        this.stuck.delete(name);
        return;
      }
      this.stuck.set(name, record?.at ?? 0);
      this.warnStuck(join(this.folder, name), cause);
    }
  }

  private warnStuck(file: string, cause: unknown): void {
    log.warnSometimes(
      "stuck",
      "A record that was replayed cannot be removed: make the folder writable",
      { file, reason: log.reason(cause) },
    );
  }
}

function isRecordFile(name: string): boolean {
  return name.endsWith(".json");
}

function parse(text: string): PendingRecord | undefined {
  try {
    const record: unknown = JSON.parse(text);
    return isRecord(record) ? record : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is PendingRecord {
  if (typeof value !== "object" || value === null || !("type" in value) || !("at" in value))
    return false;
  if (value.type === "tags") {
    return (
      "tags" in value &&
      Array.isArray(value.tags) &&
      value.tags.every((tag) => typeof tag === "string")
    );
  }
  return (
    value.type === "entry" &&
    "release" in value &&
    typeof value.release === "string" &&
    "key" in value &&
    typeof value.key === "string"
  );
}
