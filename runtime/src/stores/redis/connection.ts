import type { EventLoopUtilization } from "node:perf_hooks";
import "./strings";
import { createClient, RESP_TYPES } from "redis";
import { localMicros, ClockOffset, type Micros } from "../../clock";
import * as log from "../../log";
import * as metrics from "../../metrics";
import { onceRead } from "../../wait";
import { isWithoutTracking, remedyFor } from "./remedies";
import type { Script } from "./scripts";

/** Redis is away, hung or too slow: ask the fallback store. */
export class Unavailable extends Error {}

export type Argument = string | Buffer;
export type Reply = string | number | Buffer | null | readonly Reply[];

/** `tracked`: node-redis itself asks to be told of changes, and does not connect where that is refused. */
function connectTo(
  url: string,
  connectTimeout: number,
  servername: string | undefined,
  tracked: boolean,
) {
  return createClient({
    url,
    RESP: 3,
    name: "next-shared-cache",
    disableOfflineQueue: true,
    emitInvalidate: tracked,
    maintNotifications: "disabled",
    // this class reconnects: a new client looks the host name up again, and an old one never comes back
    socket: { reconnectStrategy: false, connectTimeout, ...(servername ? { servername } : {}) },
    commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
  });
}
type Client = ReturnType<typeof connectTo>;

export interface ConnectionOptions {
  readonly url: string;
  readonly timeoutMs: number;
  /** Keys with this prefix are tracked: their changes are told to `onInvalidate`. */
  readonly trackedPrefix: string;
  /** Runs on each new connection before anything else may use it. */
  readonly handshake: (call: Call) => Promise<void>;
  /** A key that changed, or undefined when any may have. */
  readonly onInvalidate: (key: string | undefined) => void;
  /** `unanswered`: this process waited for an answer first, or got one late; a connection that breaks is known at once. */
  readonly onDown: (unanswered: boolean) => void;
}

export type Call = (command: readonly Argument[]) => Promise<Reply>;

const CLOSED = 0;
const HALF_OPEN = 1;
const OPEN = 2;

/** Time between two attempts, in ms: quick after a blip, gentle in a long outage. */
const RETRY = [50, 100, 200, 400, 800, 1000];

/**
 * The process's one connection, with its circuit breaker. A call waits `timeoutMs` at most, the lateness of
 * a busy process's timers included; the first
 * one that waits longer, or a slow one, opens the breaker: the connection is thrown away, and calls
 * fail at once. Reconnecting in the background is the half-open probe: no request ever waits for it.
 */
export class RedisConnection {
  private client: Client | undefined;
  private state = OPEN;
  private attempt = 0;
  private slowSum = 0;
  /** Until when waiting is counted in `slowSum`. */
  private slowUntil = 0;
  private stopped = false;
  /** Connections are told of changed keys. */
  tracked = true;
  private readonly slowMs: number;
  readonly offset = new ClockOffset();
  /** When the last command was sent that was answered: proof that this connection was told all until then. */
  provenAt: Micros = 0;
  /** Counts connections: what belongs to an earlier one is void. */
  generation = 0;
  /** Settled when the first attempt to connect is over: a pod's first requests wait for it. */
  private readonly firstAttempt: Promise<void>;
  private endFirstAttempt: () => void = () => undefined;

  constructor(private readonly options: ConnectionOptions) {
    this.slowMs = options.timeoutMs / 5;
    metrics.gauge("next_shared_cache_breaker_state", () => this.state);
    this.firstAttempt = new Promise((resolve) => {
      this.endFirstAttempt = resolve;
      this.endWhenWaitedFor(
        options.timeoutMs,
        performance.now(),
        performance.eventLoopUtilization(),
      );
    });
    this.connect();
  }

  get ready(): boolean {
    return this.state === CLOSED;
  }

  /** A starting process is busy loading code: only the time that it spends waiting counts. */
  private endWhenWaitedFor(ms: number, started: number, busy: EventLoopUtilization): void {
    const idle = performance.eventLoopUtilization(busy).idle;
    if (idle >= ms || performance.now() - started > ms * 8) this.endFirstAttempt();
    else setTimeout(() => this.endWhenWaitedFor(ms, started, busy), Math.max(5, ms - idle)).unref();
  }

