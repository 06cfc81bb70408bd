import { usageOf } from "../../config/platforms/aws/usage";
import { estimateOf, type Estimate } from "../../cost/estimate";
import { notPricedWords } from "../../cost/words";
import type { Price, PriceTable } from "../../cost/priceTable";
import { WANTED } from "../../cost/wanted";
import type { Plan } from "../../plan/plan";
import { TODAY } from "../policies/helpers";

/** Every price is a dollar, so that amounts are numbers of units; those of larger nodes are more, so that the smallest is taken. */
export function tableOf(
  changes: Readonly<Record<string, Partial<Price> | undefined>> = {},
): PriceTable {
  const prices = Object.entries(WANTED).flatMap(([name, { unit }], index): [string, Price][] => {
    const usd = name.startsWith("node.") && name !== "node.disk" ? 1 + index / 100 : 1;
    if (name in changes && changes[name] === undefined) return [];
    return [[name, { usd, unit, from: "price list", sku: "S", ...changes[name] }]];
  });
  return { date: "2026-11-29", regions: { "eu-west-1": Object.fromEntries(prices) } };
}

export function estimated(
  plan: Pick<Plan, "resources">,
  {
    table = tableOf(),
    today = TODAY,
    config = {},
  }: { table?: PriceTable; today?: Date; config?: Readonly<Record<string, string>> } = {},
): Estimate {
  const estimate = estimateOf(plan, { table, usage: usageOf(config), today });
  if (!estimate) throw new Error("AWS bills nothing for this plan");
  return estimate;
}

/** What is not priced, but for what never is. */
export function unpricedIn({ notPriced }: Estimate): string[] {
  return notPriced.filter(({ never }) => !never).map(notPricedWords);
}

/** `part: detail` of each line, sorted. */
export function linesOf({ lines }: Estimate): string[] {
  return lines.map(({ part, detail }) => `${part}: ${detail}`).sort();
}

export function lineOf(
  estimate: Estimate,
  part: string,
): { detail: string; min: number; max: number } {
  const line = estimate.lines.find((it) => it.part === part);
  if (!line) throw new Error(`no line ${part}; there are: ${linesOf(estimate).join("; ")}`);
  return { detail: line.detail, min: line.min, max: line.max };
}
