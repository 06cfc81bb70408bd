import { randomBytes } from "node:crypto";
import { localMicros, type Micros } from "../../clock";
import { decode, decodeSized, type Entry } from "../../entry";
import type { Environment } from "../../environment";
import type { Durations } from "../../fallback";
import type { Debts, Owed } from "../write-behind";
import type { TagVersion } from "../../freshness";
import * as log from "../../log";
import type { Found, Lookup } from "../../lookup";
import { ClientSideCache } from "./client-side-cache";
import * as metrics from "../../metrics";
import { Keys } from "./keys";
import { RedisConnection } from "./connection";
import { versionWarning } from "./remedies";
import { runScript, type Call } from "./run-script";
import { list, tagVersions, text } from "./replies";
import { CLAIM, DISTRUST, DROP, HANDSHAKE, OVERDUE, READ, REVALIDATE, WRITE } from "./scripts";
import { Waiters } from "./waiters";

/** Unread, unwritten entries go after this; reading one that is half way there renews it. */
const TTL_MS = 30 * 24 * 3600_000;
const ALIVE_MS = 24 * 3600_000;
/** A refresh that takes longer, or died with its pod, is tried by another pod after this. */
const LEASE_STALE_MS = 10_000;
/** The same for what is not there at all: visitors wait for it. */
const LEASE_MISSING_MS = 3000;
/** A memory answer needs proof this recent (in microseconds) that the connection is alive. */
const PROOF_FOR = 500_000;

/** Entries of pods that were killed that one pod takes over at a time. */
const OVERDUE_AT_ONCE = 20;

const NO_VERSIONS: ReadonlyMap<string, TagVersion> = new Map();

type Written = Pick<Entry, "key" | "asOf">;

export interface WriteOptions {
  /** The image holds a prerendered page of this key, which must not come back. */
  readonly seeded: boolean;
  /** Milliseconds after which the entry is of no use to anybody. */
  readonly ttlMs: number | undefined;
  /** Takes the place of whatever is there. */
  readonly replace: boolean;
  /** The shared folder is to get it as well. */
  readonly folder: boolean;
}

/** `refused`: a newer one is there. `full`: nothing of this key is there any more. */
export interface Taken {
  readonly result: "stored" | "refused" | "full";
  /** When the folder behind Redis is to get it. */
  readonly folderInMs: number;
}

export interface RedisHooks {
  /** Replays what was recorded while Redis was away, before anything is read. */
  readonly replay: (store: Replayed) => Promise<void>;
  /** Redis was in use until now; `unanswered`: it did not answer in time. */
  readonly onLost: (unanswered: boolean) => void;
}

/** Entries and tag versions in Redis, with the memory level in front. */
export class RedisStore implements Debts {
  private readonly connection: RedisConnection;
  private readonly clientSide: ClientSideCache;
  private readonly keys: Keys;
  /** Names this process in leases. */
  private readonly self = randomBytes(6).toString("base64url");
  private readonly waiters = new Waiters();
  private lineage = "";
  private saidVersion = false;

  constructor(
    url: string,
    private readonly environment: Environment,
    private readonly release: string,
    private readonly hooks: RedisHooks,
  ) {
    this.keys = new Keys(environment.app);
    this.clientSide = new ClientSideCache(environment.memoryBytes);
    this.connection = new RedisConnection({
      url,
      timeoutMs: environment.timeoutMs,
      trackedPrefix: this.keys.prefix,
      handshake: (call) => this.handshake(call),
      onInvalidate: (key) => this.invalidated(key),
      onDown: (unanswered) => {
        this.invalidated(undefined);
        hooks.onLost(unanswered);
      },
    });
    // the marks of a release that runs for long without reconnecting must not be forgotten
    setInterval(() => {
      const now = String(this.toStoreTime(localMicros()) ?? localMicros());
      void this.connection
        .call(["ZADD", this.keys.releases, now, this.release])
        .catch(() => undefined);
    }, ALIVE_MS).unref();
  }

  get ready(): boolean {
    return this.connection.ready;
  }

  /** Local time as Redis would tell it; undefined before the first connection. */
  toStoreTime(local: Micros): Micros | undefined {
    return this.connection.offset.known ? this.connection.offset.toRemoteAtMost(local) : undefined;
  }

