/** A median, and where the true one is with 95 % confidence. */
export interface Interval {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/**
 * By ranks, so whatever the distribution: how many of the values are below the true median is binomial.
 * @throws for fewer than 20
 */
export function interval(values: readonly number[]): Interval {
  const sorted = [...values].sort((a, b) => a - b);
  const count = sorted.length;
  if (count < 20) throw new Error(`an interval of ${count} values: give 20 or more`);
  const half = (1.96 * Math.sqrt(count)) / 2;
  const at = (rank: number): number => sorted[Math.max(0, Math.min(count - 1, rank))] ?? NaN;
  return {
    median: (at((count - 1) >> 1) + at(count >> 1)) / 2,
    low: at(Math.floor(count / 2 - half)),
    high: at(Math.ceil(count / 2 + half) - 1),
  };
}
