import { pricesIn } from "./priceList";
import type { Price, PriceTable, RegionPrices } from "./priceTable";
import { WANTED, type Wanted } from "./wanted";

/** The lines of a service's price list in a region. */
export type OpenList = (service: string, region: string) => AsyncIterable<string>;

export interface Renewed {
  readonly table: PriceTable;
  /** `node.c6a.large in eu-west-1 (AmazonEC2, BoxUsage:c6a.large)`, or why a whole list could not be read. */
  readonly missing: readonly string[];
}

/** The only list that is large: the others say sooner what is wrong. */
const LAST = "AmazonEC2";

/**
 * A table with prices from the lists. What they do not have keeps its price.
 * @param today the day that the table has from then on; it keeps its day if it keeps a price that was read from a list on it
 * @throws {Error} if of a region no small list can be read
 */
export async function renewed(
  old: PriceTable,
  regions: readonly string[],
  open: OpenList,
  today: Date,
): Promise<Renewed> {
  const found: Record<string, Record<string, Price>> = {};
  const missing: string[] = [];
  const failed: Record<string, Error> = {};
  const services = byService();
  const read = async (service: string) => {
    const wanted = services.get(service) ?? {};
    for (const region of regions) {
      try {
        const list = await pricesIn(open(service, region), wanted);
        found[region] = { ...found[region], ...list.prices };
        for (const name of list.missing) {
          missing.push(`${name} in ${region} (${service}, ${wanted[name]?.usageType ?? ""})`);
        }
      } catch (error) {
        const words = `${service} in ${region}: ${(error as Error).message}`;
        failed[region] ??= new Error(words);
        missing.push(words);
      }
    }
  };
  for (const service of services.keys()) if (service !== LAST) await read(service);
  for (const region of regions) if (!found[region] && failed[region]) throw failed[region];
  await read(LAST);
  return { table: tableOf(old, found, today), missing };
}

function tableOf(
  old: PriceTable,
  found: Readonly<Record<string, RegionPrices>>,
  today: Date,
): PriceTable {
  let keepsListed = false;
  const regions = Object.entries(found).map(([region, prices]): [string, RegionPrices] => {
    const all = Object.keys(WANTED).flatMap((name): [string, Price][] => {
      const price = prices[name] ?? old.regions[region]?.[name];
      if (price === undefined) return [];
      if (!prices[name] && price.from === "price list") keepsListed = true;
      return [[name, price]];
    });
    return [region, Object.fromEntries(all)];
  });
  const date = keepsListed ? old.date : today.toISOString().slice(0, 10);
  return { date, regions: Object.fromEntries(regions) };
}

function byService(): Map<string, Record<string, Wanted>> {
  const services = new Map<string, Record<string, Wanted>>();
  for (const [name, wanted] of Object.entries(WANTED)) {
    services.set(wanted.service, { ...services.get(wanted.service), [name]: wanted });
  }
  return services;
}
