import { HANGS_MS } from "./hanging";
import { bounded } from "./wait";

/** How many results of one key are made at a time once one of them hangs, if there is one to show. */
const MOST = 3;

interface One {
  readonly since: number;
  readonly done: Promise<void>;
}

/** The 'use cache' results that this process is making. From 16.3 on, Next.js reports one only when it is complete. */
export class Making {
  /** In the order of their beginning. */
  private readonly keys = new Map<string, Set<One>>();

  constructor(private readonly hangsMs = HANGS_MS) {}

  /** @returns a function to call at the end */
  begin(key: string): () => void {
    let resolve: () => void = () => undefined;
    const done = new Promise<void>((over) => (resolve = over));
    const one: One = { since: performance.now(), done };
    const all = this.keys.get(key) ?? new Set();
    this.keys.set(key, all.add(one));
    return () => {
      all.delete(one);
      if (all.size === 0) this.keys.delete(key);
      resolve();
    };
  }

  /** Requests meanwhile wait for the last one, unless one hangs. */
  async settled(key: string): Promise<void> {
    const left = this.hangsMs - this.ageOf(key);
    if (left > 0) await this.over(key, left);
  }

  /** Waits until the last one is over, or for `ms`; undefined if none is being made. */
  over(key: string, ms?: number): Promise<void> | undefined {
    const last = [...(this.keys.get(key) ?? [])].at(-1);
    return last && ms !== undefined ? bounded(last.done, ms) : last?.done;
  }

  /** So many are being made while one hangs that an old result must not start another one. */
  isExhausted(key: string): boolean {
    return this.ageOf(key) >= this.hangsMs && (this.keys.get(key)?.size ?? 0) >= MOST;
  }

  /** How long the first one has been in the making, in ms. */
  private ageOf(key: string): number {
    const [first] = this.keys.get(key) ?? [];
    return first === undefined ? 0 : performance.now() - first.since;
  }
}
