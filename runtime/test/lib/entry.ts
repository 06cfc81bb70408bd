import type { Entry } from "../../src/entry";

/** A page as the stores keep it. */
export function entry(over: Partial<Entry> = {}): Entry {
  return {
    key: "p:/page",
    asOf: 1_700_000_000_000_000,
    storedAt: 1_700_000_000_100_000,
    staleAt: 0,
    tags: ["a", "grün", "with,comma"],
    cacheControl: { revalidate: 60, expire: 3600 },
    value: {
      kind: "APP_PAGE",
      html: "<p>ü</p>".repeat(500),
      rscData: Buffer.from([0, 255, 1]),
      segmentData: new Map([["/x", Buffer.from("y")]]),
    },
    ...over,
  };
}
