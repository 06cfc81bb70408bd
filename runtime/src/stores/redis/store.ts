import { randomBytes } from "node:crypto";
import { localMicros } from "../../clock";
import { decodeSized, frame, type Entry } from "../../entry";
import type { Environment } from "../../environment";
import * as log from "../../log";
import * as metrics from "../../metrics";
import type { ReplayTarget } from "../outage";
import type {
  Durations,
  Found,
  Holding,
  Lookup,
  Store,
  StoreClock,
  StoreHealth,
  StoreWrite,
  Written,
} from "../store";
import type { Debts } from "../write-behind";
import { ClientSideCache } from "./client-side-cache";
import { readCall, revalidateCall, writeCall } from "./commands";
import { RedisConnection } from "./connection";
import { RedisDebts } from "./debts";
import { isOutOfMemory, reported, timed } from "./failures";
import { Keys } from "./keys";
import { Lineage } from "./lineage";
import { MemoryLevel } from "./memory-level";
import { list, tagVersions, text } from "./replies";
import { dropOn, replayOn } from "./replay";
import type { Call, Reply } from "./run-script";
import { Waiters } from "./waiters";

const ALIVE_MS = 24 * 3600_000;

export interface RedisHooks {
  /** Replays what was recorded while Redis was away, before anything is read. */
  readonly replay: (target: ReplayTarget) => Promise<void>;
  /** Redis was in use until now; `unanswered`: it did not answer in time. */
  readonly onLost: (unanswered: boolean) => void;
}

/** Entries and tag versions in Redis, with a client-side cache in front. Redis's clock counts, and it gives leases. */
export class RedisStore implements Store {
  readonly name = "redis";
  readonly shared = true;
  readonly clock: StoreClock;
  readonly health: StoreHealth;
  /** What still has to be written to the shared folder behind Redis. */
  readonly debts: Debts;
  private readonly connection: RedisConnection;
  private readonly clientSide: ClientSideCache;
  private readonly keys: Keys;
  private readonly lineage: Lineage;
  private readonly waiters = new Waiters();
  private readonly memory: MemoryLevel;
  /** Names this process in leases. */
  private readonly self = randomBytes(6).toString("base64url");
  private readonly alive: NodeJS.Timeout;
  /** Undefined if there is no folder behind Redis. */
  private readonly folderEveryMs: number | undefined;

  constructor(
    url: string,
    environment: Environment,
    private readonly release: string,
    private readonly hooks: RedisHooks,
  ) {
    this.keys = new Keys(environment.app);
    this.clientSide = new ClientSideCache(environment.memoryBytes);
    this.folderEveryMs = environment.directory === undefined ? undefined : environment.filesEveryMs;
    const connection = this.connect(url, environment.timeoutMs);
    const { offset } = connection;
    this.connection = connection;
    this.lineage = new Lineage(this.keys, release, offset);
    this.debts = new RedisDebts(connection, this.keys, environment.filesEveryMs);
    this.clock = {
      fromLocal: (local) => (offset.known ? offset.toRemoteAtMost(local) : undefined),
      toLocal: (time) => offset.toLocal(time),
    };
    this.memory = new MemoryLevel({
      clientSide: this.clientSide,
      connection,
      lineage: this.lineage,
      keys: this.keys,
      clock: this.clock,
      handshake: () => this.handshake((command) => connection.call(command)),
    });
    this.health = {
      get ready() {
        return connection.ready;
      },
      patienceMs: undefined,
    };
    // the records of a release that runs for long without reconnecting must not be forgotten
    this.alive = setInterval(() => void this.markAlive(), ALIVE_MS).unref();
  }

  /**
   * A fresh entry from the client-side cache, at once or as soon as it is proven: it stays the same object. Else what Redis
   * has.
   */
  async read(lookup: Lookup): Promise<Found> {
    if (this.memory.lacksProof(lookup)) await this.memory.prove(lookup);
    return (
      this.memory.find(lookup) ?? (await reported("read", lookup.key, () => this.fromRedis(lookup)))
    );
  }

  get remembers(): boolean {
    return this.memory.remembers;
  }

  stillHolds(lookup: Lookup, entry: Entry): Holding {
    return this.memory.stillHolds(lookup, entry);
  }

  prove(lookup: Lookup): Promise<void> {
    return this.memory.prove(lookup);
  }

  async write({ release, stamp, body, seeded, ttlMs, replace }: StoreWrite): Promise<Written> {
    const { key, asOf } = stamp;
    const call = writeCall(this.keys, {
      ...{ release, key, asOf, seeded, ttlMs, replace },
      bytes: frame(stamp, body),
      folderEveryMs: this.folderEveryMs,
    });
    return reported("write", key, async () => {
      try {
        const reply = list(await timed("write", () => this.connection.run(call)));
        const result = Number(reply[0]) === 1 ? "stored" : "refused";
        return { result, belowInMs: Number(reply[1]) };
      } catch (cause) {
        if (!isOutOfMemory(cause)) throw cause;
        metrics.count("next_shared_cache_errors_total", { store: "redis", kind: "full" });
        log.warnSometimes(
          "full",
          "Redis is full: set maxmemory-policy volatile-lru, or give it more memory",
          { key },
        );
        await this.dropNow(release, key, seeded);
        return { result: "full", belowInMs: 0 };
      }
    });
  }

