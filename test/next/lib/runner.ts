import { isDeepStrictEqual } from "node:util";
import { nameOf, type Case } from "./case";
import { Site, type Parts } from "./site";

/** A difference that has to be there: an explanation without one fails as well. */
export interface Explained {
  /** `suite: name` of the case. */
  readonly case: string;
  /** What each line of the difference is: another one is not explained. */
  readonly difference: RegExp;
  /** Why one server of Next.js does it and three of ours do not, or the other way round. */
  readonly reason: string;
  /** A fault of the runtime package that is not mended, as against what several servers cannot share. */
  readonly fault?: boolean;
  /** Versions as numbers, such as 16.4. Default: all. */
  readonly versions?: (version: number) => boolean;
}

export type Verdict =
  | { readonly kind: "same" }
  | { readonly kind: "explained"; readonly by: Explained; readonly difference: string }
  | { readonly kind: "failed"; readonly why: string };

export interface Result {
  readonly name: string;
  readonly ms: number;
  readonly verdict: Verdict;
}

interface Outcome {
  readonly observed?: unknown;
  readonly failure?: string;
}

async function outcome(one: Case, parts: Parts): Promise<Outcome> {
  try {
    return { observed: await one.run(new Site(parts)) };
  } catch (cause) {
    return { failure: cause instanceof Error ? cause.message : String(cause) };
  }
}

/** Runs a case on both sites at once: what stock does not do either, the case should not expect. */
export async function runCase(
  one: Case,
  stock: Parts,
  ours: Parts,
  explained: readonly Explained[],
): Promise<Result> {
  const started = performance.now();
  const [expected, found] = await Promise.all([outcome(one, stock), outcome(one, ours)]);
  const version = new Site(stock).version;
  const by = explained.find(
    (entry) => entry.case === nameOf(one) && (entry.versions?.(version) ?? true),
  );
  return {
    name: nameOf(one),
    ms: Math.round(performance.now() - started),
    verdict: verdict(expected, found, by, [stock.name, ours.name]),
  };
}

function verdict(
  expected: Outcome,
  found: Outcome,
  by: Explained | undefined,
  [stock, ours]: readonly [string, string],
): Verdict {
  if (expected.failure !== undefined) {
    return {
      kind: "failed",
      why: `${stock} does not do what the case expects: ${expected.failure}`,
    };
  }
  const difference =
    found.failure !== undefined
      ? `${ours}: ${found.failure}`
      : isDeepStrictEqual(plain(expected.observed), plain(found.observed))
        ? undefined
        : differences(plain(expected.observed), plain(found.observed))
            .map(({ at, left, right }) => `${at}: ${left} on ${stock}, ${right} on ${ours}`)
            .join("\n");
  if (difference === undefined) {
    return by
      ? { kind: "failed", why: `no difference, but one is explained: ${by.reason}` }
      : { kind: "same" };
  }
  return by && difference.split("\n").every((line) => by.difference.test(line))
    ? { kind: "explained", by, difference }
    : { kind: "failed", why: difference };
}

function plain(value: unknown): unknown {
  return value === undefined ? null : (JSON.parse(JSON.stringify(value)) as unknown);
}

interface Difference {
  readonly at: string;
  readonly left: string;
  readonly right: string;
}

function differences(left: unknown, right: unknown, at = "seen"): readonly Difference[] {
  if (isDeepStrictEqual(left, right)) return [];
  if (isObject(left) && isObject(right)) {
    const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])];
    return keys.flatMap((key) => differences(left[key], right[key], `${at}.${key}`));
  }
  return [{ at, left: short(left), right: short(right) }];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function short(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value).slice(0, 400);
}

/** Some cases at once: most of their time is waiting, and none touches what another one does. */
export async function runAll(
  all: readonly Case[],
  stock: Parts,
  ours: Parts,
  options: {
    readonly explained: readonly Explained[];
    readonly atOnce: number;
    readonly done?: (result: Result) => void;
  },
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const waiting = [...all];
  await Promise.all(
    Array.from({ length: options.atOnce }, async () => {
      for (let one = waiting.shift(); one; one = waiting.shift()) {
        const result = await runCase(one, stock, ours, options.explained);
        results.push(result);
        options.done?.(result);
      }
    }),
  );
  return results;
}
