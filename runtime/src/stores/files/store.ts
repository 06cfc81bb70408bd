import { createHash, randomBytes } from "node:crypto";
import { closeSync, mkdirSync, openSync, readSync, renameSync, writeFileSync } from "node:fs";
import { mkdir, open, readFile, rename, truncate, unlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Micros } from "../../clock";
import { CLAIM, PAGES_RELEASES, pagesName } from "../../contract/pod-contract.cjs";
import { decode, decodeHead, HEADER, type Entry } from "../../entry";
import type { Durations, FallbackRead, FallbackStore } from "../../fallback";
import type { TagVersions } from "../../freshness";
import * as log from "../../log";
import * as metrics from "../../metrics";
import { isOutOfSpace, isMissing, isStaleHandle } from "./errors";
import { Gate, Unanswered } from "./gate";
import { TagFiles } from "./tags";

/** When a pod looks whether what it wrote is still there: after those that wrote at the same time. */
const CONFIRM_MS = 300;

/** Entries as files of a folder that all pods share. */
export class FilesStore implements FallbackStore {
  readonly name = "files";
  readonly folder: string;
  readonly gate: Gate;
  private readonly tags: TagFiles;

  constructor(directory: string, app: string) {
    this.folder = join(directory, CLAIM.pages, pagesName(app));
    this.gate = new Gate(this.folder);
    this.tags = new TagFiles(join(this.folder, "tags"), this.gate);
  }

  path(release: string, key: string): string {
    const name = createHash("sha256").update(key).digest("hex");
    return join(this.releaseFolder(release), name.slice(0, 2), name.slice(2));
  }

  releaseFolder(release: string): string {
    return join(this.folder, PAGES_RELEASES, pagesName(release));
  }

  async read(release: string, key: string): Promise<FallbackRead> {
    const path = this.path(release, key);
    const started = performance.now();
    try {
      const load = (): Promise<Buffer> => this.gate.run(() => readFile(path));
      const bytes = await load().catch((cause: unknown) => {
        // the file was replaced while it was open (NFS): its successor is there
        if (isStaleHandle(cause)) return load();
        throw cause;
      });
      const entry = decode(key, bytes);
      if (entry === undefined)
        metrics.count("next_shared_cache_errors_total", { store: "files", kind: "undecodable" });
      return entry ?? "unreadable";
    } catch (cause) {
      if (isMissing(cause)) return undefined;
      this.failed("read", key, cause);
      return undefined;
    } finally {
      observe("read", started);
    }
  }

  /** `alone`: no other pod writes this entry now. */
  async write(release: string, entry: Entry, bytes: Buffer, alone = false): Promise<boolean> {
    const path = this.path(release, entry.key);
    const started = performance.now();
    try {
      const isOlder = async (): Promise<boolean> => ((await this.asOf(path)) ?? 0) > entry.asOf;
      try {
        await replace(this.gate, path, bytes, isOlder);
      } catch (cause) {
        if (!isOutOfSpace(cause)) throw cause;
        // an emptied file gives its space back, and still says that the prerendered page is outdated
        await this.gate.run(() => truncate(path, 0)).catch(() => undefined);
        await replace(this.gate, path, bytes, isOlder);
      }
      if (!alone) setTimeout(() => void this.confirm(path, entry.asOf, bytes), CONFIRM_MS).unref();
      return true;
    } catch (cause) {
      this.failed("write", entry.key, cause);
      return false;
    } finally {
      observe("write", started);
    }
  }

  /** Without waiting, for the end of the process: not on a folder that hangs, nor one that needs repair. */
  writeNow(release: string, entry: Entry, bytes: Buffer): void {
    if (this.gate.hangs) return;
    const path = this.path(release, entry.key);
    try {
      if ((asOfNow(path) ?? 0) > entry.asOf) return;
      mkdirSync(dirname(path), { recursive: true });
      const temporary = temporaryName(path);
      writeFileSync(temporary, bytes);
      renameSync(temporary, path);
    } catch (cause) {
      this.failed("write", entry.key, cause);
    }
  }

