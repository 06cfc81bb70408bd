import { AsyncLocalStorage } from "node:async_hooks";
import * as log from "./log";
import * as metrics from "./metrics";
import { get as property } from "./release";

/**
 * After this a rendering counts as hanging, and nothing waits for it any more. A lease in Redis lasts as long; then
 * another pod renders.
 */
export const HANGS_MS = 10_000;
/** How many renderings of one page may hang in the background, and how many in all if visitors wait for some. */
const MOST_BEHIND = 3;
const MOST = 5;

type Work = (...args: unknown[]) => Promise<unknown>;

/** Next.js's `Batcher`: a call with a key that is being worked on gets the same promise. */
interface Batcher {
  batch(key: unknown, work: Work): Promise<unknown>;
  readonly pending: Map<unknown, Promise<unknown>>;
}

/** A visitor's request for a page, while Next.js answers it. */
interface Question {
  /** The visitor has an answer: what is rendered now is for later visitors. */
  isAnswered(): boolean;
  /** So many renderings of this page hang that this process starts none in the background. */
  isExhausted(): boolean;
}

const questions = new AsyncLocalStorage<Question>();

/** Whether this process renders nothing in the background for the current request. */
export function isExhausted(): boolean {
  return questions.getStore()?.isExhausted() ?? false;
}

interface Run {
  /** Since when others have waited for it in vain. */
  since: number | undefined;
}

interface Runs {
  /** Changes the key for Next.js, so that requests do not join what hangs. */
  generation: number;
  unsettled: number;
  current: Run | undefined;
}

/** What one batcher is working on, by key. */
class Works {
  private readonly runs = new Map<string, Runs>();

  constructor(private readonly now: () => number) {}

  hangs(name: string): boolean {
    return this.isLate(this.runs.get(name)?.current);
  }

  count(name: string): number {
    return this.runs.get(name)?.unsettled ?? 0;
  }

  /** All that hang. */
  get hung(): number {
    let sum = 0;
    for (const { unsettled, current } of this.runs.values())
      sum += unsettled - (current === undefined || this.isLate(current) ? 0 : 1);
    return sum;
  }

  /** The next one does not join what hangs. */
  leave(name: string): void {
    const runs = this.runs.get(name);
    if (!runs) return;
    runs.generation++;
    runs.current = undefined;
  }

  suffix(name: string): string {
    const generation = this.runs.get(name)?.generation ?? 0;
    return generation === 0 ? "" : `\0${generation}`;
  }

  async run(name: string, work: (run: Run) => Promise<unknown>): Promise<unknown> {
    const run: Run = { since: undefined };
    const runs = this.runs.get(name) ?? { generation: 0, unsettled: 0, current: undefined };
    this.runs.set(name, runs);
    runs.unsettled++;
    runs.current = run;
    try {
      return await work(run);
    } finally {
      runs.unsettled--;
      if (runs.current === run) runs.current = undefined;
      if (runs.unsettled === 0) this.runs.delete(name);
    }
  }

  private isLate(run: Run | undefined): boolean {
    return run?.since !== undefined && this.now() - run.since >= HANGS_MS;
  }
}

const WATCHED = Symbol.for("next-shared-cache.watched");
const rendering = new Set<Works>();

/**
 * While a page is rendered in the background, Next.js gives all visitors the previous page, without asking the handler:
 * forever, if the rendering hangs. This makes a `ResponseCache` abandon it after a while. Requests that wait for a
 * rendering still share it.
 * @returns false if it is not a known one
 */
export function leavesWhatHangs(
  cache: unknown,
  now: () => number = () => performance.now(),
): boolean {
  if (typeof cache !== "object" || cache === null) return false;
  if (Reflect.has(cache, WATCHED)) return true;
  // 15.5 has another name for the first
  const asking: unknown = property(cache, "getBatcher") ?? property(cache, "batcher");
  const making: unknown = property(cache, "revalidateBatcher");
  if (!isBatcher(asking) || !isBatcher(making)) return false;
  Reflect.set(cache, WATCHED, true);
  const asked = new Works(now);
  const made = new Works(now);
  rendering.add(made);
  metrics.gauge("next_shared_cache_renderings_hung", () =>
    [...rendering].reduce((sum, works) => sum + works.hung, 0),
  );
  leaveLater(asking);
  leaveLater(making);
  watchAsking(asking, asked, made, now);
  watchMaking(making, made, now);
  return true;
}

function watchAsking(batcher: Batcher, asked: Works, made: Works, now: () => number): void {
  const batch = batcher.batch.bind(batcher);
  batcher.batch = (key, work) => {
    const page: unknown = property(key, "key");
    if (typeof key !== "object" || typeof page !== "string") return batch(key, work);
    const name = `${page}\0${String(property(key, "isOnDemandRevalidate"))}`;
    if (asked.hangs(name)) asked.leave(name);
    return batch({ ...key, key: page + asked.suffix(name) }, (...args) =>
      asked.run(name, (run) => {
        const question: Question = {
          isAnswered: () => run.since !== undefined,
          isExhausted: () => made.hangs(page) && made.count(page) >= MOST_BEHIND,
        };
        const answered = (): void => {
          run.since ??= now();
        };
        return questions.run(question, () => work(...args.map((arg) => telling(arg, answered))));
      }),
    );
  };
}

function watchMaking(batcher: Batcher, made: Works, now: () => number): void {
  const batch = batcher.batch.bind(batcher);
  batcher.batch = (page, work) => {
    if (typeof page !== "string") return batch(page, work);
    if (made.hangs(page)) {
      const behind = questions.getStore()?.isAnswered() ?? true;
      const full = made.count(page) >= (behind ? MOST_BEHIND : MOST);
      // tells Next.js that nothing was made; nothing waits for it
      if (full && behind) return Promise.resolve(null);
      if (!full) made.leave(page);
      log.warnSometimes(
        `hangs ${page}`,
        "The rendering of a page hangs, and the next one is not kept from it: give what the page waits for a time limit",
        { page, seconds: HANGS_MS / 1000, hanging: made.count(page) },
      );
    }
    return batch(page + made.suffix(page), (...args) =>
      made.run(page, (run) => {
        run.since = now();
        return work(...args);
      }),
    );
  };
}

/** An argument of the work: the function that answers, or what holds it as `resolve`. */
function telling(arg: unknown, answered: () => void): unknown {
  const wrap =
    (resolve: (value: unknown) => unknown) =>
    (value: unknown): unknown => {
      answered();
      return resolve(value);
    };
  if (isResolve(arg)) return wrap(arg);
  const resolve: unknown = property(arg, "resolve");
  return typeof arg === "object" && isResolve(resolve) ? { ...arg, resolve: wrap(resolve) } : arg;
}

/** Renderings that began before this process could watch: the first request of each kind. */
function leaveLater({ pending }: Batcher): void {
  for (const [key, promise] of pending) {
    const leave = (): void => {
      if (pending.get(key) === promise) pending.delete(key);
    };
    setTimeout(leave, HANGS_MS).unref();
  }
}

function isResolve(value: unknown): value is (value: unknown) => unknown {
  return typeof value === "function";
}

function isBatcher(value: unknown): value is Batcher {
  return (
    typeof property(value, "batch") === "function" && property(value, "pending") instanceof Map
  );
}
