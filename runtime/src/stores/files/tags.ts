import { createHash } from "node:crypto";
import { mkdir, readdir, stat, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { localMicros, type Micros } from "../../clock";
import {
  newest,
  parseVersion,
  revalidated,
  type TagVersion,
  type TagVersions,
} from "../../freshness";
import { bounded } from "../../wait";
import type { Durations } from "../store";
import { isMissing } from "./errors";
import type { Gate } from "./gate";

/** A reader's view of the folder is at most this old, in microseconds. */
const FRESH_FOR = 200_000;
/** How many tags this process remembers if somebody empties the folder: versions only ever grow. */
const MAX_KNOWN = 100_000;

/**
 * Tag versions as names of empty files: `<hash of the tag>~<stale>~<expired>~<expireAt>`. A name is either there or
 * not, never half written; one listing returns them all; and creating one needs no space for data.
 */
export class TagFiles {
  private known = new Map<string, TagVersion>();
  private names = new Map<string, string[]>();
  private readAt: Micros = 0;
  private folderChangedAt = -1n;
  private reading: Promise<void> | undefined;

  constructor(
    private readonly folder: string,
    private readonly gate: Gate,
  ) {}

  async versions(tags: readonly string[]): Promise<TagVersions> {
    const found = new Map<string, TagVersion>();
    if (tags.length === 0) return found;
    // what was known before is better than a visitor who waits
    await bounded(this.refresh(), this.gate.patienceMs);
    for (const tag of tags) {
      const version = this.known.get(hash(tag));
      if (version) found.set(tag, version);
    }
    return found;
  }

  async revalidate(
    tags: readonly string[],
    durations: Durations | undefined,
    now: Micros,
  ): Promise<void> {
    await this.gate.run(() => mkdir(this.folder, { recursive: true }));
    this.readAt = 0;
    await this.refresh();
    for (const tag of tags) {
      const name = hash(tag);
      const version = revalidated(this.known.get(name), now, durations);
      const file = `${name}~${version.stale}~${version.expired}~${version.expireAt}`;
      await this.gate.run(() => writeFile(join(this.folder, file), ""));
      this.known.set(name, version);
      // older names of this tag: readers that still list them use the newest
      for (const old of this.names.get(name) ?? []) {
        if (old === file) continue;
        await this.gate.run(() => unlink(join(this.folder, old))).catch(() => undefined);
      }
      this.names.set(name, [file]);
    }
    this.readAt = 0;
    this.folderChangedAt = -1n;
  }

  private async refresh(): Promise<void> {
    if (localMicros() - this.readAt < FRESH_FOR) return;
    this.reading ??= this.read().finally(() => {
      this.reading = undefined;
    });
    await this.reading;
  }

  private async read(): Promise<void> {
    const started = localMicros();
    try {
      const { mtimeNs } = await this.gate.run(() => stat(this.folder, { bigint: true }));
      // a change in the same tick of the file system's clock would be missed: look twice at a recently changed folder
      const young = BigInt(Date.now()) * 1_000_000n - mtimeNs < 2_000_000_000n;
      if (mtimeNs !== this.folderChangedAt || young) {
        const known = new Map(this.known.size < MAX_KNOWN ? this.known : []);
        const names = new Map<string, string[]>();
        for (const file of await this.gate.run(() => readdir(this.folder))) {
          const at = file.indexOf("~");
          const version = at === 40 ? parseVersion(file.slice(at + 1), "~") : undefined;
          if (version === undefined) continue;
          const name = file.slice(0, at);
          known.set(name, newest(known.get(name), version));
          const list = names.get(name);
          if (list) list.push(file);
          else names.set(name, [file]);
        }
        this.known = known;
        this.names = names;
        this.folderChangedAt = mtimeNs;
      }
    } catch (cause) {
      // no folder yet, or no longer: what was known stays valid
      if (isMissing(cause)) this.names = new Map();
    }
    this.readAt = started;
  }
}

function hash(tag: string): string {
  return createHash("sha256").update(tag).digest("hex").slice(0, 40);
}