  drop(release: string, key: string, seeded: boolean): Promise<void> {
    return reported("drop", key, () => this.dropNow(release, key, seeded));
  }

  async revalidate(tags: readonly string[], durations: Durations | undefined): Promise<void> {
    // this process need not wait for Redis to say so
    for (const tag of tags) this.clientSide.tagChanged(tag);
    await reported("revalidate", tags.join(","), () =>
      timed("revalidate", () => this.connection.run(revalidateCall(this.keys, tags, durations))),
    );
  }

  /** Replays what was recorded, on the connection that is in use. */
  replayTarget(): ReplayTarget {
    return replayOn((command) => this.connection.call(command), this.keys, this.connection.offset);
  }

  stop(): void {
    clearInterval(this.alive);
    this.connection.stop();
  }

  private connect(url: string, timeoutMs: number): RedisConnection {
    return new RedisConnection({
      url,
      timeoutMs,
      trackedPrefix: this.keys.prefix,
      handshake: (call) => this.handshake(call),
      onInvalidate: (key) => this.invalidated(key),
      onDown: (unanswered) => {
        this.invalidated(undefined);
        this.hooks.onLost(unanswered);
      },
    });
  }

  private async handshake(call: Call): Promise<void> {
    await this.lineage.handshake(call);
    await this.hooks.replay(replayOn(call, this.keys, this.connection.offset));
  }

  private async fromRedis(lookup: Lookup): Promise<Found> {
    const key = this.keys.entry(lookup.release, lookup.key);
    const position = this.clientSide.position;
    const generation = this.connection.generation;
    const sent = localMicros();
    const reply = await timed("read", () =>
      this.connection.run(readCall(this.keys, lookup, this.self)),
    );
    const parts = list(reply);
    const now = Number(text(parts[0]));
    if (!(await this.memory.isSameData(now, text(parts[1]), sent))) return this.fromRedis(lookup);
    const floor = Number(text(parts[2]));
    const { entry, memoryBytes } = decoded(lookup.key, parts[5]);
    const found: Found = {
      level: "redis",
      entry: entry !== undefined && entry.asOf >= floor ? entry : undefined,
      now,
      exact: { store: "redis", at: now },
      versions: tagVersions(parts[6]),
      floor,
      leased: Number(parts[3]) === 1,
      superseded: Number(parts[4]) === 1 || Buffer.isBuffer(parts[5]),
      toLocal: this.clock.toLocal,
      changed: (ms) => this.changeOf(key, position, ms),
    };
    return this.remembers ? this.kept(lookup, found, { position, generation, memoryBytes }) : found;
  }

  /** Puts a fresh answer into the client-side cache, or lets the caller do so with the image's page. */
  private kept(
    lookup: Lookup,
    found: Found,
    asked: { readonly position: number; readonly generation: number; readonly memoryBytes: number },
  ): Found {
    const key = this.keys.entry(lookup.release, lookup.key);
    const { now, versions } = found;
    // only what is fresh in every respect, so that a hit needs no further checks
    const keep = (entry: Entry, bytes: number): void => {
      const fresh = entry.staleAt === 0 || entry.staleAt > now;
      const revalidated = [...versions.values()].some(
        (v) => v.expired >= entry.asOf || v.stale >= entry.asOf,
      );
      if (!fresh || revalidated || asked.generation !== this.connection.generation) return;
      this.clientSide.put(key, entry, [...entry.tags, ...lookup.tags], bytes, asked.position);
    };
    if (found.entry) keep(found.entry, asked.memoryBytes);
    else if (!found.superseded) return { ...found, keep };
    return found;
  }

  /** Until the entry has changed since `position`, Redis goes away, or `ms` have passed. */
  private async changeOf(key: string, position: number, ms: number): Promise<void> {
    if (!this.clientSide.changedSince(key, position)) await this.waiters.wait(key, ms);
  }

  private dropNow(release: string, key: string, seeded: boolean): Promise<void> {
    const call: Call = (command) => this.connection.call(command);
    return dropOn(call, this.keys, release, key, seeded);
  }

  private async markAlive(): Promise<void> {
    const local = localMicros();
    const now = String(this.clock.fromLocal(local) ?? local);
    await this.connection
      .call(["ZADD", this.keys.releases, now, this.release])
      .catch(() => undefined);
  }

  private invalidated(key: string | undefined): void {
    if (key === undefined || key === this.keys.control) {
      this.clientSide.clear();
      this.waiters.wakeAll();
    } else if (key.startsWith(this.keys.tags)) {
      this.clientSide.tagChanged(key.slice(this.keys.tags.length));
    } else {
      this.clientSide.keyChanged(key);
      this.waiters.wake(key);
    }
  }
}

/** What Redis has under the name of an entry. */
function decoded(
  key: string,
  raw: Reply | undefined,
): { readonly entry?: Entry; readonly memoryBytes: number } {
  if (!Buffer.isBuffer(raw)) return { memoryBytes: 0 };
  const found = decodeSized(key, raw);
  if (found) return found;
  metrics.count("next_shared_cache_errors_total", { store: "redis", kind: "undecodable" });
  log.warnSometimes("undecodable", "An entry in Redis cannot be decoded: it counts as a miss", {
    key,
  });
  return { memoryBytes: 0 };
}
