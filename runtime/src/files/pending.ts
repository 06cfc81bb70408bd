import { createHash, randomBytes } from "node:crypto";
import { readdir, readFile, unlink } from "node:fs/promises";
import { join } from "node:path";
import { localMicros, type Micros } from "../clock";
import type { Durations } from "../fallback";
import { replace } from "./store";

/** What happened while Redis was away, for whoever reaches it first. */
export type PendingRecord =
  | {
      readonly type: "tags";
      readonly tags: readonly string[];
      readonly expire: number | null | undefined;
      readonly at: Micros;
    }
  | {
      readonly type: "entry";
      readonly release: string;
      readonly key: string;
      readonly seeded: boolean;
      readonly at: Micros;
    };

export function tagsRecord(
  tags: readonly string[],
  durations: Durations | undefined,
): PendingRecord {
  // JSON has no undefined: null is a call without profile, absent is a profile without expire
  return {
    type: "tags",
    tags,
    expire: durations === undefined ? null : durations.expire,
    at: localMicros(),
  };
}

export function durationsOf(
  record: Extract<PendingRecord, { type: "tags" }>,
): Durations | undefined {
  return record.expire === null ? undefined : { expire: record.expire };
}

/** Records as small files of the shared folder, one each. */
export class PendingFiles {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = join(folder, "pending");
  }

  async add(record: PendingRecord): Promise<void> {
    const name =
      record.type === "tags"
        ? `tags-${record.at}-${randomBytes(4).toString("hex")}`
        : `entry-${createHash("sha256").update(`${record.release}\0${record.key}`).digest("hex").slice(0, 40)}`;
    await replace(join(this.folder, `${name}.json`), JSON.stringify(record));
  }

  async list(): Promise<string[]> {
    try {
      return (await readdir(this.folder)).filter((name) => name.endsWith(".json")).sort();
    } catch {
      return [];
    }
  }

  /** Undefined for a record that is gone or not one. */
  async read(name: string): Promise<PendingRecord | undefined> {
    try {
      const record: unknown = JSON.parse(await readFile(join(this.folder, name), "utf8"));
      return isRecord(record) ? record : undefined;
    } catch {
      return undefined;
    }
  }

  async done(name: string): Promise<void> {
    await unlink(join(this.folder, name)).catch(() => undefined);
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
