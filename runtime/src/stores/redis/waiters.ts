/** Requests that wait for another pod's rendering, by entry name. */
export class Waiters {
  private readonly waiting = new Map<string, Set<() => void>>();

  /** Until the name is woken, or `ms` have passed. */
  async wait(name: string, ms: number): Promise<void> {
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

  wake(name: string): void {
    for (const done of [...(this.waiting.get(name) ?? [])]) done();
  }

  wakeAll(): void {
    for (const name of [...this.waiting.keys()]) this.wake(name);
  }
}
