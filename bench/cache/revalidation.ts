import { NextServer, type Built } from "../../runtime/test/lib/next";
import type { Origin } from "../../runtime/test/lib/origin";
import { sleep } from "../../runtime/test/lib/processes";
import { RedisServer } from "../../runtime/test/lib/redis";
import { percentile, row, type Row } from "../rows";
import { VARIANTS, type Site, type Variant } from "./variants";

const REVALIDATIONS = 200;
/** Revalidations for each server that do not count: a pod in use has rendered its pages often. */
const WARM_UP = 100;
/** One that costs next to nothing to render, and the article of the other figures. */
const PAGES = [
  { path: "/s/100001", mark: "s", suffix: "" },
  { path: "/p/100001", mark: "p", suffix: "-article" },
] as const;
/** How often the servers are asked: more would take processor time from the rendering. */
const POLL_MS = 2;
const SHARES = { p50: 0.5, p99: 0.99 } as const;

/** The runtime on three servers, beside Next.js's own memory with one: the rendering alone. */
export async function revalidations({ origin, builtOf }: Site): Promise<readonly Row[]> {
  const named = (name: string): Variant =>
    VARIANTS.find((variant) => variant.name === name) as Variant;
  const [own, plain] = [named("runtime"), named("next-memory")];
  const rows: Row[] = [];
  for (const page of PAGES) {
    const alone = await seen(builtOf(plain.switch), plain.env, origin, 1, page);
    const shared = await seen(builtOf(own.switch), own.env, origin, 3, page);
    for (const [name, share] of Object.entries(SHARES)) {
      const figure = `revalidation-seen-${name}${page.suffix}`;
      rows.push(row(figure, percentile(shared, share), "ms", percentile(alone, share)));
    }
  }
  return rows;
}

/**
 * From the answer to the revalidation until each of the servers has shown the new page, which one of them renders in
 * that time; in milliseconds.
 */
async function seen(
  built: Built,
  env: Variant["env"],
  origin: Origin,
  count: number,
  { path, mark }: { readonly path: string; readonly mark: string },
): Promise<number[]> {
  const redis = await RedisServer.launch();
  const launch = (): Promise<NextServer> =>
    NextServer.launch(built, origin, { ...env, REDIS_URL: redis.url });
  const servers = await Promise.all(Array.from({ length: count }, launch));
  const times: number[] = [];
  for (const server of servers) await server.send(path);
  for (let i = 0; i < REVALIDATIONS + WARM_UP * count; i++) {
    const values = await Promise.all(servers.map((server) => server.value(path, mark)));
    const before = Math.max(...values);
    await servers[i % count]?.send(`/control?path=${path}`);
    const answered = performance.now();
    await Promise.all(
      servers.map(async (server) => {
        while ((await server.value(path, mark)) <= before) await sleep(POLL_MS);
      }),
    );
    if (i >= WARM_UP * count) times.push(performance.now() - answered);
    await sleep(20);
  }
  await Promise.all(servers.map((server) => server.end()));
  await redis.kill();
  return times;
}
