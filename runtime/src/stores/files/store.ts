import { join } from "node:path";
import { localMicros } from "../../clock";
import { CLAIM, pagesName } from "../../contract/pod-contract.cjs";
import { frame } from "../../entry";
import * as log from "../../log";
import * as metrics from "../../metrics";
import { bounded } from "../../wait";
import { findByParts, LOCAL_CLOCK } from "../local-clock";
import { ReplacedPages } from "../replaced-pages";
import type { Durations, Found, Lookup, Store, StoreHealth, StoreWrite, Written } from "../store";
import { Unavailable } from "../unavailable";
import { EntryFiles } from "./entry-files";
import { Gate } from "./gate";
import { TagFiles } from "./tags";

/**
 * Entries and tags as files of a folder that all pods share. A folder that hangs or fails counts as empty; what this
 * process knows about tags and replaced pages still applies.
 */
export class FilesStore implements Store {
  readonly name = "files";
  readonly shared = true;
  readonly clock = LOCAL_CLOCK;
  readonly health: StoreHealth;
  readonly replaced = new ReplacedPages();
  /** All of the application, in the shared directory. */
  readonly folder: string;
  readonly gate: Gate;
  readonly entries: EntryFiles;
  readonly tags: TagFiles;

  /** @param directory shared by all pods and applications */
  constructor(directory: string, app: string) {
    this.folder = join(directory, CLAIM.pages, pagesName(app));
    const gate = new Gate(this.folder);
    this.gate = gate;
    this.health = {
      get ready() {
        return !gate.hangs;
      },
      get patienceMs() {
        return gate.patienceMs;
      },
    };
    this.entries = new EntryFiles(this.folder, gate);
    this.tags = new TagFiles(join(this.folder, "tags"), gate);
  }

  read(lookup: Lookup): Promise<Found> {
    const { name, replaced, tags } = this;
    return findByParts(
      {
        name,
        replaced,
        read: (release, key) => bounded(this.entries.read(release, key), this.gate.patienceMs),
        versions: (names) => tags.versions(names),
      },
      lookup,
    );
  }

  async write({ release, stamp, body, seeded }: StoreWrite): Promise<Written> {
    if (seeded) this.replaced.add(release, stamp.key);
    const stored = await this.entries.write(release, stamp, frame(stamp, body));
    return { result: stored ? "stored" : "failed", belowInMs: 0 };
  }

  async drop(release: string, key: string, seeded: boolean): Promise<void> {
    if (seeded) this.replaced.add(release, key);
    await this.entries.drop(release, key, seeded);
  }

  async revalidate(
    tags: readonly string[],
    durations: Durations | undefined,
    now = localMicros(),
  ): Promise<void> {
    try {
      await this.tags.revalidate(tags, durations, now);
    } catch (cause) {
      metrics.count("next_shared_cache_errors_total", { store: "files", kind: "revalidate" });
      const reason = log.reason(cause);
      log.warnSometimes("files-revalidate", "The shared folder did not take a revalidation", {
        folder: this.folder,
        reason,
      });
      throw new Unavailable(reason);
    }
  }

  stop(): void {
    // no connection, and timers that keep no process alive
  }
}
