import { committedPrices, costOf } from "../../cost/cost";
import { changesOf, changeWords, differenceWords } from "../../cost/difference";
import type { Estimate } from "../../cost/estimate";
import { ageWarning, type PriceTable } from "../../cost/priceTable";
import { costLine } from "../../cost/words";
import type { ExtraSection, SectionOf, Version } from "../../review/extraSections";

/** What the change costs more or less in a month. */
export const costSection: SectionOf = (now, before) => costBetween(now, before, new Date());

/**
 * Both versions by the same prices: what changes is the stack, not the table.
 * @param today decides whether extended support is billed, and whether the prices are old
 */
export function costBetween(
  now: Version,
  before: Version | undefined,
  today: Date,
  table: PriceTable = committedPrices(),
): ExtraSection | undefined {
  const is = costOf(now, today, table)?.estimate;
  const was = before && costOf(before, today, table)?.estimate;
  if (!is && !was) return undefined;
  const difference = before && differenceWords(was, is);
  const age = ageWarning(table, today);
  const cost = is ? costLine(is) : "AWS bills nothing any more";
  return {
    id: "cost",
    title: "Cost",
    summary: difference ?? cost,
    lines: [
      ...(before ? changesOf(was, is).map(changeWords) : []),
      ...(difference === undefined ? [] : [cost]),
      ...(age?.split("\n") ?? []),
    ],
    data: { before: was && dataOf(was), now: is && dataOf(is) },
    danger: "capacity",
    changed: difference !== undefined,
    quiet: before !== undefined && difference === undefined,
  };
}

/** US dollars a month, and which of them nobody can be sure of. */
function dataOf({ region, min, max, lines, notPriced, date }: Estimate) {
  return { region, min, max, lines, notPriced, pricesOf: date };
}
