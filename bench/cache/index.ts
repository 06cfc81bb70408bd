import { Origin } from "../../runtime/test/lib/origin";
import { endAll, requireProgram, run, temporaryFolder } from "../../runtime/test/lib/processes";
import { loadGenerator } from "../load";
import { machine } from "../machine";
import type { BenchOptions, Result, Row } from "../rows";
import { publicFiles } from "./files";
import { flood } from "./flood";
import { hits, type HitOptions } from "./hits";
import { memory } from "./memory";
import { mixed } from "./mixed";
import { revalidations } from "./revalidation";
import { steady } from "./steady";
import { buildAll, PEERS, startAll, stop, VARIANTS, type Site, type Variant } from "./variants";

interface Plan {
  readonly variants: readonly Variant[];
  readonly hits: HitOptions;
  readonly mixed: HitOptions;
  readonly floodSeconds: number;
  /** Pages that are rendered for the memory figures. */
  readonly entries: number;
  readonly revalidations: boolean;
}

const FULL: Plan = {
  variants: VARIANTS,
  hits: { rounds: 6, seconds: 2 },
  mixed: { rounds: 3, seconds: 10 },
  floodSeconds: 10,
  entries: 10_000,
  revalidations: true,
};
const SHORT: Plan = {
  variants: VARIANTS.filter((variant) => variant.longOnly !== true),
  hits: { rounds: 3, seconds: 1 },
  mixed: { rounds: 1, seconds: 5 },
  floodSeconds: 5,
  entries: 1000,
  revalidations: false,
};

/** What hits, a mixed load and a flood cost, and what is kept, beside Next.js's own memory and other handlers. */
export async function cache({ short }: BenchOptions): Promise<Result> {
  requireProgram("redis-server", "install it, for example with: apt-get install redis-server");
  loadGenerator();
  const plan = short ? SHORT : FULL;
  const origin = await Origin.launch();
  try {
    const site = await buildAll(temporaryFolder("bench"), origin, plan.variants);
    const rows = await figures(site, plan);
    return { name: "cache", rows, versions: await versions(site), machine: machine() };
  } finally {
    await origin.close();
    endAll();
  }
}

async function figures(site: Site, plan: Plan): Promise<readonly Row[]> {
  const rows: Row[] = [];
  const all = await startAll(plan.variants, site);
  rows.push(...(await hits(all, plan.hits)));
  const filing = all.filter(({ variant }) =>
    /^(?:next-memory|runtime|runtime-without-answers)$/.test(variant.name),
  );
  rows.push(...(await publicFiles(filing, plan.hits)));
  await Promise.all(all.map(stop));
  const main = plan.variants.filter((variant) => variant.hitsOnly !== true);
  const mixing = await startAll(main, site);
  rows.push(...(await mixed(mixing, plan.mixed)));
  rows.push(...(await steady(mixing, plan.mixed.seconds)));
  await Promise.all(mixing.map(stop));
  const flooded = main.filter((variant) => /^(?:next|runtime)/.test(variant.name));
  const flooding = await startAll(flooded, site, ["--expose-gc"]);
  rows.push(...(await flood(flooding, plan.floodSeconds)));
  await Promise.all(flooding.map(stop));
  if (plan.revalidations) rows.push(...(await revalidations(site)));
  for (const variant of main) rows.push(...(await memory(variant, site, plan.entries)));
  return rows;
}

async function versions({ installed }: Site): Promise<Result["versions"]> {
  const redis = await run("redis-server", ["--version"]);
  const peers = PEERS.map((peer) => {
    const at = peer.lastIndexOf("@");
    return [peer.slice(0, at), peer.slice(at + 1)] as const;
  });
  return {
    node: process.version,
    next: installed.version,
    redis: /v=([\d.]+)/.exec(redis)?.[1] ?? "",
    ...Object.fromEntries(peers),
  };
}