  stop(): void {
    this.connection.stop();
  }

  private get remembers(): boolean {
    return this.clientSide.enabled && this.connection.tracked;
  }

  /** Until the entry has changed since `position`, Redis goes away, or `ms` have passed. */
  async changeOf(release: string, key: string, position: number, ms: number): Promise<void> {
    const name = this.keys.entry(release, key);
    if (this.clientSide.changedSince(name, position)) return;
    await this.waiters.wait(name, ms);
  }

  /** A fresh entry from memory, at once. */
  fromMemory(lookup: Lookup): Found | undefined {
    if (!this.remembers || !this.connection.ready) return undefined;
    const local = localMicros();
    if (local - this.connection.provenAt > PROOF_FOR) return undefined;
    const now = this.connection.offset.toRemoteAtMost(local);
    const entry = this.clientSide.get(
      this.keys.entry(lookup.release, lookup.key),
      lookup.tags,
      now,
    );
    if (entry === undefined) return undefined;
    return {
      level: "memory",
      entry,
      now,
      versions: NO_VERSIONS,
      floor: 0,
      leased: false,
      superseded: false,
      toLocal: (time) => this.connection.offset.toLocal(time),
      position: 0,
    };
  }

  async read(lookup: Lookup): Promise<Found> {
    const key = this.keys.entry(lookup.release, lookup.key);
    const position = this.clientSide.position;
    const generation = this.connection.generation;
    const tags = [...lookup.tags, ...(lookup.seed?.tags ?? [])];
    const sent = localMicros();
    const reply = await this.timed("read", () =>
      this.connection.run(
        READ,
        [
          key,
          this.keys.lease(lookup.release, lookup.key),
          this.keys.control,
          this.keys.superseded(lookup.release),
        ],
        [
          this.keys.tags,
          tags.join("\0"),
          String(lookup.seed?.asOf ?? ""),
          String(lookup.seed?.staleAt ?? ""),
          lookup.lease === "none" ? "0" : String(LEASE_STALE_MS),
          lookup.lease === "stale-or-missing" ? String(LEASE_MISSING_MS) : "0",
          lookup.seed ? lookup.key : "",
          // a 'use cache' entry lives as long as its own lifetime says
          lookup.key.startsWith("u:") ? "0" : String(TTL_MS),
          this.self,
        ],
      ),
    );
    const received = localMicros();
    const parts = list(reply);
    const now = Number(text(parts[0]));
    this.connection.offset.learn(now, sent, received);
    if (text(parts[1]) !== this.lineage) {
      // emptied under a live connection, or taken over: find out before trusting anything
      log.warn("Redis lost its data", { lineage: this.lineage });
      await this.rehandshake();
      return this.read(lookup);
    }
    const floor = Number(text(parts[2]));
    const raw = parts[5];
    let entry: Entry | undefined;
    let held = 0;
    let superseded = Number(parts[4]) === 1;
    if (Buffer.isBuffer(raw)) {
      superseded = true;
      const decoded = decodeSized(lookup.key, raw);
      if (decoded) ({ entry, held } = decoded);
      else {
        metrics.count("next_shared_cache_errors_total", { store: "redis", kind: "undecodable" });
        log.warnSometimes(
          "undecodable",
          "An entry in Redis cannot be decoded: it counts as a miss",
          { key: lookup.key },
        );
      }
    }
    const versions = tagVersions(parts[6]);
    const found: Found = {
      level: "redis",
      entry: entry !== undefined && entry.asOf >= floor ? entry : undefined,
      now,
      versions,
      floor,
      leased: Number(parts[3]) === 1,
      superseded,
      toLocal: (time) => this.connection.offset.toLocal(time),
      position,
    };
    if (!this.remembers) return found;
    // only what is fresh in every respect, so that a hit needs no judgement
    const keep = (kept: Entry, size: number): void => {
      const fresh = kept.staleAt === 0 || kept.staleAt > now;
      const revalidated = [...versions.values()].some(
        (v) => v.expired >= kept.asOf || v.stale >= kept.asOf,
      );
      if (!fresh || revalidated || generation !== this.connection.generation) return;
      this.clientSide.put(key, kept, [...kept.tags, ...lookup.tags], size, position);
    };
    if (found.entry) keep(found.entry, held);
    else if (!superseded) return { ...found, keep };
    return found;
  }

