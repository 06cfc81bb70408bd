import { ClockOffset, localMicros, type Micros } from "../../clock";
import * as log from "../../log";
import * as metrics from "../../metrics";
import { GIVEN_UP, onceRead, whenIdleFor } from "../../wait";
import { CircuitBreaker } from "../circuit-breaker";
import { Unavailable } from "../unavailable";
import { newClient, type Client } from "./client";
import { LatencyJudge, Wait } from "./latency-judge";
import { isWithoutTracking, remedyFor } from "./remedies";
import { runScript, type Call, type Reply } from "./run-script";
import type { Argument, ScriptCall } from "./scripts";

export interface ConnectionOptions {
  readonly url: string;
  /** Longest wait for one answer, in milliseconds. */
  readonly timeoutMs: number;
  /** Keys with this prefix are tracked: `onInvalidate` is called when one changes. */
  readonly trackedPrefix: string;
  /** Runs on each new connection before anything else may use it. */
  readonly handshake: (call: Call) => Promise<void>;
  /** A key that changed, or undefined when any may have. */
  readonly onInvalidate: (key: string | undefined) => void;
  /** `unanswered`: this process first waited for an answer, or got one late; a broken connection is noticed at once. */
  readonly onDown: (unanswered: boolean) => void;
}

/** Why a connection is given up: the label `kind` of the metric of errors. */
type Loss = "connection" | "timeout" | "slow" | "refused";

/** Values of the metric. */
const STATES = { closed: 0, "half-open": 1, open: 2 } as const;
/** Time between two attempts, in ms: quick after a blip, gentle in a long outage. */
const RETRY_MS = [50, 100, 200, 400, 800, 1000];
/** Errors from a server that is there but cannot be used: demoted, loading, wrong password, in cluster mode. */
const UNUSABLE = /^(READONLY|LOADING|MASTERDOWN|NOAUTH|MOVED|ASK|CLUSTERDOWN|CROSSSLOT)/;

/**
 * The process's one connection to Redis. A call waits at most `timeoutMs`, including late timers in a busy process. The
 * first call that waits longer, or slow answers, open the circuit breaker: the connection is closed, and calls fail at
 * once. The half-open probe is the reconnection in the background: no request ever waits for it.
 */
export class RedisConnection {
  private client: Client | undefined;
  private readonly breaker: CircuitBreaker;
  private readonly judge: LatencyJudge;
  /** The server notifies this process of changed keys. */
  tracked = true;
  readonly offset = new ClockOffset();
  /** When the last answered command was sent: proof that this connection got all notifications until then. */
  provenAt: Micros = 0;
  /** Counts connections: results of an earlier one are void. */
  generation = 0;
  /** Settled when the first attempt to connect is over: a pod's first requests wait for it. */
  private readonly firstAttempt: Promise<void>;
  private endFirstAttempt: () => void = () => undefined;

  constructor(private readonly options: ConnectionOptions) {
    this.judge = new LatencyJudge(options.timeoutMs);
    this.breaker = new CircuitBreaker({
      initially: "open",
      retryMs: RETRY_MS,
      probe: () => this.connect(),
      onClose: (failedAttempts) => {
        if (failedAttempts > 0) log.info("Redis is used again");
        this.endFirstAttempt();
      },
    });
    metrics.gauge("next_shared_cache_breaker_state", () => STATES[this.breaker.state]);
    this.firstAttempt = new Promise((resolve) => {
      this.endFirstAttempt = resolve;
      // a starting process is busy loading code: only the time that it spends waiting counts
      void whenIdleFor(options.timeoutMs).then(resolve);
    });
    void this.breaker.probe();
  }

  get ready(): boolean {
    return this.breaker.isClosed;
  }

  /** Runs a script. @throws Unavailable when Redis cannot answer in time */
  async run(script: ScriptCall): Promise<Reply> {
    const client = await this.usable();
    return this.guard(client, runScript(this.callOn(client), script));
  }

  /** Sends a command. @throws Unavailable when Redis cannot answer in time */
  async call(command: readonly Argument[]): Promise<Reply> {
    const client = await this.usable();
    return this.guard(client, this.callOn(client)(command));
  }

