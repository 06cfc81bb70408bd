/*
 * Concurrency groups of jobs, as GitHub documents them: in a group one job runs and one waits. A newer one takes the place of the one that
 * waits; with `cancel-in-progress` it ends the one that runs as well.
 * https://docs.github.com/actions/how-tos/write-workflows/choose-when-workflows-run/control-workflow-concurrency
 */

/** A job's time in its group. */
export interface Turn {
  /** Resolves if a newer job ends this one. */
  readonly ended: Promise<"cancelled">;
  /** Lets the next one in. */
  leave(): void;
}
interface Waiting {
  readonly begin: () => void;
  readonly drop: () => void;
}

export class Groups {
  private readonly running = new Map<string, () => void>();
  private readonly waiting = new Map<string, Waiting>();

  /** @returns undefined: a newer job took its place while it waited */
  async enter(group: string, cancels: boolean): Promise<Turn | undefined> {
    if (!this.running.has(group)) return this.begin(group);
    this.waiting.get(group)?.drop();
    const go = new Promise<boolean>((resolve) => {
      this.waiting.set(group, { begin: () => resolve(true), drop: () => resolve(false) });
    });
    if (cancels) this.running.get(group)?.();
    return (await go) ? this.begin(group) : undefined;
  }

  private begin(group: string): Turn {
    let end: () => void = () => undefined;
    const ended = new Promise<"cancelled">((resolve) => (end = () => resolve("cancelled")));
    this.running.set(group, end);
    return {
      ended,
      leave: () => {
        this.running.delete(group);
        const next = this.waiting.get(group);
        this.waiting.delete(group);
        // Its place is taken at once: nobody else comes between.
        if (next) this.running.set(group, () => undefined);
        next?.begin();
      },
    };
  }
}