  async write(
    release: string,
    entry: Written,
    bytes: Buffer,
    options: WriteOptions,
  ): Promise<Taken> {
    const { keys, args } = this.writeArguments(release, entry, bytes, options);
    try {
      const reply = list(await this.timed("write", () => this.connection.run(WRITE, keys, args)));
      return {
        result: Number(reply[0]) === 1 ? "stored" : "refused",
        folderInMs: Number(reply[1]),
      };
    } catch (cause) {
      if (!isOutOfMemory(cause)) throw cause;
      metrics.count("next_shared_cache_errors_total", { store: "redis", kind: "full" });
      log.warnSometimes(
        "full",
        "Redis is full: set maxmemory-policy volatile-lru, or give it more memory",
        { key: entry.key },
      );
      await this.drop(release, entry.key, options.seeded);
      return { result: "full", folderInMs: 0 };
    }
  }

  private writeArguments(release: string, entry: Written, bytes: Buffer, options: WriteOptions) {
    const { seeded, ttlMs = TTL_MS, replace } = options;
    const folder = options.folder ? this.environment.filesEveryMs : undefined;
    return {
      keys: [
        this.keys.entry(release, entry.key),
        this.keys.lease(release, entry.key),
        this.keys.superseded(release),
        this.keys.control,
        this.keys.written(release, entry.key),
        this.keys.owed(release),
      ],
      args: [
        bytes,
        String(entry.asOf),
        String(Math.max(1000, Math.min(TTL_MS, Math.ceil(ttlMs)))),
        seeded ? entry.key : "",
        this.keys.tags,
        replace ? "1" : "0",
        folder === undefined ? "0" : String(Math.ceil(folder)),
        entry.key,
      ],
    };
  }

  async claim(release: string, key: string, asOf: Micros): Promise<boolean> {
    const names = [this.keys.entry(release, key), this.keys.written(release, key)];
    const reply = await this.connection.run(
      CLAIM,
      [...names, this.keys.owed(release)],
      [String(asOf), String(Math.max(1, this.environment.filesEveryMs)), key],
    );
    return Number(reply) === 1;
  }

  async overdue(release: string, ms: number): Promise<readonly Owed[]> {
    const reply = await this.connection.run(
      OVERDUE,
      [this.keys.owed(release)],
      [
        String(ms),
        this.keys.entry(release, ""),
        this.keys.written(release, ""),
        String(Math.max(1, this.environment.filesEveryMs)),
        String(OVERDUE_AT_ONCE),
      ],
    );
    const pairs = list(reply);
    const owed: Owed[] = [];
    for (let i = 0; i + 1 < pairs.length; i += 2) {
      const raw = pairs[i + 1];
      const entry = Buffer.isBuffer(raw) ? decode(text(pairs[i]), raw) : undefined;
      if (entry) owed.push({ entry: this.inLocalTime(entry), asOf: entry.asOf });
    }
    return owed;
  }

  private inLocalTime(entry: Entry): Entry {
    const local = (time: Micros): Micros => (time === 0 ? 0 : this.connection.offset.toLocal(time));
    const { asOf, storedAt, staleAt } = entry;
    return { ...entry, asOf: local(asOf), storedAt: local(storedAt), staleAt: local(staleAt) };
  }

  async ask(): Promise<void> {
    // a write that changes nothing: a server that became a replica would answer a PING
    await this.connection.call(["UNLINK", this.keys.asked]);
  }

  /** Takes an entry out that must not be served any more. */
  drop(release: string, key: string, seeded: boolean): Promise<void> {
    return this.dropOn((command) => this.connection.call(command), release, key, seeded);
  }

  private async dropOn(call: Call, release: string, key: string, seeded: boolean): Promise<void> {
    const name = this.keys.entry(release, key);
    const superseded = this.keys.superseded(release);
    await runScript(call, DROP, [name, superseded], [seeded ? key : ""]).catch(() =>
      call(["UNLINK", name]),
    );
  }

