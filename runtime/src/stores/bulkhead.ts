/** An operation was not begun: too many are under way, and it waited for too long, or waiting was ended. */
export class BulkheadRejected extends Error {
  constructor() {
    super("too many operations are under way");
  }
}

export interface BulkheadOptions {
  /** Operations that are under way at the same time, at most. */
  readonly slots: number;
  /**
   * An operation that has waited longer for a slot, in ms, is rejected when its turn comes: nothing waits for it any
   * more.
   */
  readonly maxWaitMs: number;
}

interface Queued {
  readonly since: number;
  readonly start: () => void;
  readonly reject: () => void;
}

/**
 * Bounds how many operations on one thing are under way at the same time, so that they never take all threads (or
 * connections, or memory) of the process with them. The others wait for a slot, first come, first served.
 */
export class Bulkhead {
  private readonly running = new Set<{ readonly since: number }>();
  private readonly queue: Queued[] = [];

  constructor(private readonly options: BulkheadOptions) {}

  /**
   * Runs the operation as soon as there is a slot, and settles as it does.
   * @throws BulkheadRejected if it was not begun
   */
  run<T>(operation: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const start = (): void => void this.start(operation).then(resolve, reject);
      const queued = {
        since: performance.now(),
        start,
        reject: () => reject(new BulkheadRejected()),
      };
      if (this.running.size < this.options.slots) start();
      else this.queue.push(queued);
    });
  }

  /** For how long the oldest operation is under way, in ms; 0 if none is. */
  get oldestMs(): number {
    const [oldest] = this.running;
    return oldest === undefined ? 0 : performance.now() - oldest.since;
  }

  /** Rejects all that wait for a slot. */
  rejectQueue(): void {
    for (const { reject } of this.queue.splice(0)) reject();
  }

  private async start<T>(operation: () => Promise<T>): Promise<T> {
    const slot = { since: performance.now() };
    this.running.add(slot);
    try {
      return await operation();
    } finally {
      this.running.delete(slot);
      this.startNext();
    }
  }

  private startNext(): void {
    while (this.running.size < this.options.slots) {
      const next = this.queue.shift();
      if (next === undefined) return;
      if (performance.now() - next.since > this.options.maxWaitMs) next.reject();
      else next.start();
    }
  }
}
