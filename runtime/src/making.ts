import { HANGS_MS } from "./hanging";
import { bounded } from "./wait";

/** Results of one key that are made at a time once one of them hangs, where there is one to show. */
const MOST = 3;

interface One {
  readonly since: number;
  readonly done: Promise<void>;
}

/** The 'use cache' results that this process is making. From 16.3 on Next.js tells of one when it is whole. */
export class Making {
  /** In the order of their beginning. */
  private readonly keys = new Map<string, Set<One>>();

  constructor(private readonly hangsMs = HANGS_MS) {}

  /** @returns what is to be called at the end */
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

  /** Whoever asks meanwhile waits for the last one, but not where one hangs. */
  async settled(key: string): Promise<void> {
    const left = this.hangsMs - this.ageOf(key);
    if (left > 0) await this.over(key, left);
  }

  /** Until the last one is over, or for `ms`; undefined where none is made. */
  over(key: string, ms?: number): Promise<void> | undefined {
    const last = [...(this.keys.get(key) ?? [])].at(-1);
    return last && ms !== undefined ? bounded(last.done, ms) : last?.done;
  }

  /** So many are made while one hangs that what there is to show is not to begin another one. */
  isExhausted(key: string): boolean {
    return this.ageOf(key) >= this.hangsMs && (this.keys.get(key)?.size ?? 0) >= MOST;
  }

  /** Of the first one. */
  private ageOf(key: string): number {
    const [first] = this.keys.get(key) ?? [];
    return first === undefined ? 0 : performance.now() - first.since;
  }
}
