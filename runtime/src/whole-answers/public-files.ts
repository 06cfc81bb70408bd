import { readdir } from "node:fs/promises";
import { stat, type Stats } from "node:fs";
import { join, relative, sep } from "node:path";
import type { Holding } from "../stores/store";
import type { Source } from "./source";

/** Names that are the same in a URL; others are left to Next.js. */
const PLAIN = /^[\w\-.~@+/]+$/;

/**
 * The files of `public/`, as Next.js lists them when it starts. What it answers about one is given again while the file
 * is the same: its size and times are read for each request, as Next.js does, because the folder may be a volume. Requests
 * that come together share one reading that begins after them.
 */
export class PublicFiles {
  private paths: ReadonlySet<string> = new Set();
  private readonly asked = new Map<string, Promise<FileState | undefined>>();

  /** @param base the app's `basePath`, or an empty text */
  constructor(
    private readonly folder: string,
    private readonly base: string,
  ) {}

  /** Until it has ended no file is known. */
  async list(): Promise<void> {
    const found = await readdir(this.folder, { recursive: true, withFileTypes: true }).catch(
      () => [],
    );
    const names = found
      .filter((it) => it.isFile())
      .map((it) => relative(this.folder, join(it.parentPath, it.name)).split(sep).join("/"));
    this.paths = new Set(
      names.filter((name) => PLAIN.test(name)).map((it) => `${this.base}/${it}`),
    );
  }

  /** The file that a URL names; undefined for all else. */
  fileOf(url: string): string | undefined {
    if (this.paths.size === 0) return undefined;
    const end = url.indexOf("?");
    const path = end === -1 ? url : url.slice(0, end);
    return this.paths.has(path) ? join(this.folder, path.slice(this.base.length)) : undefined;
  }

  /** What this file is now; undefined if it is gone. */
  stateOf(file: string): Promise<FileState | undefined> {
    let found = this.asked.get(file);
    if (!found) {
      found = new Promise((done) => {
        setImmediate(() => {
          // who comes from here on may know of a change that this reading misses
          this.asked.delete(file);
          stat(file, (cause, stats) => done(cause ? undefined : stateFor(stats)));
        });
      });
      this.asked.set(file, found);
    }
    return found;
  }
}

/** What a file is at one moment. */
export interface FileState {
  /** As Next.js's `send` makes it, of size and time. */
  readonly etag: string;
  /** Another one for each change, also of the same size in the same millisecond. */
  readonly change: string;
}

function stateFor({ size, mtime, ctimeMs, ino }: Stats): FileState {
  const etag = `W/"${size.toString(16)}-${mtime.getTime().toString(16)}"`;
  return { etag, change: `${etag} ${ctimeMs} ${ino}` };
}

/** A file of `public/`. */
export class FileSource implements Source {
  readonly interface = "files";

  constructor(
    private readonly files: Pick<PublicFiles, "stateOf">,
    readonly name: string,
    /** When the answer was recorded. */
    private readonly change: string,
  ) {}

  holds(proof?: unknown): Holding {
    if (proof === undefined) return "unproven";
    return proof === this.change ? "yes" : "changed";
  }

  /** A text that is another one if the file changed or is gone. */
  async prove(): Promise<unknown> {
    return (await this.files.stateOf(this.name))?.change ?? "";
  }
}
