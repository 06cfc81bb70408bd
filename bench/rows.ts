/** One figure of a benchmark. */
export interface Row {
  readonly figure: string;
  readonly value: number;
  readonly unit: string;
  /** What it is compared with in the same run. */
  readonly baseline: number | null;
  readonly ratio: number | null;
}

export interface Result {
  readonly name: string;
  readonly rows: readonly Row[];
  readonly versions: Readonly<Record<string, string>>;
  readonly machine: Readonly<Record<string, string | number>>;
}

export interface BenchOptions {
  /** The main figures in about two minutes, instead of all of them. */
  readonly short: boolean;
}

/** @param share 0.5: the median */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

/** Three decimals. */
function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

export function row(figure: string, value: number, unit: string, baseline?: number): Row {
  if (baseline === undefined)
    return { figure, value: rounded(value), unit, baseline: null, ratio: null };
  const ratio = rounded(value / baseline);
  return { figure, value: rounded(value), unit, baseline: rounded(baseline), ratio };
}

/** One value of what was measured of each. */
export function each<T>(
  measured: ReadonlyMap<string, T>,
  of: (one: T) => number,
): ReadonlyMap<string, number> {
  return new Map([...measured].map(([name, one]) => [name, of(one)]));
}

/** The median over the rounds of what was measured of each. */
export function medians<T>(
  measured: ReadonlyMap<string, readonly T[]>,
  of: (one: T) => number,
): ReadonlyMap<string, number> {
  return each(measured, (them) => percentile(them.map(of), 0.5));
}

/** Which value of a figure belongs to the runtime, and which the others are compared with. */
const OWN = "runtime";
const BASELINE = "next-memory";

/** A row for each variant: the runtime's has the figure's name, the others their own behind it. */
export function rowsOfVariants(
  figure: string,
  values: ReadonlyMap<string, number>,
  unit: string,
): readonly Row[] {
  return [...values].map(([name, value]) => row(nameOf(figure, name), value, unit));
}

/** The same, with the ratio to Next.js's own memory. */
export function compare(
  figure: string,
  values: ReadonlyMap<string, number>,
  unit: string,
): readonly Row[] {
  const baseline = values.get(BASELINE);
  return [...values].map(([name, value]) =>
    row(nameOf(figure, name), value, unit, name === BASELINE ? undefined : baseline),
  );
}

export function nameOf(figure: string, variant: string): string {
  return variant === OWN ? figure : `${figure}/${variant}`;
}
