import { randomBytes } from "node:crypto";
import { localMicros, type Micros } from "../clock";
import { decode, type Entry } from "../entry";
import type { Environment } from "../environment";
import type { Durations } from "../fallback";
import { parseVersion, type TagVersion } from "../freshness";
import * as log from "../log";
import { MemoryLevel } from "../memory/level";
import * as metrics from "../metrics";
import { RedisLink, runScript, Unavailable, type Argument, type Call, type Reply } from "./link";
import { DROP, HANDSHAKE, READ, REVALIDATE, REVALIDATE_WITHOUT_FLAGS, WRITE } from "./scripts";

/** Unread, unwritten entries go after this; reading one that is half way there renews it. */
const TTL_MS = 30 * 24 * 3600_000;
const ALIVE_MS = 24 * 3600_000;
/** A refresh that takes longer, or died with its pod, is tried by another pod after this. */
const LEASE_STALE_MS = 10_000;
/** The same for what is not there at all: visitors wait for it. */
const LEASE_MISSING_MS = 3000;
/** A memory answer needs proof this recent (in microseconds) that the connection is alive. */
const PROOF_FOR = 500_000;

export interface Lookup {
  readonly release: string;
  /** Key of the entry, with its kind in front: `p:`, `d:`, `u:`, `i:`. */
  readonly key: string;
  readonly tags: readonly string[];
  /** The image's own page for this key. */
  readonly seed:
    | { readonly asOf: Micros; readonly staleAt: Micros; readonly tags: readonly string[] }
    | undefined;
  /** Ask to be the one that refreshes a stale entry, or also the one that makes a missing entry. */
  readonly lease: "none" | "stale" | "stale-or-missing";
}

export interface Found {
  readonly level: "memory" | "redis" | "files" | "process";
  readonly entry: Entry | undefined;
  /** Time of the store at this lookup. */
  readonly now: Micros;
  readonly versions: ReadonlyMap<string, TagVersion>;
  /** Entries made before this are not trusted: Redis lost data then. */
  readonly floor: Micros;
  /** This process refreshes the entry if it is stale. */
  readonly leased: boolean;
  /** The prerendered page of this key was replaced before, even if no entry is there now. */
  readonly superseded: boolean;
  readonly toLocal: (time: Micros) => Micros;
  /** How many changes this process had been told of before it asked. */
  readonly position: number;
  /** Keeps the image's page in the memory level, if nothing that was just looked up speaks against it. */
  readonly keep?: (seed: Entry, size: number) => void;
}

const NO_VERSIONS: ReadonlyMap<string, TagVersion> = new Map();

/** Entries and tag versions in Redis, with the memory level in front. */
export class RedisStore {
  private readonly link: RedisLink;
  private readonly memory: MemoryLevel;
  private readonly prefix: string;
  private readonly tagPrefix: string;
  private readonly control: string;
  /** Names this process in leases. */
  private readonly self = randomBytes(6).toString("base64url");
  private readonly waiting = new Map<string, Set<() => void>>();
  private lineage = "";
  private withoutFlags = false;

  constructor(
    url: string,
    environment: Environment,
    private readonly release: string,
    /** Replays what was recorded while Redis was away, before anything is read. */
    private readonly replay: (store: Replayed) => Promise<void>,
  ) {
    // the braces keep all keys of an application in one slot of a cluster
    this.prefix = `next:{${encodeURIComponent(environment.app)}}:`;
    this.tagPrefix = `${this.prefix}tag:`;
    this.control = `${this.prefix}control`;
    this.memory = new MemoryLevel(environment.memoryBytes);
    this.link = new RedisLink({
      url,
      timeoutMs: environment.timeoutMs,
      trackedPrefix: this.prefix,
      handshake: (call) => this.handshake(call),
      onInvalidate: (key) => this.invalidated(key),
      onDown: () => this.invalidated(undefined),
    });
    // the marks of a release that runs for long without reconnecting must not be forgotten
    setInterval(() => {
      const now = String(this.toStoreTime(localMicros()) ?? localMicros());
      void this.link
        .call(["ZADD", `${this.prefix}releases`, now, this.release])
        .catch(() => undefined);
    }, ALIVE_MS).unref();
  }

  get ready(): boolean {
    return this.link.ready;
  }

  /** Local time as Redis would tell it; undefined before the first connection. */
  toStoreTime(local: Micros): Micros | undefined {
    return this.link.offset.known ? this.link.offset.toRemoteAtMost(local) : undefined;
  }

  stop(): void {
    this.link.stop();
  }

  /** Until the entry has changed since `position`, Redis goes away, or `ms` have passed. */
  async changeOf(release: string, key: string, position: number, ms: number): Promise<void> {
    const name = this.entryKey(release, key);
    if (this.memory.changedSince(name, position)) return;
    await new Promise<void>((resolve) => {
      const waiters = this.waiting.get(name) ?? new Set();
      const done = (): void => {
        clearTimeout(timer);
        waiters.delete(done);
        if (waiters.size === 0) this.waiting.delete(name);
        resolve();
      };
      const timer = setTimeout(done, ms);
      waiters.add(done);
      this.waiting.set(name, waiters);
    });
  }

