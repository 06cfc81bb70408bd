import type { Price, RegionPrices } from "./priceTable";
import type { Wanted } from "./wanted";

/*
 * AWS's price list of one service in one region, as CSV: some lines about the list, a line of column names, a line for each price.
 * Source: AWS Billing user guide, "Reading the service price list file for an AWS service".
 */

/** What a list holds of what is wanted. */
export interface Found {
  readonly prices: RegionPrices;
  /** Names of what it does not hold. */
  readonly missing: readonly string[];
}

/** `EU-`, `USE1-` or `eu-west-1-`; nothing in most lists of us-east-1. */
const REGION = /^(?:EU|[A-Z]{3}[0-9]|[a-z]{2}(?:-[a-z]+)+-[0-9])-/;

/**
 * Reads the wanted prices, line by line: the list of EC2 is larger than a string may be.
 * @param wanted products of this service, by name
 * @throws {Error} if it is no price list, or has two prices for one product
 */
export async function pricesIn(
  lines: AsyncIterable<string>,
  wanted: Readonly<Record<string, Wanted>>,
): Promise<Found> {
  const prices: Record<string, Price> = {};
  let columns: readonly string[] | undefined;
  const needed = Object.values(wanted).map(({ usageType }) => usageType);
  for await (const line of lines) {
    if (columns === undefined) {
      if (line.startsWith('"SKU"')) columns = columnsOf(line, Object.values(wanted));
      continue;
    }
    // Most lines are of other products, and need not be taken apart.
    if (!needed.some((usageType) => line.includes(usageType))) continue;
    const row = rowOf(columns, line);
    for (const [name, product] of Object.entries(wanted)) {
      if (!isPriceOf(row, product)) continue;
      const price = priceOf(row, product);
      const other = prices[name];
      if (other && other.usd !== price.usd) {
        throw new Error(
          `two prices for ${name}: ${other.usd} (SKU ${other.sku}) and ${price.usd} (SKU ${price.sku}); ` +
            "say in cost/wanted.ts by which columns they differ",
        );
      }
      prices[name] = price;
    }
  }
  if (columns === undefined) throw new Error('this is no price list: no line begins with "SKU"');
  const names = Object.keys(wanted);
  return {
    prices: Object.fromEntries(
      names.flatMap((name) => (prices[name] ? [[name, prices[name]]] : [])),
    ),
    missing: names.filter((name) => !prices[name]),
  };
}

type Row = Readonly<Record<string, string | undefined>>;

const ALWAYS = ["sku", "termtype", "startingrange", "priceperunit", "currency", "usagetype"];

function columnsOf(line: string, wanted: readonly Wanted[]): string[] {
  const columns = fieldsOf(line).map((column) => column.toLowerCase().replaceAll(" ", ""));
  const needed = [...ALWAYS, ...wanted.flatMap(({ columns: more = {} }) => Object.keys(more))];
  const missing = [...new Set(needed)].filter((column) => !columns.includes(column));
  if (missing.length > 0) throw new Error(`the list has no column ${missing.join(", ")}`);
  return columns;
}

function rowOf(columns: readonly string[], line: string): Row {
  const fields = fieldsOf(line);
  return Object.fromEntries(columns.map((column, index) => [column, fields[index]]));
}

/** On demand, the first tier, and not for free: a free tier has a line of its own. */
function isPriceOf(row: Row, { usageType, columns = {} }: Wanted): boolean {
  return (
    row.usagetype?.replace(REGION, "") === usageType &&
    row.termtype === "OnDemand" &&
    row.currency === "USD" &&
    Number(row.startingrange ?? 0) === 0 &&
    Number(row.priceperunit) > 0 &&
    Object.entries(columns).every(([column, value]) => row[column] === value)
  );
}

function priceOf({ priceperunit, sku }: Row, { unit }: Wanted): Price {
  return { usd: Number(priceperunit), unit, from: "price list", sku: sku ?? "" };
}

/** Fields in quotes, in which a quote stands twice. */
function fieldsOf(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(
    ([, quoted, bare = ""]) => quoted?.replaceAll('""', '"') ?? bare,
  );
}
