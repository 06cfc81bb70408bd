/**
 * `closed`: calls go through. `open`: calls fail at once. `half-open`: one probe is under way that finds out whether
 * calls may go through again; all others still fail at once.
 */
export type BreakerState = "closed" | "half-open" | "open";

export interface CircuitBreakerOptions {
  /** State to begin with; default `closed`. */
  readonly initially?: "closed" | "open";
  /**
   * The half-open probe: resolves when calls may go through again, rejects when they may not. Without one the breaker
   * stays open until `close` is called.
   */
  readonly probe?: () => Promise<void>;
  /** Time between two probes in ms, one for each attempt in a row; the last one repeats. Default: 1 s. */
  readonly retryMs?: readonly number[];
  /** Calls may go through again, after this many failed attempts. */
  readonly onClose?: (failedAttempts: number) => void;
  /** Calls fail from now on. Not called for a probe that failed. */
  readonly onOpen?: () => void;
}

/** Each pod waits a little longer or shorter, so that they do not all come back at the same moment. */
const JITTER = 0.2;

/**
 * Keeps callers from waiting for something that does not answer. The only thing it calls itself is the probe: callers
 * check `isClosed` first and call `open` when a call fails.
 */
export class CircuitBreaker {
  private current: BreakerState;
  private attempts = 0;
  private stopped = false;
  private timer: NodeJS.Timeout | undefined;
  /** Counts changes of state: the end of a probe from an earlier round is ignored. */
  private round = 0;

  constructor(private readonly options: CircuitBreakerOptions = {}) {
    this.current = options.initially ?? "closed";
  }

  get state(): BreakerState {
    return this.current;
  }

  get isClosed(): boolean {
    return this.current === "closed";
  }

  /** Calls fail at once from now on; a probe follows, if there is one. */
  open(): void {
    if (this.stopped) return;
    const wasClosed = this.isClosed;
    this.change("open");
    if (wasClosed) this.options.onOpen?.();
    this.probeLater();
  }

  /** Calls may go through. */
  close(): void {
    if (this.stopped || this.isClosed) return;
    this.change("closed");
    const failedAttempts = this.attempts;
    this.attempts = 0;
    this.options.onClose?.(failedAttempts);
  }

  /** Probes at once. Does nothing if calls go through, a probe is in progress, or there is no probe. */
  async probe(): Promise<void> {
    const { probe } = this.options;
    if (this.stopped || this.current !== "open" || probe === undefined) return;
    const round = this.change("half-open");
    try {
      await probe();
    } catch {
      if (round === this.round) this.open();
      return;
    }
    if (round === this.round) this.close();
  }

  /** Open for good, without further probes. */
  stop(): void {
    this.change("open");
    this.stopped = true;
  }

  private change(state: BreakerState): number {
    clearTimeout(this.timer);
    this.current = state;
    return ++this.round;
  }

  private probeLater(): void {
    if (this.options.probe === undefined) return;
    const { retryMs = [1000] } = this.options;
    const base = retryMs[Math.min(this.attempts++, retryMs.length - 1)] ?? 1000;
    const ms = base * (1 - JITTER + Math.random() * 2 * JITTER);
    this.timer = setTimeout(() => void this.probe(), ms).unref();
  }
}
