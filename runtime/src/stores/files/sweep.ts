import type { Stats } from "node:fs";
import { mkdir, readdir, readFile, stat, truncate, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { localMicros } from "../../clock";
import { decodeAny } from "../../entry";
import { parseVersion } from "../../freshness";
import * as log from "../../log";
import * as metrics from "../../metrics";
import { pathOfKey, type Release } from "../../release";
import { isMissing } from "./errors";
import type { Gate } from "./gate";
import type { FilesStore } from "./store";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** How often each pod checks whether a sweep is due, and how often one is. */
const LOOK_EVERY_MS = MINUTE;
const FIRST_LOOK_MS = 5000;
const SWEEP_EVERY_MS = 5 * MINUTE;
/** As in Redis. */
const ENTRY_LIFE_MS = 30 * DAY;
/** Far longer than any entry lives: only an image of that age could still need such a tag. */
const TAG_LIFE_MS = 400 * DAY;
const TEMPORARY_LIFE_MS = 60 * MINUTE;
/** Down to this part of the limit, so that not every sweep has something to remove. */
const LOW_WATER = 0.9;
/** One operation at a time, followed by a rest three times as long. */
const REST = 3;

interface EntryFile {
  readonly path: string;
  readonly size: number;
  readonly minute: number;
}

/**
 * Keeps a release's entries in the files store below a limit, in the background. A marker records the last sweep of a
 * release, so that one of its pods sweeps; if two begin at once, both remove the same entries.
 */
export class Sweeper {
  private readonly folder: string;
  private readonly tags: string;
  private readonly marker: string;
  private readonly gate: Gate;
  private busy = false;
  private bytes = 0;

  constructor(
    store: FilesStore,
    private readonly release: Release,
    private readonly limitBytes: number,
  ) {
    this.gate = store.gate;
    this.folder = store.entries.releaseFolder(release.id);
    this.tags = join(store.folder, "tags");
    this.marker = join(this.folder, "swept");
  }

  start(): void {
    metrics.gauge("next_shared_cache_files_bytes", () => this.bytes);
    setTimeout(() => void this.turn(), FIRST_LOOK_MS).unref();
    setInterval(() => void this.turn(), LOOK_EVERY_MS).unref();
  }

  /** True if it was this pod's turn. */
  async turn(): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    try {
      if (!(await this.take())) return false;
      await this.sweepEntries();
      await this.sweepTags();
      return true;
    } catch (cause) {
      log.debug("sweep", { folder: this.folder, reason: log.reason(cause) });
      return false;
    } finally {
      this.busy = false;
    }
  }

  private async take(): Promise<boolean> {
    await this.gate.run(() => mkdir(this.folder, { recursive: true }));
    const last = await this.statOf(this.marker);
    if (last && Math.abs(Date.now() - last.mtimeMs) < SWEEP_EVERY_MS) return false;
    try {
      // of several that find it old, one removes it
      if (last) await this.gate.run(() => unlink(this.marker));
      await this.gate.run(() => writeFile(this.marker, "", { flag: "wx" }));
      return true;
    } catch {
      return false;
    }
  }

  private async sweepEntries(): Promise<void> {
    const bytesOf = new Map<number, number>();
    await this.each(async ({ minute, size }) => {
      bytesOf.set(minute, (bytesOf.get(minute) ?? 0) + size);
    });
    this.bytes = [...bytesOf.values()].reduce((sum, bytes) => sum + bytes, 0);
    if (this.bytes <= this.limitBytes) return;

    let excess = this.bytes - this.limitBytes * LOW_WATER;
    let last = 0;
    for (const [minute, bytes] of [...bytesOf].sort(([a], [b]) => a - b)) {
      last = minute;
      if (bytes >= excess) break;
      excess -= bytes;
    }
    let removed = 0;
    await this.each(async (entry) => {
      if (entry.minute > last || (entry.minute === last && excess <= 0)) return;
      if (entry.minute === last) excess -= entry.size;
      await this.remove(entry.path);
      this.bytes -= entry.size;
      removed++;
    });
    log.info("The page cache of this release was over its limit: the oldest entries went", {
      folder: this.folder,
      limitBytes: this.limitBytes,
      removed,
    });
  }

  /** All entries of the release, except those past their lifetime, which are removed at once. */
  private async each(visit: (entry: EntryFile) => Promise<void>): Promise<void> {
    const buckets = await this.gate.run(() => readdir(this.folder, { withFileTypes: true }));
    for (const bucket of buckets) {
      if (!bucket.isDirectory()) continue;
      const started = performance.now();
      const folder = join(this.folder, bucket.name);
      for (const name of await this.gate.run(() => readdir(folder))) {
        const path = join(folder, name);
        const found = await this.statOf(path);
        if (!found?.isFile()) continue;
        const age = Date.now() - found.mtimeMs;
        if (name.endsWith(".tmp")) {
          if (age > TEMPORARY_LIFE_MS) await this.unlink(path);
        } else if (found.size === 0) {
          // frees nothing, and shows that a prerendered page is outdated
        } else if (age > ENTRY_LIFE_MS) {
          await this.remove(path);
        } else {
          await visit({ path, size: found.size, minute: Math.floor(found.mtimeMs / MINUTE) });
        }
      }
      await this.gate.run(() => writeFile(this.marker, ""));
      await pause(REST * (performance.now() - started), undefined, { ref: false });
    }
  }

  /** An entry that replaced a prerendered page is emptied: without its file the old page would be back. */
  private async remove(path: string): Promise<void> {
    const bytes = await this.gate.run(() => readFile(path)).catch(unlessMissing);
    if (bytes === undefined) return;
    const entry = decodeAny(bytes);
    if (entry === undefined || this.replacesPrerendered(entry.key)) {
      await this.gate.run(() => truncate(path, 0));
    } else {
      await this.unlink(path);
    }
    metrics.count("next_shared_cache_files_swept_total");
  }

  private replacesPrerendered(key: string): boolean {
    return key.startsWith("p:") && this.release.lifetimeOf(pathOfKey(key.slice(2))) !== undefined;
  }

  private async sweepTags(): Promise<void> {
    const names = await this.gate.run(() => readdir(this.tags)).catch(() => []);
    const before = Math.min(localMicros() - TAG_LIFE_MS * 1000, this.release.builtAt);
    for (const name of names) {
      const version = parseVersion(name.slice(name.indexOf("~") + 1), "~");
      if (!version || Math.max(version.stale, version.expired) >= before) continue;
      await this.unlink(join(this.tags, name));
    }
  }

  private async statOf(path: string): Promise<Stats | undefined> {
    return this.gate.run(() => stat(path)).catch(unlessMissing);
  }

  private async unlink(path: string): Promise<void> {
    await this.gate.run(() => unlink(path)).catch(unlessMissing);
  }
}

function unlessMissing(cause: unknown): undefined {
  if (!isMissing(cause)) throw cause;
}
