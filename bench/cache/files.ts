import { sendTo, type LoadWithCpu } from "../load";
import { compare, medians, type Row } from "../rows";
import { FORMS, type HitOptions } from "./hits";
import type { Running } from "./variants";

/** A file of the fixture's `public/`, of 5 KB. */
const FILE = "/logo.svg";
const CONNECTIONS = 32;

/** A logo in `public/`, which Next.js reads and compresses for each visitor. */
export async function publicFiles(
  all: readonly Running[],
  { rounds, seconds }: HitOptions,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const { suffix, encoding } of FORMS) {
    const results = new Map<string, LoadWithCpu[]>();
    for (let round = 0; round < rounds; round++)
      for (const { server, variant } of all) {
        const load = ["path", FILE] as const;
        const result = await sendTo(server, { load, connections: CONNECTIONS, seconds, encoding });
        results.set(variant.name, [...(results.get(variant.name) ?? []), result]);
      }
    const perSecond = medians(results, (result) => result.perSecond);
    const cpu = medians(results, (result) => result.cpuSeconds);
    const bytes = medians(results, (result) => result.bytesPerAnswer);
    rows.push(
      ...compare(`public-files-per-second-c32${suffix}`, perSecond, "1/s"),
      ...compare(`cpu-seconds-per-1000-public-files${suffix}`, cpu, "s"),
      ...compare(`bytes-per-public-file${suffix}`, bytes, "B"),
    );
  }
  console.error("files of public/ measured");
  return rows;
}
