import { committedPrices, costOf, type Planned } from "../cost/cost";
import { ageWarning, type PriceTable } from "../cost/priceTable";
import { costLine, costTable } from "../cost/words";

export interface CostPrinted {
  /** For the plan: one line, and a warning if the prices are old. Empty if AWS bills nothing. */
  readonly lines: readonly string[];
  /** What `--cost` prints. */
  readonly table: string;
}

/** @param today decides whether extended support is billed, and whether the prices are old */
export function costPrinted(
  planned: Planned & { readonly plan: { readonly stack: string } },
  today: Date,
  table: PriceTable = committedPrices(),
): CostPrinted {
  const { stack } = planned.plan;
  const cost = costOf(planned, today, table);
  if (!cost)
    return {
      lines: [],
      table: `${stack}: no resource of this stack is billed by AWS. Its pods need nodes of a cluster that is not the stack's.\n`,
    };
  const warning = ageWarning(table, today);
  const old = warning === undefined ? [] : [`warning: ${warning}`];
  return {
    lines: [`${costLine(cost.estimate)}\nnpm run preview -- --stack ${stack} --cost`, ...old],
    table: [`Cost of stack ${stack}`, ...old, ...costTable(cost.estimate, cost.usage), ""].join(
      "\n",
    ),
  };
}
