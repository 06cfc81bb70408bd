import { totalOf, type Line, type NotPriced, type Sum } from "./context";
import { EVERYTHING, type Estimate } from "./estimate";
import { deltaOf, missingIn, namesOf, rangeOf, sumOf } from "./words";

/* What a change does to what a stack costs. */

/** A part of the bill, which may have no price. */
type Part = Line | NotPriced;

/** A part of the bill that is new, gone, or costs more or less. */
export interface CostChange {
  readonly part: string;
  readonly before: Part | undefined;
  readonly now: Part | undefined;
  /** Whether it has no price, before or now: then nobody knows what the change costs. */
  readonly unknown: boolean;
}

/** Less than this is rounding. */
const CENT = 0.005;
const NOTHING: Sum = { min: 0, max: 0 };
const SAME = deltaOf(NOTHING, NOTHING);

/**
 * From the largest to the smallest, by what it may cost at most; what is not priced comes last.
 * @param before undefined: AWS billed nothing; likewise `now`
 */
export function changesOf(before: Estimate | undefined, now: Estimate | undefined): CostChange[] {
  const whole = [before, now].some((estimate) => named(estimate?.notPriced ?? [], EVERYTHING));
  const [old, later] = [before, now].map((it) => (whole ? wholeOf(it) : partsOf(it)));
  const parts = new Set([...(old?.keys() ?? []), ...(later?.keys() ?? [])]);
  return [...parts]
    .map((part) => changeOf(part, old?.get(part), later?.get(part), { before, now }))
    .filter((change) => (change.unknown ? isOther(change) : amountOf(change) >= CENT))
    .sort((a, b) => Number(a.unknown) - Number(b.unknown) || amountOf(b) - amountOf(a));
}

/**
 * `NAT gateways: 1 -> 3, +$70 ($35 -> $105)`, or where a price is missing
 * `Redis for pages: 2 -> 4 cache.r6g.large, redis, not priced`
 */
export function changeWords({ part, before, now, unknown }: CostChange): string {
  if (!unknown) {
    const [was, is] = [sumIn(before), sumIn(now)];
    return `${part}: ${countedWords(before, now)}, ${deltaOf(was, is)} (${rangeOf(was)} -> ${rangeOf(is)})`;
  }
  if (before && now && !isPriced(before) && !isPriced(now)) {
    return `${part}: ${countedWords(before, now)}, not priced`;
  }
  const side = (it: Part | undefined) => {
    if (!it) return "none";
    const price = isPriced(it) ? rangeOf(it) : "not priced";
    return it.detail ? `${it.detail} (${price})` : price;
  };
  const why = now && !isPriced(now) && now.part === part ? `: ${now.why}` : "";
  return `${part}: ${side(before)} -> ${side(now)}${why}`;
}

/**
 * One line: `about +$127 a month ($680 -> $807)`. Parts without a price are named, and not counted as nothing.
 * @returns undefined if it costs the same
 */
export function differenceWords(
  before: Estimate | undefined,
  now: Estimate | undefined,
): string | undefined {
  const changes = changesOf(before, now);
  if (changes.length === 0) return undefined;
  const unknown = changes.filter((change) => change.unknown).map(({ part }) => part);
  const known = changes.filter((change) => !change.unknown);
  const delta = deltaOf(
    totalOf(known.map((change) => sumIn(change.before))),
    totalOf(known.map((change) => sumIn(change.now))),
  );
  const words = delta === SAME ? "about the same, from other parts" : `about ${delta} a month`;
  return [
    ...(known.length > 0 ? [`${words}${unknown.length > 0 ? "" : sumsWords(before, now)}`] : []),
    ...(unknown.length > 0
      ? [`not compared, for want of a price: ${namesOf([...new Set(unknown)])}`]
      : []),
  ].join("; ");
}

/** ` ($680 -> $807)`, or ` (at least $680 -> at least $807, without Redis for pages)` */
function sumsWords(before: Estimate | undefined, now: Estimate | undefined): string {
  const sum = (estimate: Estimate | undefined) => (estimate ? sumOf(estimate) : rangeOf(NOTHING));
  const missing = new Set([before, now].flatMap((it) => (it ? missingIn(it) : [])));
  const without = missing.size === 0 ? "" : `, without ${namesOf([...missing])}`;
  return ` (${sum(before)} -> ${sum(now)}${without})`;
}

/** What is counted of both: `2 -> 4 cache.m7g.large`. */
function countedWords(before: Part | undefined, now: Part | undefined): string {
  const words = (it: Part | undefined) => (it ? (it.detail ?? "") || "1" : "none");
  const [was, is] = [words(before), words(now)];
  if (was === is) return is;
  const [old, later] = [was, is].map((text) => /^([\d.]+(?: to [\d.]+)?)( .+)$/.exec(text));
  return old && later && old[2] === later[2]
    ? `${old[1]} -> ${later[1]}${later[2]}`
    : `${was} -> ${is}`;
}

/** By name: lines, and what is not priced but could be. */
function partsOf(estimate: Estimate | undefined): Map<string, Part> {
  const missing = (estimate?.notPriced ?? []).filter(({ never }) => !never);
  return new Map([...(estimate?.lines ?? []), ...missing].map((it) => [it.part, it]));
}

/** Where a region has no prices, only the whole can be told. */
function wholeOf(estimate: Estimate | undefined): Map<string, Part> {
  if (!estimate) return new Map();
  const { min, max, notPriced } = estimate;
  return new Map([
    [EVERYTHING, named(notPriced, EVERYTHING) ?? { part: EVERYTHING, detail: "", min, max }],
  ]);
}

/** A line that the other version has no price for, under whatever name, is not gone. */
function changeOf(
  part: string,
  old: Part | undefined,
  later: Part | undefined,
  estimates: Readonly<Record<"before" | "now", Estimate | undefined>>,
): CostChange {
  const within = (estimate: Estimate | undefined) =>
    estimate?.notPriced.find(({ also }) => also?.includes(part));
  const before = old ?? within(estimates.before);
  const now = later ?? within(estimates.now);
  return { part, before, now, unknown: [before, now].some((it) => it && !isPriced(it)) };
}

/** Whether what is not priced on both sides is counted otherwise. */
function isOther({ before, now }: CostChange): boolean {
  if (!before || !now || isPriced(before) || isPriced(now)) return true;
  return before.detail !== now.detail;
}

function named(notPriced: readonly NotPriced[], part: string): NotPriced | undefined {
  return notPriced.find((it) => it.part === part);
}

function isPriced(it: Part): it is Line {
  return "min" in it;
}

function sumIn(it: Part | undefined): Sum {
  return it && isPriced(it) ? it : NOTHING;
}

function amountOf(change: CostChange): number {
  const [before, now] = [sumIn(change.before), sumIn(change.now)];
  return Math.max(Math.abs(now.min - before.min), Math.abs(now.max - before.max));
}