  /** Runs a script; throws Unavailable when Redis cannot answer in time. */
  async run(script: Script, keys: readonly string[], args: readonly Argument[]): Promise<Reply> {
    await this.firstAttempt;
    if (this.state !== CLOSED || !this.client) throw new Unavailable("Redis is not connected");
    return this.guard(runScript(this.callOn(this.client), script, keys, args));
  }

  async call(command: readonly Argument[]): Promise<Reply> {
    await this.firstAttempt;
    if (this.state !== CLOSED || !this.client) throw new Unavailable("Redis is not connected");
    return this.guard(this.callOn(this.client)(command));
  }

  stop(): void {
    this.stopped = true;
    this.discard();
  }

  private callOn(client: Client): Call {
    return async (command) => {
      const generation = this.generation;
      const sent = localMicros();
      const reply = await client.sendCommand<Reply>([...command]);
      if (generation === this.generation && sent > this.provenAt) this.provenAt = sent;
      return reply;
    };
  }

  /** Bounds a call's wait, and judges the connection by it. */
  private async guard(pending: Promise<Reply>): Promise<Reply> {
    const client = this.client;
    const started = performance.now();
    const busy = performance.eventLoopUtilization();
    let timer: NodeJS.Timeout | undefined;
    try {
      const reply = await Promise.race([
        pending,
        new Promise<never>((_resolve, reject) => {
          const late = (): void => {
            if (this.client === client) this.trip("no reply in time", "timeout");
            reject(new Unavailable(`Redis did not answer within ${this.options.timeoutMs} ms`));
          };
          timer = setTimeout(() => onceRead(late), this.options.timeoutMs * 0.8);
        }),
      ]);
      // the part of the wait that this process spent on its own work is not Redis's
      const wait = performance.now() - started - performance.eventLoopUtilization(busy).active;
      if (this.client === client) this.judge(wait, started);
      return reply;
    } catch (cause) {
      if (cause instanceof Unavailable) throw cause;
      const text = log.reason(cause);
      // a demoted or loading server answers, but not as one that can be used
      if (
        /^(READONLY|LOADING|MASTERDOWN|NOAUTH|MOVED|ASK|CLUSTERDOWN|CROSSSLOT)/.test(text) &&
        this.client === client
      ) {
        this.trip(text, "refused");
        throw new Unavailable(text);
      }
      if (this.client !== client || !client?.isReady) throw new Unavailable(text);
      throw cause;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Slow calls in a row, because one request makes several. A pause that several calls sit out together counts once. */
  private judge(wait: number, started: number): void {
    if (wait < this.slowMs) {
      this.slowSum = 0;
      return;
    }
    const now = performance.now();
    this.slowSum += Math.min(wait, now - Math.max(started, this.slowUntil));
    this.slowUntil = now;
    if (this.slowSum > this.options.timeoutMs * 0.7)
      this.trip(`answered after ${Math.round(wait)} ms`, "slow");
  }

  private trip(why: string, kind: string): void {
    if (this.stopped) return;
    metrics.count("next_shared_cache_errors_total", { store: "redis", kind });
    if (this.state === CLOSED)
      log.warn("Redis is not used for now", { reason: why, remedy: remedyFor(why) });
    this.discard(kind !== "refused");
    this.later();
  }

  private discard(unanswered = false): void {
    const client = this.client;
    const wasReady = this.state === CLOSED;
    this.client = undefined;
    this.state = OPEN;
    this.endFirstAttempt();
    this.generation++;
    this.provenAt = 0;
    this.slowSum = 0;
    if (client?.isOpen) client.destroy();
    if (wasReady) this.options.onDown(unanswered);
  }

  private later(): void {
    if (this.stopped) return;
    const base = RETRY[Math.min(this.attempt++, RETRY.length - 1)] ?? 1000;
    setTimeout(() => this.connect(), base * (0.8 + Math.random() * 0.4)).unref();
  }

  private connect(): void {
    if (this.stopped || this.client) return;
    this.state = HALF_OPEN;
    const patience = Math.max(1000, this.options.timeoutMs * 4);
    let host: string | undefined;
    try {
      const url = new URL(this.options.url);
      // TLS behind a load balancer or ElastiCache needs the name in the handshake
      if (url.protocol === "rediss:" && !/^[\d.]+$|^\[/.test(url.hostname)) host = url.hostname;
    } catch {
      // createClient says what is wrong with the URL
    }
    let client: Client;
    try {
      client = connectTo(this.options.url, patience, host, this.tracked);
    } catch (cause) {
      log.error("REDIS_URL cannot be used: give redis://[user:password@]host:port", {
        reason: log.reason(cause),
      });
      this.stopped = true;
      this.state = OPEN;
      return;
    }
    this.client = client;
    const fail = (cause: unknown): void => {
      if (this.client !== client) return;
      metrics.count("next_shared_cache_errors_total", { store: "redis", kind: "connection" });
      const reason = log.reason(cause);
      const remedy = remedyFor(reason);
      if (this.tracked && isWithoutTracking(reason)) this.goUntracked(reason);
      else if (this.state === CLOSED) log.warn("Redis is not used for now", { reason, remedy });
      else log.warnSometimes("connect", "Redis cannot be reached", { reason, remedy });
      this.discard();
      this.later();
    };
    client.on("error", fail);
    client.on("end", () => fail(new Error("connection closed")));
    client.on("invalidate", (key: Buffer | string | null) => {
      if (this.client === client)
        this.options.onInvalidate(key === null ? undefined : key.toString());
    });
    let timer: NodeJS.Timeout | undefined;
    const bound = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error("no answer while connecting")), patience * 2);
      timer.unref();
    });
    Promise.race([this.prepare(client), bound])
      .then(() => {
        if (this.client !== client) return;
        this.state = CLOSED;
        if (this.attempt > 0) log.info("Redis is used again");
        this.attempt = 0;
        this.endFirstAttempt();
      })
      .catch(fail)
      .finally(() => clearTimeout(timer));
  }

  /** From then on nothing is answered from memory: nobody would take out what changes. */
  private goUntracked(reason: string): void {
    this.tracked = false;
    log.warn(
      "Redis is used without the memory level: it cannot tell of changes. Allow its user client|tracking and restart the pods, or use a server that has it",
      { reason },
    );
  }

  /** Tracking on, handshake done, and quick enough: only then is the connection used. */
  private async prepare(client: Client): Promise<void> {
    await client.connect();
    const call = this.callOn(client);
    if (this.tracked) {
      await call(["CLIENT", "TRACKING", "OFF"]);
      await call(["CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", this.options.trackedPrefix]);
    }
    await this.options.handshake(call);
    const started = performance.now();
    const busy = performance.eventLoopUtilization();
    await call(["PING"]);
    const wait = performance.now() - started - performance.eventLoopUtilization(busy).active;
    if (wait > this.slowMs) throw new Error(`answers after ${Math.round(wait)} ms`);
  }
}

/** Scripts whose flags the server refused. */
const refused = new WeakSet<Script>();

/** EVALSHA, and EVAL once where the server does not know the script. */
export async function runScript(
  call: Call,
  script: Script,
  keys: readonly string[],
  args: readonly Argument[],
): Promise<Reply> {
  if (script.plain && refused.has(script)) return runScript(call, script.plain, keys, args);
  const rest = [String(keys.length), ...keys, ...args];
  try {
    return await call(["EVALSHA", script.sha, ...rest]);
  } catch (cause) {
    if (!log.reason(cause).startsWith("NOSCRIPT")) throw cause;
  }
  try {
    return await call(["EVAL", script.source, ...rest]);
  } catch (cause) {
    if (!script.plain || !/compiling|flags|Unexpected/i.test(log.reason(cause))) throw cause;
    refused.add(script);
    return runScript(call, script.plain, keys, args);
  }
}
