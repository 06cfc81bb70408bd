import { encode, type Entry, type Stamp } from "../entry";
import * as log from "../log";
import * as metrics from "../metrics";
import { GIVEN_UP, isInTime } from "../wait";

/**
 * How often a pod that holds entries checks them and Redis, and how long an answer may take before they are written.
 * As parts of the timeout of a call.
 */
const LOOK_EVERY = 0.2;
const HESITATION = 0.2;
/** How long an entry may be overdue before another pod takes it over, and how often each pod checks. */
const OVERDUE_MS = 5000;
/** How much a pod holds at most; above it entries are written at once. */
const MAX_HELD_BYTES = 32 * 1024 * 1024;
/** How many entries are written at a time: one by one, thousands would be overdue for longer than `OVERDUE_MS`. */
const AT_ONCE = 16;
/**
 * When to retry an entry that the folder did not take: each time after twice as long, because each attempt also asks
 * Redis.
 */
const RETRY_MS = 500;
/** Time that other pods get to write what they hold, from when they know that Redis is lost. */
const SETTLE_MS = 150;
/** Time that the end of a process may take for its entries. */
const EXIT_MS = 5000;

/** Of an entry: its times are not needed here, but for its age. */
type Written = Pick<Stamp, "key" | "asOf">;

/** The store below, which gets the entries later. */
export interface Backing {
  /** A label of the metrics. */
  readonly name: string;
  /** False if it could not. `alone`: no other pod writes this entry now. */
  write(release: string, entry: Written, bytes: Buffer, alone: boolean): Promise<boolean>;
  /** Without waiting, for the end of the process. */
  writeNow(release: string, entry: Written, bytes: Buffer): void;
}

/** What Redis knows about entries that are not in the folder yet. */
export interface Debts {
  /** Redis is in use. */
  readonly ready: boolean;
  /** Whether to write this entry now; a newer one is due from the pod that made it. Throws when Redis is away. */
  claim(release: string, key: string, asOf: number): Promise<boolean>;
  /** Entries that are overdue by more than `ms`. Each is given to one caller. */
  overdue(release: string, ms: number): Promise<readonly Owed[]>;
  /** Whether it takes writes. Throws when Redis is away. */
  ask(): Promise<void>;
}

export interface WriteBehindOptions {
  /** Minimum time between two writes of an entry; 0: each rendering is written. */
  readonly everyMs: number;
  /** Longest time for a Redis call. */
  readonly timeoutMs: number;
  readonly now?: () => number;
}

export interface Owed {
  /** In this process's time. */
  readonly entry: Entry;
  /** Of the entry in Redis. */
  readonly asOf: number;
}

interface Held {
  readonly release: string;
  readonly entry: Written;
  readonly bytes: Buffer;
  /** Of the entry in Redis. */
  readonly asOf: number;
  readonly dueAt: number;
  /** How long the folder got to take it after the last try. */
  readonly retryMs?: number;
}

/** Those of this process, for its end. */
const all = new Set<WriteBehind>();

/**
 * Copies what Redis has to the shared folder, but an entry that is rewritten all the time only occasionally, because
 * network file systems bill reads and writes. In between, the pod that rendered it last holds it, and writes it at once
 * when Redis is lost or the process ends. Redis knows what is due, so that another pod can write it for one that was
 * killed.
 */
export class WriteBehind {
  private readonly held = new Map<string, Held>();
  private bytes = 0;
  private paying = false;
  private watching = false;
  private settling: Promise<void> = Promise.resolve();
  private lookedForOverdueAt: number;
  private readonly everyMs: number;
  private readonly timeoutMs: number;
  private readonly now: () => number;

  constructor(
    private readonly below: Backing,
    private readonly debts: Debts,
    private readonly release: string,
    options: WriteBehindOptions,
  ) {
    ({ everyMs: this.everyMs, timeoutMs: this.timeoutMs } = options);
    this.now = options.now ?? (() => performance.now());
    this.lookedForOverdueAt = this.now();
    metrics.gauge("next_shared_cache_files_held", () => this.held.size);
  }

  /** Settled when the folder has what pods held as Redis was lost. */
  get settled(): Promise<void> {
    return this.settling;
  }

  /**
   * Redis was lost: writes what this pod holds, and gives the others time to do the same.
   * @param unanswered this pod waited in vain for an answer; the others write from before it gave up
   */
  lost(unanswered: boolean): void {
    void this.flush();
    if (this.everyMs === 0) return;
    const begun = unanswered ? this.timeoutMs * (GIVEN_UP - LOOK_EVERY - HESITATION) : 0;
    this.settling = new Promise((resolve) => setTimeout(resolve, Math.max(0, SETTLE_MS - begun)));
  }

  start(): this {
    if (all.size === 0) process.once("exit", endOfProcess);
    all.add(this);
    const lookEveryMs = Math.max(20, this.timeoutMs * LOOK_EVERY);
    setInterval(() => {
      void this.watch();
      void this.turn();
    }, lookEveryMs).unref();
    return this;
  }

