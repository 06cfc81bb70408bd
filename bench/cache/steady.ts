import { Agent } from "node:http";
import { sleep } from "../../runtime/test/lib/processes";
import { random } from "../../runtime/test/lib/random";
import { compare, each, percentile, type Row } from "../rows";
import { visit } from "../visit";
import { HOT, TAIL, warm } from "./mixed";
import type { Running } from "./variants";

/** Requests per second: less than what the slowest can do. */
const RATE = 250;

/**
 * The mixed load at the same rate for all: visitors come when they come. With a fixed number of connections, a server that
 * gives its hits faster has more of them waiting for what it renders, so it is measured under a heavier load.
 */
export async function steady(all: readonly Running[], seconds: number): Promise<readonly Row[]> {
  const measured = new Map<string, readonly number[]>();
  for (const running of all) {
    await warm(running);
    // the tail's pages are those of no other load
    measured.set(running.variant.name, await times(running.server.port, seconds));
    console.error(`steady load: ${running.variant.name} measured`);
  }
  const rows = (name: string, share: number) =>
    compare(
      `mixed-${name}-at-${RATE}-per-second`,
      each(measured, (them) => percentile(them, share)),
      "ms",
    );
  return [...rows("p50", 0.5), ...rows("p99", 0.99)];
}

/** From when each request was due, in milliseconds. */
async function times(port: number, seconds: number): Promise<readonly number[]> {
  const agent = new Agent({ keepAlive: true });
  const started = performance.now();
  const sent: Promise<number>[] = [];
  const below = random(1);
  while (sent.length < RATE * seconds) {
    const due = started + (sent.length * 1000) / RATE;
    const early = due - performance.now();
    if (early > 0) await sleep(early);
    sent.push(timeOf(port, pathOf(below), agent, due));
  }
  const all = await Promise.all(sent);
  agent.destroy();
  return all;
}

/** 80 % hits on hot pages, 15 % on a long tail, 5 % dynamic: as bench/load.lua. */
function pathOf(below: (most: number) => number): string {
  const share = below(100);
  if (share < 80) return `/p/${1 + below(HOT)}`;
  return share < 95 ? `/p/${3_000_000 + below(TAIL)}` : `/d/${below(TAIL)}`;
}

async function timeOf(port: number, path: string, agent: Agent, due: number): Promise<number> {
  await visit(port, path, agent);
  return performance.now() - due;
}