  stop(): void {
    const wasReady = this.ready;
    this.breaker.stop();
    this.discard(wasReady);
  }

  private async usable(): Promise<Client> {
    await this.firstAttempt;
    if (!this.ready || !this.client) throw new Unavailable("Redis is not connected");
    return this.client;
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
  private async guard(client: Client, pending: Promise<Reply>): Promise<Reply> {
    const wait = new Wait();
    let timer: NodeJS.Timeout | undefined;
    try {
      const reply = await Promise.race([
        pending,
        new Promise<never>((_resolve, reject) => {
          const late = (): void => {
            this.lose(client, "timeout", "no reply in time");
            reject(new Unavailable(`Redis did not answer within ${this.options.timeoutMs} ms`));
          };
          timer = setTimeout(() => onceRead(late), this.options.timeoutMs * GIVEN_UP);
        }),
      ]);
      const { ms } = wait;
      if (this.client === client && this.judge.isTooMuch(ms, wait.startedAt))
        this.lose(client, "slow", `answered after ${Math.round(ms)} ms`);
      return reply;
    } catch (cause) {
      throw this.failed(client, cause);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The error of a call; the connection is given up if no other call could do better. */
  private failed(client: Client, cause: unknown): unknown {
    if (cause instanceof Unavailable) return cause;
    const reason = log.reason(cause);
    if (UNUSABLE.test(reason)) this.lose(client, "refused", reason);
    return this.client === client && client.isReady ? cause : new Unavailable(reason);
  }

  /** The breaker opens, and a new connection is tried. Nothing happens if this one was given up before. */
  private lose(client: Client, kind: Loss, reason: string): void {
    if (this.client !== client) return;
    metrics.count("next_shared_cache_errors_total", { store: "redis", kind });
    const fields = { reason, remedy: remedyFor(reason) };
    if (kind === "connection" && this.tracked && isWithoutTracking(reason))
      this.goUntracked(reason);
    else if (this.ready) log.warn("Redis is not used for now", fields);
    else log.warnSometimes("connect", "Redis cannot be reached", fields);
    const wasReady = this.ready;
    this.breaker.open();
    this.discard(wasReady, kind === "timeout" || kind === "slow");
  }

  private discard(wasReady: boolean, unanswered = false): void {
    const client = this.client;
    this.client = undefined;
    this.endFirstAttempt();
    this.generation++;
    this.provenAt = 0;
    this.judge.reset();
    if (client?.isOpen) client.destroy();
    if (wasReady) this.options.onDown(unanswered);
  }

  /** The breaker's probe. */
  private async connect(): Promise<void> {
    const patienceMs = Math.max(1000, this.options.timeoutMs * 4);
    const client = this.newClient(patienceMs);
    if (client === undefined) return this.breaker.stop();
    this.client = client;
    const fail = (cause: unknown): void => this.lose(client, "connection", log.reason(cause));
    client.on("error", fail);
    client.on("end", () => fail(new Error("connection closed")));
    client.on("invalidate", (key: Buffer | string | null) => {
      if (this.client === client)
        this.options.onInvalidate(key === null ? undefined : key.toString());
    });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error("no answer while connecting")), patienceMs * 2);
      timer.unref();
    });
    try {
      await Promise.race([this.prepare(client), late]);
    } catch (cause) {
      fail(cause);
      throw cause;
    } finally {
      clearTimeout(timer);
    }
  }

  private newClient(connectTimeoutMs: number): Client | undefined {
    const { url } = this.options;
    try {
      return newClient({ url, connectTimeoutMs, tracked: this.tracked });
    } catch (cause) {
      log.error("REDIS_URL cannot be used: give redis://[user:password@]host:port", {
        reason: log.reason(cause),
      });
      return undefined;
    }
  }

  /** From then on nothing is answered from memory, because changed entries would not be removed. */
  private goUntracked(reason: string): void {
    this.tracked = false;
    log.warn(
      "Redis is used without the client-side cache: it cannot tell of changes. Allow its user client|tracking and restart the pods, or use a server that has it",
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
    const wait = new Wait();
    await call(["PING"]);
    const { ms } = wait;
    if (this.judge.isSlow(ms)) throw new Error(`answers after ${Math.round(ms)} ms`);
  }
}
