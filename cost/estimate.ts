import type { Usage } from "../config/platforms/aws/usage";
import { factsRecord } from "../plan/facts";
import type { Plan, PlannedResource } from "../plan/plan";
import { madeIn } from "../plan/made";
import { providerOf } from "../plan/typeNames";
import { totalOf, type Amount, type Context, type Line, type NotPriced } from "./context";
import { priceBalancers } from "./lines/balancers";
import { priceNodes } from "./lines/nodes";
import type { Origin, PriceTable } from "./priceTable";
import { isFree, PRICED } from "./resources";

/** What a stack costs in a month at list prices: without tax, discounts, free tiers, and what is not priced. */
export interface Estimate {
  readonly region: string;
  /** The dearest first. */
  readonly lines: readonly Line[];
  readonly min: number;
  readonly max: number;
  readonly notPriced: readonly NotPriced[];
  /** What the lines stand on and nobody has confirmed, beside the figures of `usage`. */
  readonly assumed: readonly string[];
  /** Names of the prices that the sum is made of, by where they were read. */
  readonly prices: Readonly<Record<Origin, readonly string[]>>;
  /** The day of the prices. */
  readonly date: string;
}

export interface Assumed {
  readonly table: PriceTable;
  readonly usage: Usage;
  /** The day for which extended support of Kubernetes versions is priced. */
  readonly today: Date;
}

const BY_USE = "AWS bills it by use, which neither the plan nor a key of usage says";

/** What no plan and no key says. */
const NEVER_PRICED: readonly NotPriced[] = [
  { part: "traffic between zones", why: BY_USE, never: true },
  { part: "requests to KMS, CloudWatch and AWS Backup", why: BY_USE, never: true },
];

/** The part that stands for all parts, where a region has no prices. */
export const EVERYTHING = "everything";

/**
 * What a plan costs. Nothing is asked of anybody: the table is all it knows.
 * @returns undefined: AWS bills nothing for the plan
 */
export function estimateOf(
  plan: Pick<Plan, "resources">,
  { table, usage, today }: Assumed,
): Estimate | undefined {
  const resources = madeIn(plan);
  if (!resources.some(isOfAws)) return undefined;
  const region = regionOf(plan);
  const bill = new Bill(table, region);
  const context: Context = {
    plan: { resources },
    usage,
    today,
    price: (name) => bill.price(name),
    add: (...line) => bill.add(...line),
    notPriced: (part, why, more) => bill.leaveOut({ part, why, ...more }),
    assume: (what) => bill.assume(what),
  };
  if (!(region in table.regions)) {
    const command = `npm run prices -- --region ${region}`;
    const why = `cost/prices.json has no prices of ${region}; ${command}`;
    bill.leaveOut({ part: EVERYTHING, why });
  } else {
    for (const [type, alike] of byType(resources)) {
      const pricer = PRICED[type];
      if (pricer) pricer(alike, context);
      else if (!isFree(type)) {
        const why = "cost/resources.ts does not know what this type costs";
        for (const { name } of alike) bill.leaveOut({ part: `${type} ${name}`, why });
      }
    }
    priceNodes(context);
    priceBalancers(context);
    for (const it of NEVER_PRICED) bill.leaveOut(it);
  }
  return bill.sum();
}

/** Lines and what they are made of. */
class Bill {
  private readonly notPriced: NotPriced[] = [];
  private readonly lines: Line[] = [];
  private readonly used = new Set<string>();
  private readonly assumed: string[] = [];

  constructor(
    private readonly table: PriceTable,
    private readonly region: string,
  ) {}

  price(name: string): number | undefined {
    return this.table.regions[this.region]?.[name]?.usd;
  }

  leaveOut(it: NotPriced): void {
    this.notPriced.push(it);
  }

  assume(what: string): void {
    this.assumed.push(what);
  }

  add(part: string, detail: string, ...amounts: Amount[]): void {
    const missing = amounts.map(([name]) => name).filter((name) => this.price(name) === undefined);
    if (missing.length > 0) {
      const why = `cost/prices.json has no price of ${missing.join(", ")}`;
      this.leaveOut({ part, why, ...(detail !== "" && { detail }) });
      return;
    }
    const total = (units: (amount: Amount) => number) =>
      amounts.reduce((sum, amount) => sum + (this.price(amount[0]) ?? NaN) * units(amount), 0);
    const [min, max] = [total(([, least]) => least), total(([, least, most = least]) => most)];
    if (Number.isNaN(min + max)) {
      this.leaveOut({ part, why: "how much of it there is, the plan does not say" });
      return;
    }
    for (const [name] of amounts) this.used.add(name);
    this.lines.push({ part, detail, min: cents(min), max: cents(max) });
  }

  sum(): Estimate {
    const { table, region, lines } = this;
    const from = (origin: Origin) =>
      [...this.used].filter((name) => table.regions[region]?.[name]?.from === origin);
    const { min, max } = totalOf(lines);
    return {
      region,
      lines: [...lines].sort((a, b) => b.max - a.max),
      min: cents(min),
      max: cents(max),
      notPriced: this.notPriced,
      assumed: this.assumed,
      prices: {
        "price list": from("price list"),
        copy: from("copy"),
        memory: from("memory"),
      },
      date: table.date,
    };
  }
}

function cents(usd: number): number {
  return Math.round(usd * 100) / 100;
}

function isOfAws({ type }: PlannedResource): boolean {
  return ["aws", "eks"].includes(providerOf(type)) && !type.startsWith("pulumi:providers:");
}

/** In the order of the plan. */
function byType(resources: readonly PlannedResource[]): Map<string, PlannedResource[]> {
  const types = new Map<string, PlannedResource[]>();
  for (const resource of resources) {
    types.set(resource.type, [...(types.get(resource.type) ?? []), resource]);
  }
  return types;
}

/** The region that the stack records. */
function regionOf(plan: Pick<Plan, "resources">): string {
  const input = factsRecord(plan)?.inputs.input as Readonly<Record<string, unknown>> | undefined;
  return String(input?.["aws:region"] ?? "a region that is not known");
}
