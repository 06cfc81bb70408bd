/** Parts of the timeout: an answer that takes longer is slow, and this much slowness in a row is too much. */
const SLOW = 0.2;
const TOO_SLOW = 0.7;

/** Measures a wait. The part that this process spends on its own work does not count. */
export class Wait {
  readonly startedAt = performance.now();
  private readonly busy = performance.eventLoopUtilization();

  /** Milliseconds until now. */
  get ms(): number {
    return performance.now() - this.startedAt - performance.eventLoopUtilization(this.busy).active;
  }
}

/** Decides by its answers whether a connection is good enough to wait for. */
export class LatencyJudge {
  private readonly slowMs: number;
  private readonly tooSlowMs: number;
  private slowSum = 0;
  /** Until when waiting is counted in `slowSum`. */
  private countedUntil = 0;

  /** @param timeoutMs longest wait for one answer */
  constructor(timeoutMs: number) {
    this.slowMs = timeoutMs * SLOW;
    this.tooSlowMs = timeoutMs * TOO_SLOW;
  }

  /** Whether one answer that took so long, in ms, is slow. */
  isSlow(waitMs: number): boolean {
    return waitMs > this.slowMs;
  }

  /**
   * Takes in one more answer. Slow ones in a row add up, because one request makes several calls; a pause that several
   * calls wait through together counts once.
   * @returns true if it is too much
   */
  isTooMuch(waitMs: number, startedAt: number): boolean {
    if (waitMs < this.slowMs) {
      this.slowSum = 0;
      return false;
    }
    const now = performance.now();
    this.slowSum += Math.min(waitMs, now - Math.max(startedAt, this.countedUntil));
    this.countedUntil = now;
    return this.slowSum > this.tooSlowMs;
  }

  /** A new connection is judged from the start. */
  reset(): void {
    this.slowSum = 0;
  }
}
