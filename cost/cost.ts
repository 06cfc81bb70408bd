import { usageOf, type Usage } from "../config/platforms/aws/usage";
import type { Plan } from "../plan/plan";
import { estimateOf, type Estimate } from "./estimate";
import { readPrices, type PriceTable } from "./priceTable";

/** A plan with the config that it is from: by full key, maps and lists as JSON. */
export interface Planned {
  readonly plan: Pick<Plan, "resources">;
  readonly config: Readonly<Record<string, string>>;
}

export interface Cost {
  readonly estimate: Estimate;
  readonly usage: Usage;
}

let committed: PriceTable | undefined;

/** The table of this repository, read once. */
export function committedPrices(): PriceTable {
  return (committed ??= readPrices());
}

/**
 * What a stack costs with the usage that its config assumes.
 * @param today decides whether extended support is billed
 * @param table default: that of this repository
 * @returns undefined: AWS bills nothing for it
 */
export function costOf(
  { plan, config }: Planned,
  today: Date,
  table: PriceTable = committedPrices(),
): Cost | undefined {
  const usage = usageOf(config);
  const estimate = estimateOf(plan, { table, usage, today });
  return estimate && { estimate, usage };
}
