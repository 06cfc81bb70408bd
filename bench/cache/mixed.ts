import { BROWSER, sendTo, type LoadWithCpu } from "../load";
import { compare, medians, type Row } from "../rows";
import { podsFor, type HitOptions } from "./hits";
import type { Running } from "./variants";

/** Articles that many ask for. */
export const HOT = 100;
/** Articles that hardly anybody asks for. */
export const TAIL = 20_000;
const CONNECTIONS = 32;

/** All hot articles are in the caches, as often asked for as it takes to be kept. */
export async function warm({ server }: Running): Promise<void> {
  for (let id = 1; id <= HOT; id++)
    for (let i = 0; i < 5; i++)
      for (const encoding of [BROWSER, "gzip", "identity"])
        await server.send(`/p/${id}`, { headers: { "Accept-Encoding": encoding } });
}

/** 80 % hits on 100 pages, 15 % on a long tail of 20,000, 5 % dynamic. */
export async function mixed(
  all: readonly Running[],
  { rounds, seconds }: HitOptions,
): Promise<readonly Row[]> {
  const results = new Map<string, LoadWithCpu[]>();
  for (const running of all) await warm(running);
  for (let round = 0; round < rounds; round++) {
    for (const { server, variant } of all) {
      const load = ["mixed", HOT, TAIL, round + 1] as const;
      const options = { load, connections: CONNECTIONS, seconds, encoding: BROWSER };
      const result = await sendTo(server, options);
      results.set(variant.name, [...(results.get(variant.name) ?? []), result]);
    }
    console.error(`mixed load: round ${round + 1} of ${rounds}`);
  }
  const rows = (figure: string, of: (result: LoadWithCpu) => number, unit: string) =>
    compare(figure, medians(results, of), unit);
  const cpu = medians(results, (result) => result.cpuSeconds);
  return [
    ...rows("mixed-pages-per-second-c32", (result) => result.perSecond, "1/s"),
    ...rows("mixed-p50-c32", (result) => result.p50, "ms"),
    ...rows("mixed-p99-c32", (result) => result.p99, "ms"),
    ...compare("cpu-seconds-per-1000-mixed", cpu, "s"),
    ...podsFor("mixed", cpu),
  ];
}
