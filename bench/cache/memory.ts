import { readFileSync } from "node:fs";
import type { NextServer } from "../../runtime/test/lib/next";
import { sleep } from "../../runtime/test/lib/processes";
import { BROWSER } from "../load";
import { nameOf, row, type Row } from "../rows";
import { startVariant, stop, type Running, type Site, type Variant } from "./variants";

/** How often each page is asked for: often enough that whole answers are kept of it. */
const TIMES = 5;
/** Requests at a time. */
const PARALLEL = 8;
/** Requests for one page before anything is measured. */
const WARM_UP = 200;

export function residentBytes(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(line) * 1024;
}

/** V8's used heap and external memory after garbage collection, in bytes. The process has to run with --expose-gc. */
export async function usageOf(server: NextServer): Promise<number> {
  await server.send("/control?gc=1");
  const { body } = await server.send("/control?gc=1");
  const usage = JSON.parse(body) as { heapUsed: number; external: number };
  return usage.heapUsed + usage.external;
}

/** What so many pages cost in the process, and one in Redis. Nothing is scaled: caches have their limits. */
export async function memory(
  variant: Variant,
  site: Site,
  entries: number,
): Promise<readonly Row[]> {
  const running = await startVariant(variant, site, ["--expose-gc"]);
  try {
    return await measured(running, entries);
  } finally {
    await stop(running);
  }
}

async function measured(running: Running, entries: number): Promise<readonly Row[]> {
  const { server, variant } = running;
  for (let i = 0; i < WARM_UP; i++) await server.send("/p/1");
  const before = await stateOf(running);
  const headers = { "Accept-Encoding": BROWSER };
  let next = 2;
  const visitor = async (): Promise<void> => {
    while (next <= entries) {
      const path = `/p/${next++}`;
      for (let i = 0; i < TIMES; i++) await server.send(path, { headers });
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, visitor));
  await sleep(1000);
  const after = await stateOf(running);
  const name = (figure: string): string => nameOf(figure, variant.name);
  const mib = (bytes: number): number => bytes / 2 ** 20;
  const inRedis = Math.round((after.redis - before.redis) / entries);
  console.error(`memory of ${variant.name} measured`);
  return [
    row(name(`heap-per-${entries}-entries`), mib(after.heap - before.heap), "MiB"),
    row(name(`resident-per-${entries}-entries`), mib(after.resident - before.resident), "MiB"),
    ...(variant.redis ? [row(name("redis-bytes-per-entry"), inRedis, "B")] : []),
  ];
}

async function stateOf({ server, redis }: Running) {
  const info = (await redis?.command("INFO", "memory")) ?? "";
  return {
    heap: await usageOf(server),
    resident: residentBytes(server.pid),
    redis: Number(/used_memory:(\d+)/.exec(info)?.[1] ?? 0),
  };
}
