import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Where a price was read: in AWS's own price list (by `npm run prices`), in what others published of it, or nowhere: what
 * is from memory could not be checked.
 */
export type Origin = "price list" | "copy" | "memory";

export interface Price {
  /** US dollars for one unit, without tax. */
  readonly usd: number;
  readonly unit: string;
  readonly from: Origin;
  /** Of a copy: what has the same price, and of which day it is; absent where that was not noted. */
  readonly source?: string;
  /** AWS's number of the product: of all that was read from the price list, and of copies that have it. */
  readonly sku?: string;
}

/** The prices of a region by the names in `wanted.ts`. */
export type RegionPrices = Readonly<Record<string, Price>>;

export interface PriceTable {
  /** The day on which the prices were read, `2026-11-29`. */
  readonly date: string;
  readonly regions: Readonly<Record<string, RegionPrices>>;
}

export const PRICES_FILE = join(__dirname, "prices.json");

/** On-demand list prices, which `npm run prices` renews. */
export function readPrices(file = PRICES_FILE): PriceTable {
  return JSON.parse(readFileSync(file, "utf8")) as PriceTable;
}

/** One line for each price, so that a renewal is a readable diff. */
export function pricesJson({ date, regions }: PriceTable): string {
  const blocks = Object.entries(regions).map(([region, prices]) => {
    const lines = Object.entries(prices).map(([name, price]) => {
      const fields = Object.entries(price).map(
        ([key, value]) => `"${key}": ${JSON.stringify(value)}`,
      );
      return `      ${JSON.stringify(name)}: { ${fields.join(", ")} }`;
    });
    return `    ${JSON.stringify(region)}: {\n${lines.join(",\n")}\n    }`;
  });
  return `{\n  "date": ${JSON.stringify(date)},\n  "regions": {\n${blocks.join(",\n")}\n  }\n}\n`;
}

const DAY = 86_400_000;
/** AWS changes prices of running services rarely; a table of last year is not believed any more. */
const MOST_DAYS = 365;

/** What to say of a table that is older than a year at `today`; undefined if it is not. */
export function ageWarning({ date }: Pick<PriceTable, "date">, today: Date): string | undefined {
  const days = Math.floor((Number(today) - Number(new Date(`${date}T00:00:00Z`))) / DAY);
  if (days <= MOST_DAYS) return undefined;
  return `cost/prices.json: its prices are of ${date}, ${days} days ago, and the cost may be wrong by now.\nnpm run prices`;
}
