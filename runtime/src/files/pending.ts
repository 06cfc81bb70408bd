import { createHash, randomBytes } from "node:crypto";
import { readdir, readFile, unlink } from "node:fs/promises";
import { join } from "node:path";
import { localMicros, type Micros } from "../clock";
import type { Durations } from "../fallback";
import * as log from "../log";
import { isMissing } from "./errors";
import type { Gate } from "./gate";
import { replace } from "./store";

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
}

/** What happened while Redis was away, for whoever reaches it first. */
export type PendingRecord = PendingTags | PendingEntry;

export function tagsRecord(tags: readonly string[], durations: Durations | undefined): PendingTags {
  // JSON has no undefined: null is a call without profile, absent is a profile without expire
  return {
    type: "tags",
    tags,
    expire: durations === undefined ? null : durations.expire,
    at: localMicros(),
  };
}

export function durationsOf(record: PendingTags): Durations | undefined {
  return record.expire === null ? undefined : { expire: record.expire };
}

/** Records as small files of the shared folder, one each. */
export class PendingFiles {
  private readonly folder: string;
  /** Carried out and still there, because the folder does not let go of them: the time of each record. */
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
        : `entry-${createHash("sha256").update(`${record.release}\0${record.key}`).digest("hex").slice(0, 40)}`;
    await replace(this.gate, join(this.folder, `${name}.json`), JSON.stringify(record));
  }

  async list(): Promise<string[]> {
    try {
      const names = await this.gate.run(() => readdir(this.folder));
      return names.filter((name) => name.endsWith(".json")).sort();
    } catch {
      return [];
    }
  }

  /** Undefined for a record that is gone, not readable now, carried out, or none; what is none is removed. */
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
      log.warnSometimes(
        "stuck",
        "A record that was replayed cannot be removed: make the folder writable",
        {
          file: join(this.folder, name),
          reason: log.reason(cause),
        },
      );
    }
  }
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