  /** A fresh entry from memory, at once. */
  fromMemory(lookup: Lookup): Found | undefined {
    if (!this.memory.enabled || !this.link.ready) return undefined;
    const local = localMicros();
    if (local - this.link.provenAt > PROOF_FOR) return undefined;
    const now = this.link.offset.toRemoteAtMost(local);
    const entry = this.memory.get(this.entryKey(lookup.release, lookup.key), lookup.tags, now);
    if (entry === undefined) return undefined;
    return {
      level: "memory",
      entry,
      now,
      versions: NO_VERSIONS,
      floor: 0,
      leased: false,
      superseded: false,
      toLocal: (time) => this.link.offset.toLocal(time),
      position: 0,
    };
  }

  async read(lookup: Lookup): Promise<Found> {
    const key = this.entryKey(lookup.release, lookup.key);
    const position = this.memory.position;
    const generation = this.link.generation;
    const tags = [...lookup.tags, ...(lookup.seed?.tags ?? [])];
    const sent = localMicros();
    const reply = await this.timed("read", () =>
      this.link.run(
        READ,
        [
          key,
          this.leaseKey(lookup.release, lookup.key),
          this.control,
          this.supersededKey(lookup.release),
        ],
        [
          this.tagPrefix,
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
    const parts = Array.isArray(reply) ? (reply as readonly Reply[]) : [];
    const now = Number(text(parts[0]));
    this.link.offset.learn(now, sent, received);
    if (text(parts[1]) !== this.lineage) {
      // emptied under a live connection, or taken over: find out before trusting anything
      log.warn("Redis lost its data", { lineage: this.lineage });
      await this.rehandshake();
      return this.read(lookup);
    }
    const floor = Number(text(parts[2]));
    const raw = parts[5];
    let entry: Entry | undefined;
    let superseded = Number(parts[4]) === 1;
    if (Buffer.isBuffer(raw)) {
      superseded = true;
      entry = decode(lookup.key, raw);
      if (entry === undefined) {
        metrics.count("next_shared_cache_errors_total", { store: "redis", kind: "undecodable" });
        log.warnSometimes(
          "undecodable",
          "An entry in Redis cannot be decoded: it counts as a miss",
          { key: lookup.key },
        );
      }
    }
    const versions = this.parseVersions(parts[6]);
    const found: Found = {
      level: "redis",
      entry: entry !== undefined && entry.asOf >= floor ? entry : undefined,
      now,
      versions,
      floor,
      leased: Number(parts[3]) === 1,
      superseded,
      toLocal: (time) => this.link.offset.toLocal(time),
      position,
    };
    if (!this.memory.enabled) return found;
    // only what is fresh in every respect, so that a hit needs no judgement
    const keep = (kept: Entry, size: number): void => {
      const fresh = kept.staleAt === 0 || kept.staleAt > now;
      const revalidated = [...versions.values()].some(
        (v) => v.expired >= kept.asOf || v.stale >= kept.asOf,
      );
      if (!fresh || revalidated || generation !== this.link.generation) return;
      this.memory.put(key, kept, [...kept.tags, ...lookup.tags], size, position);
    };
    if (found.entry) keep(found.entry, Buffer.isBuffer(raw) ? raw.length * 4 : 0);
    else if (!superseded) return { ...found, keep };
    return found;
  }

  /** True if Redis took it; false if it has a newer one. */
  async write(
    release: string,
    entry: Pick<Entry, "key" | "asOf">,
    bytes: Buffer,
    options: {
      readonly seeded: boolean;
      readonly ttlMs: number | undefined;
      readonly replace: boolean;
    },
  ): Promise<boolean> {
    const keys = [
      this.entryKey(release, entry.key),
      this.leaseKey(release, entry.key),
      this.supersededKey(release),
      this.control,
    ];
    const ttl = Math.max(1000, Math.min(TTL_MS, Math.ceil(options.ttlMs ?? TTL_MS)));
    const member = options.seeded ? entry.key : "";
    try {
      const reply = await this.timed("write", () =>
        this.link.run(WRITE, keys, [
          bytes,
          String(entry.asOf),
          String(ttl),
          member,
          this.tagPrefix,
          options.replace ? "1" : "0",
        ]),
      );
      return Number(reply) === 1;
    } catch (cause) {
      if (!isFull(cause)) throw cause;
      metrics.count("next_shared_cache_errors_total", { store: "redis", kind: "full" });
      log.warnSometimes(
        "full",
        "Redis is full: set maxmemory-policy volatile-lru, or give it more memory",
        {
          key: entry.key,
        },
      );
      await this.drop(release, entry.key, options.seeded);
      return false;
    }
  }

  /** Takes an entry out that must not be served any more. */
  async drop(release: string, key: string, seeded: boolean): Promise<void> {
    const name = this.entryKey(release, key);
    await this.link
      .run(DROP, [name, this.supersededKey(release)], [seeded ? key : ""])
      .catch(() => this.link.call(["UNLINK", name]));
  }

  /** Nothing made before now is trusted any more. */
  async distrust(): Promise<void> {
    await this.link.call([
      "HSET",
      this.control,
      "floor",
      String(this.link.offset.toRemoteAtMost(localMicros())),
    ]);
  }

  /** Throws when Redis did not take it. */
  async revalidate(tags: readonly string[], durations: Durations | undefined): Promise<void> {
    // this process need not wait for Redis to tell it
    for (const tag of tags) this.memory.tagChanged(tag);
    await this.timed("revalidate", () =>
      this.revalidateWith(
        (script, keys, args) => this.link.run(script, keys, args),
        tags,
        durations,
      ),
    );
  }

  private async revalidateWith(
    run: (
      script: typeof REVALIDATE,
      keys: readonly string[],
      args: readonly Argument[],
    ) => Promise<Reply>,
    tags: readonly string[],
    durations: Durations | undefined,
  ): Promise<void> {
    const mode =
      durations === undefined
        ? "now"
        : durations.expire === undefined
          ? "never"
          : String(durations.expire);
    const args = [this.tagPrefix, mode, tags.join("\0")];
    if (!this.withoutFlags) {
      try {
        await run(REVALIDATE, [], args);
        return;
      } catch (cause) {
        if (cause instanceof Unavailable || !/compiling|flags|Unexpected/i.test(log.reason(cause)))
          throw cause;
        this.withoutFlags = true;
      }
    }
    await run(REVALIDATE_WITHOUT_FLAGS, [], args);
  }

  private async rehandshake(): Promise<void> {
    this.memory.clear();
    await this.handshake((command) => this.link.call(command));
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
    const sent = localMicros();
    const reply = await runScript(
      call,
      HANDSHAKE,
      [this.control, `${this.prefix}releases`],
      [
        run,
        this.lineage,
        randomBytes(9).toString("base64url"),
        this.release,
        `${this.prefix}r:`,
        String(30 * 24 * 3600 * 1e6),
      ],
    );
    const parts = Array.isArray(reply) ? (reply as readonly Reply[]) : [];
    const now = Number(text(parts[0]));
    this.link.offset.learn(now, sent, localMicros());
    this.lineage = text(parts[1]);
    const cause = text(parts[3]);
    if (cause !== "")
      log.warn("Redis may have lost data: what was cached before is made anew", { cause });
    await this.replay({
      revalidate: (tags, durations) =>
        this.revalidateWith(
          (script, keys, args) => runScript(call, script, keys, args),
          tags,
          durations,
        ),
      write: async (release, entry, bytes, seeded) => {
        const keys = [
          this.entryKey(release, entry.key),
          this.leaseKey(release, entry.key),
          this.supersededKey(release),
          this.control,
        ];
        const args = [
          bytes,
          String(entry.asOf),
          String(TTL_MS),
          seeded ? entry.key : "",
          this.tagPrefix,
          "1",
        ];
        await runScript(call, WRITE, keys, args);
      },
      toStoreTime: (local) => this.link.offset.toRemoteAtMost(local),
      distrust: async () => {
        await call([
          "HSET",
          this.control,
          "floor",
          String(this.link.offset.toRemoteAtMost(localMicros())),
        ]);
      },
    });
  }

  private invalidated(key: string | undefined): void {
    if (key === undefined || key === this.control) {
      this.memory.clear();
      for (const waiters of [...this.waiting.values()]) for (const wake of [...waiters]) wake();
    } else if (key.startsWith(this.tagPrefix)) {
      this.memory.tagChanged(key.slice(this.tagPrefix.length));
    } else {
      this.memory.keyChanged(key);
      for (const wake of [...(this.waiting.get(key) ?? [])]) wake();
    }
  }

  private parseVersions(reply: Reply | undefined): Map<string, TagVersion> {
    const versions = new Map<string, TagVersion>();
    if (!Array.isArray(reply)) return versions;
    const list = reply as readonly Reply[];
    for (let i = 0; i + 1 < list.length; i += 2) {
      const version = parseVersion(text(list[i + 1]));
      if (version) versions.set(text(list[i]), version);
    }
    return versions;
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

  private entryKey(release: string, key: string): string {
    return `${this.prefix}r:${release}:${key}`;
  }

  /** Outside the tracked prefix: leases come and go with no entry changed. */
  private leaseKey(release: string, key: string): string {
    return `next-lease:${this.prefix.slice("next:".length)}${release}:${key}`;
  }

  private supersededKey(release: string): string {
    return `${this.prefix}r:${release}:superseded`;
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

function text(reply: Reply | undefined): string {
  if (reply === undefined || reply === null) return "";
  return Buffer.isBuffer(reply) ? reply.toString("utf8") : String(reply);
}

function isFull(cause: unknown): boolean {
  return /OOM|MISCONF/.test(log.reason(cause));
}