  /** Takes an entry that Redis has just stored; `inMs`: when to write it to the folder, 0 for at once. */
  async take(
    release: string,
    entry: Written,
    bytes: Buffer,
    asOf: number,
    inMs: number,
  ): Promise<void> {
    this.forget(release, entry.key);
    if (inMs <= 0 || this.bytes + bytes.length > MAX_HELD_BYTES) {
      const turns = this.everyMs > 0 && this.debts.ready;
      await this.write({ release, entry, bytes, asOf, dueAt: this.now() }, turns);
      return;
    }
    this.hold({ release, entry, bytes, asOf, dueAt: this.now() + inMs });
    metrics.count("next_shared_cache_writes_total", { store: this.below.name, result: "held" });
  }

  /** The entry is no longer needed, or the folder has a newer one. */
  forget(release: string, key: string): void {
    const name = `${release}\0${key}`;
    this.bytes -= this.held.get(name)?.bytes.length ?? 0;
    this.held.delete(name);
  }

  /** Writes what is due, also for pods that were killed. */
  async turn(): Promise<void> {
    if (this.paying) return;
    this.paying = true;
    try {
      const due = [...this.held.values()].filter((held) => held.dueAt <= this.now());
      for (let at = 0; at < due.length; at += AT_ONCE)
        await Promise.all(due.slice(at, at + AT_ONCE).map((held) => this.pay(held)));
      if (this.now() - this.lookedForOverdueAt >= OVERDUE_MS) await this.payForOthers();
    } catch (cause) {
      // Redis is away: the code that finds out calls `flush`
      log.debug("write behind", { reason: log.reason(cause) });
    } finally {
      this.paying = false;
    }
  }

  /**
   * Writes all that is held if Redis hesitates: perhaps nothing else asks a Redis that hangs, and other pods read the
   * folder as soon as they notice. Not a part of `turn`, which may be waiting for Redis or for the folder.
   */
  async watch(): Promise<void> {
    if (this.watching || this.held.size === 0) return;
    this.watching = true;
    try {
      if (!(await isInTime(this.debts.ask(), this.timeoutMs * HESITATION))) await this.flush();
    } catch (cause) {
      log.debug("write behind", { reason: log.reason(cause) });
    } finally {
      this.watching = false;
    }
  }

  /** Redis is lost: the folder answers from now on, and must not answer with something older than what was shown. */
  async flush(): Promise<void> {
    // Several pods may hold one entry, one an older and one a newer state, and each writes now: no pod has the turn.
    await Promise.all([...this.held.values()].map((held) => this.payNow(held, false)));
  }

  /** The same for the end of the process, where nothing can be waited for. */
  flushNow(): void {
    const until = this.now() + EXIT_MS;
    for (const { release, entry, bytes } of this.held.values()) {
      if (this.now() > until) return;
      this.below.writeNow(release, entry, bytes);
    }
  }

  private hold(held: Held): void {
    this.held.set(`${held.release}\0${held.entry.key}`, held);
    this.bytes += held.bytes.length;
  }

  private async pay(held: Held): Promise<void> {
    const { release, entry, asOf } = held;
    const turn = await this.debts.claim(release, entry.key, asOf).catch(() => undefined);
    if (turn !== false) await this.payNow(held, turn === true);
    else if (this.has(held)) this.forget(release, entry.key);
  }

  private async payNow(held: Held, alone: boolean): Promise<void> {
    if (!this.has(held)) return;
    this.forget(held.release, held.entry.key);
    await this.write(held, alone);
  }

  private has(held: Held): boolean {
    return this.held.get(`${held.release}\0${held.entry.key}`) === held;
  }

  /**
   * If the folder does not take it now, it is tried again, unless a newer entry is there by then.
   * @param alone Redis gave the turn to this pod; otherwise others may write the entry now, and the newest must stay
   */
  private async write(held: Held, alone: boolean): Promise<void> {
    const { release, entry, bytes } = held;
    const stored = await this.below.write(release, entry, bytes, alone);
    metrics.count("next_shared_cache_writes_total", {
      store: this.below.name,
      result: stored ? "stored" : "failed",
    });
    if (stored || this.held.has(`${release}\0${entry.key}`)) return;
    if (this.bytes + bytes.length > MAX_HELD_BYTES) return;
    const longest = Math.max(this.everyMs, OVERDUE_MS);
    const retryMs = Math.min(held.retryMs === undefined ? RETRY_MS : held.retryMs * 2, longest);
    this.hold({ ...held, retryMs, dueAt: this.now() + retryMs });
  }

  private async payForOthers(): Promise<void> {
    this.lookedForOverdueAt = this.now();
    for (const { entry, asOf } of await this.debts.overdue(this.release, OVERDUE_MS)) {
      const { bytes } = encode(entry);
      log.debug("written for a pod that is gone", { key: entry.key });
      await this.write({ release: this.release, entry, bytes, asOf, dueAt: 0 }, true);
    }
  }
}

function endOfProcess(): void {
  for (const behind of all) behind.flushNow();
}
