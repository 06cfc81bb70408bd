import type { Usage } from "../config/platforms/aws/usage";
import type { Plan, PlannedResource } from "../plan/plan";

/* What those that price a part of a plan work with. */

/** Hours that AWS counts for a month. */
export const HOURS = 730;

/** One thing that AWS bills, in US dollars a month. */
export interface Line {
  /** The same before and after a change, and once in a stack: `NAT gateways`. */
  readonly part: string;
  /** What is counted of it: `3`, `2 cache.m7g.large`; empty if it is always one. */
  readonly detail: string;
  readonly min: number;
  readonly max: number;
}

/** US dollars a month, of one line or of several. */
export type Sum = Pick<Line, "min" | "max">;

/** What may cost something and is not in the sum. */
export interface NotPriced {
  /** As a line would name it. */
  readonly part: string;
  readonly why: string;
  /** As a line would count it; absent if that is not known. */
  readonly detail?: string;
  /** Further lines that it stands for: `traffic of web to visitors`. */
  readonly also?: readonly string[];
  /** Whether no estimate has it. */
  readonly never?: true;
}

/** What a pricer works with. */
export interface Context {
  readonly plan: Pick<Plan, "resources">;
  readonly usage: Usage;
  readonly today: Date;
  /** The price of a unit; undefined if the table has none. */
  readonly price: (name: string) => number | undefined;
  /** Adds a line that is the sum of amounts; a thing that is not priced if the table lacks a price, or an amount is no number. */
  readonly add: (part: string, detail: string, ...amounts: Amount[]) => void;
  readonly notPriced: (
    part: string,
    why: string,
    more?: Pick<NotPriced, "detail" | "also">,
  ) => void;
  /** What the lines stand on and nobody has confirmed, in a sentence. */
  readonly assume: (what: string) => void;
}

/** A number of units of a price, or the fewest and the most of them. */
export type Amount = readonly [price: string, units: number, most?: number];

export type Pricer = (resources: readonly PlannedResource[], context: Context) => void;

export function totalOf(sums: readonly Sum[]): Sum {
  return {
    min: sums.reduce((total, { min }) => total + min, 0),
    max: sums.reduce((total, { max }) => total + max, 0),
  };
}

/** `2`, or `2 to 5`. */
export function range(min: number, max: number): string {
  return min === max ? String(min) : `${min} to ${max}`;
}
