import { createHash } from "node:crypto";
import { closeSync, mkdirSync, openSync, readSync, renameSync, writeFileSync } from "node:fs";
import { mkdir, open, readFile, truncate, unlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Micros } from "../../clock";
import { PAGES_RELEASES, pagesName } from "../../contract/pod-contract.cjs";
import { decode, decodeHead, HEADER, type Stamp } from "../../entry";
import * as log from "../../log";
import * as metrics from "../../metrics";
import type { EntryRead } from "../local-clock";
import type { Backing } from "../write-behind";
import { isMissing, isOutOfSpace, isStaleHandle } from "./errors";
import { Unanswered, type Gate } from "./gate";
import { replace, temporaryName } from "./replace";

/** When a pod checks whether what it wrote is still there: after others that wrote at the same time. */
const CONFIRM_MS = 300;

/** Entries as files of a folder that all pods share. */
export class EntryFiles implements Backing {
  readonly name = "files";

  constructor(
    private readonly folder: string,
    private readonly gate: Gate,
  ) {}

  path(release: string, key: string): string {
    const name = createHash("sha256").update(key).digest("hex");
    return join(this.releaseFolder(release), name.slice(0, 2), name.slice(2));
  }

  releaseFolder(release: string): string {
    return join(this.folder, PAGES_RELEASES, pagesName(release));
  }

  async read(release: string, key: string): Promise<EntryRead> {
    const path = this.path(release, key);
    const started = performance.now();
    try {
      const load = (): Promise<Buffer> => this.gate.run(() => readFile(path));
      const bytes = await load().catch((cause: unknown) => {
        // the file was replaced while it was open (NFS): its successor exists
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

  /**
   * Writes an entry, unless a newer one is there.
   * @param alone no other pod writes this entry now
   * @returns false if it could not
   */
  async write(
    release: string,
    entry: Pick<Stamp, "key" | "asOf">,
    bytes: Buffer,
    alone = false,
  ): Promise<boolean> {
    const path = this.path(release, entry.key);
    const started = performance.now();
    try {
      const isOlder = async (): Promise<boolean> => ((await this.asOf(path)) ?? 0) > entry.asOf;
      try {
        await replace(this.gate, path, bytes, isOlder);
      } catch (cause) {
        if (!isOutOfSpace(cause)) throw cause;
        // an emptied file frees its space, and still shows that the prerendered page is outdated
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

  /** Without waiting, for the end of the process: not on a folder that hangs or needs repair. */
  writeNow(release: string, entry: Pick<Stamp, "key" | "asOf">, bytes: Buffer): void {
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

  /** Another pod that checked before this one renamed may rename after it: its older entry must not stay. */
  private async confirm(path: string, asOf: Micros, bytes: Buffer): Promise<void> {
    const there = await this.asOf(path);
    if (there !== undefined && there < asOf)
      await replace(this.gate, path, bytes).catch(() => undefined);
  }

  /** `seeded`: an empty file stays, so that the image's page of this key does not come back. */
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

/** One operation for the gate: a file that is opened late is still closed. */
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

function observe(operation: string, started: number): void {
  metrics.observe("next_shared_cache_operation_seconds", (performance.now() - started) / 1000, {
    store: "files",
    operation,
  });
}
