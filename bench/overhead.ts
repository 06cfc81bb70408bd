import { Agent } from "node:http";
import { join } from "node:path";
import type { NextServer } from "../runtime/test/lib/next";
import { Origin } from "../runtime/test/lib/origin";
import { endAll, freePort, requireProgram, temporaryFolder } from "../runtime/test/lib/processes";
import { buildAll, startVariant, stop, VARIANTS, type Site, type Variant } from "./cache/variants";
import { machine } from "./machine";
import { interval, type Interval } from "./interval";
import { row, type BenchOptions, type Result, type Row } from "./rows";
import { visit } from "./visit";

/** What answers from memory cannot help: a page for each visitor, and pages that nobody asked for before. */
const dynamic = (serial: number): string => `/d/${serial}`;
const miss = (serial: number): string => `/p/${serial}`;

/** What is compared in one process, in turn. */
const FIGURES = [
  { figure: "cpu-more-dynamic", path: dynamic, first: "/on", second: "/off" },
  { figure: "cpu-more-miss", path: miss, first: "/on", second: "/off" },
  // what is the same: how far chance alone moves the figure
  { figure: "cpu-more-control", path: dynamic, first: "/off", second: "/off" },
] as const;

interface Plan {
  /** Servers, one after the other. */
  readonly servers: number;
  /** In each of them both are measured once, in turn. */
  readonly rounds: number;
  /** Requests of one measurement. */
  readonly requests: number;
  readonly warmUp: number;
}
const FULL: Plan = { servers: 3, rounds: 200, requests: 30, warmUp: 2000 };
const SHORT: Plan = { servers: 1, rounds: 100, requests: 30, warmUp: 1000 };

const CONNECTIONS = 8;
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
const AS_BROWSER = { "User-Agent": "Mozilla/5.0 Firefox/140.0" };

type Ratios = Readonly<Record<string, number[]>>;

/**
 * What whole answers cost requests that they cannot answer, as processor time of the server (wall-clock time says more of
 * what else the machine does). Two processes of one program differ by some percent, so one process switches them on and
 * off, in short rounds.
 */
export async function overhead({ short }: BenchOptions): Promise<Result> {
  requireProgram("redis-server", "install it, for example with: apt-get install redis-server");
  const plan = short ? SHORT : FULL;
  const variants = VARIANTS.filter(({ name }) => name === "runtime");
  const origin = await Origin.launch();
  try {
    const site = await buildAll(temporaryFolder("bench"), origin, variants);
    const ratios: Ratios = Object.fromEntries(FIGURES.map(({ figure }) => [figure, []]));
    for (const variant of variants)
      for (let server = 1; server <= plan.servers; server++) {
        await measure(variant, site, plan, ratios);
        console.error(`server ${server} of ${plan.servers} measured`);
      }
    const rows = FIGURES.flatMap(({ figure }) => rowsOf(figure, interval(ratios[figure] ?? [])));
    const versions = { node: process.version, next: site.installed.version };
    return { name: "overhead", rows, versions, machine: machine() };
  } finally {
    await origin.close();
    endAll();
  }
}

async function measure(variant: Variant, site: Site, plan: Plan, ratios: Ratios): Promise<void> {
  const port = await freePort();
  const options = ["--import", join(__dirname, "toggle.mjs")];
  const env = { ...variant.env, BENCH_TOGGLE_PORT: String(port) };
  const running = await startVariant({ ...variant, env }, site, options);
  try {
    for (const path of [dynamic, miss]) await ask(running.server, path, plan.warmUp);
    for (const { figure, path, first, second } of FIGURES)
      for (let round = 0; round < plan.rounds; round++) {
        const used = { first: 0, second: 0 };
        // what the machine does meanwhile, and what grows with time, weighs on both alike
        for (const which of round % 2
          ? (["first", "second"] as const)
          : (["second", "first"] as const)) {
          const how = which === "first" ? first : second;
          const before = await toggle(port, how);
          await ask(running.server, path, plan.requests);
          used[which] = (await toggle(port, how)) - before;
        }
        ratios[figure]?.push(used.first / used.second);
      }
  } finally {
    await stop(running);
  }
}

/** In percent: what it is, and between what it is with 95 % confidence. */
function rowsOf(figure: string, { median, low, high }: Interval): readonly Row[] {
  const percent = (ratio: number): number => (ratio - 1) * 100;
  return [
    row(figure, percent(median), "%"),
    row(`${figure}-from`, percent(low), "%"),
    row(`${figure}-to`, percent(high), "%"),
  ];
}

let serial = 2_000_000;

/** Switches, and tells the user and system time of the process so far, in microseconds. */
async function toggle(port: number, path: string): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  const told = (await response.json()) as Partial<NodeJS.CpuUsage> & { readonly error?: string };
  if (told.user === undefined || told.system === undefined)
    throw new Error(`the server cannot be switched: ${told.error}`);
  return told.user + told.system;
}

/** So many requests, each for another page, as browsers ask. */
async function ask(server: NextServer, path: (serial: number) => string, count: number) {
  let left = count;
  const visitor = async (): Promise<void> => {
    while (left-- > 0) await visit(server.port, path(serial++), agent, AS_BROWSER);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, visitor));
}
