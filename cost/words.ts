import type { Usage } from "../config/platforms/aws/usage";
import { usageWords } from "./assumptions";
import type { NotPriced, Sum } from "./context";
import type { Estimate } from "./estimate";
import type { Origin } from "./priceTable";

/* What an estimate says to people. */

/** Cents below ten dollars, whole dollars from there: `$3.65`, `$1,342`. */
export function dollars(usd: number): string {
  const [cents, whole] = [usd.toFixed(2), Math.round(usd).toLocaleString("en-US")];
  return `$${usd < 9.995 ? cents.replace(/\.00$/, "") : whole}`;
}

/** `$340`, or `$747 to $2,008`. */
export function rangeOf({ min, max }: Sum): string {
  const [least, most] = [dollars(min), dollars(max)];
  return least === most ? least : `${least} to ${most}`;
}

/** `+$127`, `-$3.65`, or `+$67 to +$1,141` where the fewest and the most differ. */
export function deltaOf(before: Sum, now: Sum): string {
  const signed = (usd: number) => `${usd <= -0.005 ? "-" : "+"}${dollars(Math.abs(usd))}`;
  const [least, most] = [signed(now.min - before.min), signed(now.max - before.max)];
  return least === most ? least : `${least} to ${most}`;
}

/** `Redis for pages: 2 cache.r6g.large, redis; cost/prices.json has no price of …` */
export function notPricedWords({ part, detail, why }: NotPriced): string {
  return `${part}: ${detail === undefined ? "" : `${detail}; `}${why}`;
}

/** Parts that are missing in the sum, beside those that no estimate has. */
export function missingIn({ notPriced }: Estimate): string[] {
  return notPriced.filter(({ never }) => !never).map(({ part }) => part);
}

/** How many parts one line names. */
const NAMED = 5;

/** `NAT gateways, KMS keys`, or the first ones `and 3 more`. */
export function namesOf(parts: readonly string[]): string {
  const more = parts.length - NAMED;
  return more <= 0 ? parts.join(", ") : `${parts.slice(0, NAMED).join(", ")} and ${more} more`;
}

/** `$340`, or `at least $166` where a part is missing. */
export function sumOf(estimate: Estimate): string {
  return `${missingIn(estimate).length > 0 ? "at least " : ""}${rangeOf(estimate)}`;
}

/** One line: how much, where, without what, and what it stands on. */
export function costLine(estimate: Estimate): string {
  const { region, lines, notPriced } = estimate;
  if (lines.length === 0) return `not priced: ${notPriced.map(notPricedWords).join("; ")}`;
  const missing = missingIn(estimate);
  const sum =
    missing.length === 0
      ? `about ${rangeOf(estimate)} a month in ${region}`
      : `${sumOf(estimate)} a month in ${region}, without ${namesOf(missing)},`;
  return `${sum} ${tableWords([estimate])}; traffic between zones and requests are never in it`;
}

/** What the sums stand on: `by list prices of …` only where all of them are from AWS's price list. */
export function tableWords(estimates: readonly Estimate[]): string {
  const of = (...origins: Origin[]) =>
    new Set(estimates.flatMap(({ prices }) => origins.flatMap((origin) => prices[origin]))).size;
  const [unchecked, all] = [of("copy", "memory"), of("copy", "memory", "price list")];
  const date = estimates[0]?.date ?? "";
  if (unchecked === 0) return `by list prices of ${date}`;
  return `by a price table of ${date} (${unchecked} of ${all} prices are not checked against AWS's list yet: npm run prices)`;
}

/** The whole of it: each part, what is assumed, what is not in the sum, and which prices nobody has checked. */
export function costTable(estimate: Estimate, usage: Usage): string[] {
  const { lines, region, notPriced, prices } = estimate;
  const rows = [
    ...lines.map((line) => [line.part, line.detail, rangeOf(line)] as const),
    ["total", "", lines.length === 0 ? "not priced" : sumOf(estimate)] as const,
  ];
  const widest = (column: 0 | 1) => Math.max(...rows.map((row) => row[column].length));
  const [part, detail] = [widest(0) + 2, widest(1) + 2];
  const list = (heading: string, items: readonly string[]) =>
    items.length === 0 ? [] : [heading, ...items.map((item) => `  ${item}`)];
  const missing = lines.length === 0 ? [] : missingIn(estimate);
  return [
    `US dollars a month in ${region}, without tax, ${tableWords([estimate])}`,
    ...rows.map((row) => `  ${row[0].padEnd(part)}${row[1].padEnd(detail)}${row[2]}`),
    ...(missing.length === 0 ? [] : [`  without ${missing.join(", ")}`]),
    ...list("Assumed; `usage` in the config sets other figures: docs/configuration.md", [
      ...usageWords(usage, Object.values(prices).flat()),
      ...estimate.assumed,
    ]),
    ...list("Not priced", notPriced.map(notPricedWords)),
    ...list("Prices that are copies of AWS's list, published by others", prices.copy),
    ...list(
      "Prices from memory, which nobody has checked; npm run prices reads them",
      prices.memory,
    ),
  ];
}
