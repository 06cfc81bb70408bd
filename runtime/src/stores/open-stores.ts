import type { Environment } from "../environment";
import * as log from "../log";
import type { Release } from "../release";
import { PendingFiles } from "./files/pending";
import { FilesStore } from "./files/store";
import { Sweeper } from "./files/sweep";
import { KnownTags } from "./known-tags";
import { MemoryStore } from "./memory-store";
import { Outage } from "./outage";
import { reported } from "./redis/failures";
import { RedisStore } from "./redis/store";
import type { Store } from "./store";
import { WriteBehind } from "./write-behind";

/** The stores of a process, the first one on top. */
export interface Stack {
  /** Asked in this order: the next one if a store is away. The last one never fails. */
  readonly stores: readonly [Store, ...Store[]];
  /** Tag versions that apply when a store below the first one answers. */
  readonly known: KnownTags;
  /** What happens while the first one is away. */
  readonly outage: Outage;
  /** Copies what the first one took to the one below, if all pods share it. */
  readonly behind?: WriteBehind;
}

const POLL_PENDING_MS = 1000;
const MEMORY_BYTES = 32 * 1024 * 1024;

/**
 * The stores that the environment names: Redis above the files of the shared folder, or only one of them, and the
 * memory of this process if there is no folder. Open another kind of store here.
 */
export function openStores(environment: Environment, release: Release): Stack {
  if (environment.store === "process")
    log.warn("Nothing is shared between pods: set REDIS_URL, SHARED_CACHE_DIR or both");
  const known = new KnownTags();
  const memory = new MemoryStore(MEMORY_BYTES, known);
  const files =
    environment.directory === undefined
      ? undefined
      : new FilesStore(environment.directory, environment.app);
  if (files) new Sweeper(files, release, environment.filesBytes).start();
  const outage = files
    ? new Outage(files.entries, new PendingFiles(files.folder, files.gate))
    : new Outage({ read: (id, key) => memory.readEntry(id, key) }, undefined);
  const below = files ?? memory;
  const { redisUrl } = environment;
  if (redisUrl === undefined) return { stores: [below], known, outage };

  let behind: WriteBehind | undefined;
  const redis = new RedisStore(redisUrl, environment, release.id, {
    replay: async (target) => {
      await outage.replay(target);
      memory.clear();
    },
    onLost: (unanswered) => behind?.lost(unanswered),
  });
  if (files) {
    const { filesEveryMs: everyMs, timeoutMs } = environment;
    const options = { everyMs, timeoutMs };
    behind = new WriteBehind(files.entries, redis.debts, release.id, options).start();
  }
  pollPending(redis, outage);
  return { stores: [redis, below], known, outage, behind };
}

/** Other pods may have lost Redis while this one has it: replay what they recorded. */
function pollPending(redis: RedisStore, outage: Outage): void {
  setInterval(() => {
    if (!redis.health.ready) return;
    // reported: the next turn tries again
    reported("replay", "", () => outage.poll(redis.replayTarget())).catch(() => undefined);
  }, POLL_PENDING_MS).unref();
}