  /** Throws when Redis did not take it. */
  async revalidate(tags: readonly string[], durations: Durations | undefined): Promise<void> {
    // this process need not wait for Redis to tell it
    for (const tag of tags) this.clientSide.tagChanged(tag);
    await this.timed("revalidate", () =>
      this.connection.run(REVALIDATE, [], this.revalidateArguments(tags, durations)),
    );
  }

  private revalidateArguments(
    tags: readonly string[],
    durations: Durations | undefined,
  ): readonly string[] {
    const mode =
      durations === undefined
        ? "now"
        : durations.expire === undefined
          ? "never"
          : String(durations.expire);
    return [this.keys.tags, mode, tags.join("\0")];
  }

  private async rehandshake(): Promise<void> {
    this.clientSide.clear();
    await this.handshake((command) => this.connection.call(command));
  }

  private async handshake(call: Call): Promise<void> {
    const info = text(await call(["INFO"]).catch(() => ""));
    const run = /^run_id:(\w+)/m.exec(info)?.[1] ?? "unknown";
    const policy = /^maxmemory_policy:([\w-]+)/m.exec(info)?.[1];
    if (policy?.startsWith("allkeys")) {
      log.warnSometimes(
        "policy",
        "Redis may evict tag versions, which loses revalidations: set maxmemory-policy to volatile-lru",
        {
          policy,
        },
      );
    }
    const old = versionWarning(info);
    if (old !== undefined && !this.saidVersion) log.warn(old);
    this.saidVersion ||= old !== undefined;
    const sent = localMicros();
    const reply = await runScript(
      call,
      HANDSHAKE,
      [this.keys.control, this.keys.releases],
      [
        run,
        this.lineage,
        randomBytes(9).toString("base64url"),
        this.release,
        this.keys.entries,
        String(30 * 24 * 3600 * 1e6),
        this.keys.owedOf,
      ],
    );
    const parts = list(reply);
    const now = Number(text(parts[0]));
    this.connection.offset.learn(now, sent, localMicros());
    this.lineage = text(parts[1]);
    const cause = text(parts[3]);
    if (cause !== "")
      log.warn("Redis may have lost data: what was cached before is made anew", { cause });
    await this.hooks.replay(this.replayedOn(call));
  }

  /** What was recorded is made known on a connection that is in use. */
  replayed(): Replayed {
    return this.replayedOn((command) => this.connection.call(command));
  }

  private replayedOn(call: Call): Replayed {
    return {
      revalidate: async (tags, durations) => {
        await runScript(call, REVALIDATE, [], this.revalidateArguments(tags, durations));
      },
      write: async (release, entry, bytes, seeded) => {
        // it comes from the folder
        const options = { seeded, ttlMs: undefined, replace: true, folder: false };
        const { keys, args } = this.writeArguments(release, entry, bytes, options);
        try {
          await runScript(call, WRITE, keys, args);
        } catch (cause) {
          // a full Redis is one that is back; what it has of this entry is older
          if (!isOutOfMemory(cause)) throw cause;
          await this.dropOn(call, release, entry.key, seeded);
        }
      },
      toStoreTime: (local) => this.connection.offset.toRemoteAtMost(local),
      distrust: async () => {
        const now = String(this.connection.offset.toRemoteAtMost(localMicros()));
        await runScript(call, DISTRUST, [this.keys.control], [now]);
      },
    };
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

  private async timed<T>(operation: string, run: () => Promise<T>): Promise<T> {
    const started = performance.now();
    try {
      return await run();
    } finally {
      metrics.observe("next_shared_cache_operation_seconds", (performance.now() - started) / 1000, {
        store: "redis",
        operation,
      });
    }
  }
}

/** What `replay` may do on a connection that is not yet in use. */
export interface Replayed {
  revalidate(tags: readonly string[], durations: Durations | undefined): Promise<void>;
  write(release: string, entry: Entry, bytes: Buffer, seeded: boolean): Promise<void>;
  toStoreTime(local: Micros): Micros;
  /** Nothing made before now is trusted any more. */
  distrust(): Promise<void>;
}

function isOutOfMemory(cause: unknown): boolean {
  return /OOM|MISCONF/.test(log.reason(cause));
}
