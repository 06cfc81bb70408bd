import { BROWSER, send, type LoadResult } from "../load";
import { compare, each, rowsOfVariants, type Row } from "../rows";
import { residentBytes, usageOf } from "./memory";
import { HOT, warm } from "./mixed";
import type { Running } from "./variants";

/** Connections of the visitors of hot pages, and of who makes up queries. */
const VISITORS = 16;
const FLOODING = 16;

interface Flooded {
  /** What the visitors of hot pages got before and during it. */
  readonly before: LoadResult;
  readonly during: LoadResult;
  readonly flood: LoadResult;
  /** How much more memory the process has after it, in MiB. */
  readonly heap: number;
  readonly resident: number;
}

/** @param all have to run with --expose-gc */
export async function flood(all: readonly Running[], seconds: number): Promise<readonly Row[]> {
  const measured = new Map<string, Flooded>();
  for (const running of all) {
    measured.set(running.variant.name, await flooded(running, seconds));
    console.error(`flood of made-up queries: ${running.variant.name} measured`);
  }
  const rows = (figure: string, of: (one: Flooded) => number, unit: string) =>
    compare(figure, each(measured, of), unit);
  // Growth may be nothing: it has no ratio.
  const growth = (figure: string, of: (one: Flooded) => number) =>
    rowsOfVariants(figure, each(measured, of), "MiB");
  return [
    ...rows("flood-hot-p99-before", (one) => one.before.p99, "ms"),
    ...rows("flood-hot-p99", (one) => one.during.p99, "ms"),
    ...rows("flood-hot-pages-per-second", (one) => one.during.perSecond, "1/s"),
    ...rows("flood-made-up-queries-per-second", (one) => one.flood.perSecond, "1/s"),
    ...growth("flood-heap-growth", (one) => one.heap),
    ...growth("flood-resident-growth", (one) => one.resident),
  ];
}

async function flooded(running: Running, seconds: number): Promise<Flooded> {
  const { server } = running;
  await warm(running);
  const hot = { load: ["hot", HOT] as const, connections: VISITORS, seconds, encoding: BROWSER };
  const before = await send(server.port, hot);
  const used = await usageOf(server);
  const resident = residentBytes(server.pid);
  const made = { ...hot, load: ["flood", HOT, 1] as const, connections: FLOODING };
  const [during, sent] = await Promise.all([send(server.port, hot), send(server.port, made)]);
  return {
    before,
    during,
    flood: sent,
    heap: ((await usageOf(server)) - used) / 2 ** 20,
    resident: (residentBytes(server.pid) - resident) / 2 ** 20,
  };
}