  /** Another pod that looked before this one renamed may have renamed after it: its older entry does not stay. */
  private async confirm(path: string, asOf: Micros, bytes: Buffer): Promise<void> {
    const there = await this.asOf(path);
    if (there !== undefined && there < asOf)
      await replace(this.gate, path, bytes).catch(() => undefined);
  }

  async drop(release: string, key: string, seeded: boolean): Promise<void> {
    const path = this.path(release, key);
    const empty = (): Promise<void> =>
      mkdir(dirname(path), { recursive: true }).then(() => writeFile(path, ""));
    await this.gate
      .run(() => (seeded ? empty() : unlink(path)))
      .catch((cause: unknown) => {
        if (seeded || !isMissing(cause)) this.failed("drop", key, cause);
      });
  }

  async versions(tags: readonly string[]): Promise<TagVersions> {
    return this.tags.versions(tags);
  }

  async revalidate(
    tags: readonly string[],
    durations: Durations | undefined,
    now: Micros,
  ): Promise<boolean> {
    try {
      await this.tags.revalidate(tags, durations, now);
      return true;
    } catch (cause) {
      metrics.count("next_shared_cache_errors_total", { store: "files", kind: "revalidate" });
      log.warnSometimes("files-revalidate", "The shared folder did not take a revalidation", {
        folder: this.folder,
        reason: log.reason(cause),
      });
      return false;
    }
  }

  /** asOf of the entry that is there, from its first bytes. */
  private async asOf(path: string): Promise<Micros | undefined> {
    try {
      return await this.gate.run(() => asOfFile(path));
    } catch {
      return undefined;
    }
  }

  private failed(kind: string, key: string, cause: unknown): void {
    // the gate has counted and logged it
    if (cause instanceof Unanswered) return;
    metrics.count("next_shared_cache_errors_total", { store: "files", kind });
    log.warnSometimes(`files-${kind}`, `The shared folder failed a ${kind}`, {
      key,
      folder: this.folder,
      reason: log.reason(cause),
    });
  }
}

/** One operation for the gate: a file that is opened late is closed all the same. */
async function asOfFile(path: string): Promise<Micros | undefined> {
  const file = await open(path, "r");
  try {
    const head = Buffer.alloc(HEADER);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    return bytesRead === head.length ? asOfHead(head) : undefined;
  } finally {
    await file.close();
  }
}

function asOfNow(path: string): Micros | undefined {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    return undefined;
  }
  try {
    const head = Buffer.alloc(HEADER);
    return readSync(file, head, 0, head.length, 0) === head.length ? asOfHead(head) : undefined;
  } finally {
    closeSync(file);
  }
}

/** The tags behind the header are not needed. */
function asOfHead(head: Buffer): Micros | undefined {
  head.write("000000", HEADER - 6, "latin1");
  return decodeHead(head)?.asOf;
}

function temporaryName(path: string): string {
  return `${path}.${process.pid}.${randomBytes(6).toString("hex")}.tmp`;
}

/** Readers see the old file or the new one, never a part. `unless` is asked last, and keeps what is there. */
export async function replace(
  gate: Gate,
  path: string,
  bytes: Buffer | string,
  unless?: () => Promise<boolean>,
): Promise<void> {
  const temporary = temporaryName(path);
  try {
    const write = (): Promise<void> => gate.run(() => writeFile(temporary, bytes));
    await write().catch(async (cause: unknown) => {
      if (!isMissing(cause)) throw cause;
      await gate.run(() => mkdir(dirname(path), { recursive: true }));
      await write();
    });
    if (await unless?.()) await gate.run(() => unlink(temporary));
    else await gate.run(() => rename(temporary, path));
  } catch (cause) {
    await gate.run(() => unlink(temporary)).catch(() => undefined);
    throw cause;
  }
}

function observe(operation: string, started: number): void {
  metrics.observe("next_shared_cache_operation_seconds", (performance.now() - started) / 1000, {
    store: "files",
    operation,
  });
}
