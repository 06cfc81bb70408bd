import { mkdirSync, readFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import autocannon from "autocannon";
import {
  build,
  install,
  NextServer,
  packRuntime,
  type Built,
  type Installed,
} from "../runtime/test/lib/next";
import { Origin } from "../runtime/test/lib/origin";
import { endAll, requireProgram, run, sleep, temporaryFolder } from "../runtime/test/lib/processes";
import { RedisServer } from "../runtime/test/lib/redis";
import type { Result, Row } from "./main";

const NEXT = "16.4.6";
const PEERS = [
  "@fortedigital/nextjs-cache-handler@3.3.0",
  "@trieb.work/nextjs-turbo-redis-cache@1.18.0",
];
/** Rounds go over all variants in turn, so that whatever else the machine does affects all equally. */
const ROUNDS = 6;
const C1_REQUESTS = 250;
const C32_SECONDS = 2;
/** Pages that are rendered for the memory figures, which are scaled to 10,000. */
const ENTRIES = 2000;
const REVALIDATIONS = 200;
/** Revalidations for each server that do not count: a pod in use has rendered its pages often. */
const WARM_UP = 100;
/** Pages that are revalidated: one that costs next to nothing to render, and the article of the other figures. */
const REVALIDATED = [
  { path: "/s/100001", mark: "s", suffix: "" },
  { path: "/p/100001", mark: "p", suffix: "/article" },
] as const;
/** How often the servers are asked: more would take processor time from the rendering. */
const POLL_MS = 2;

interface Variant {
  readonly name: string;
  readonly switch: "none" | "stock" | "function" | "fortedigital" | "trieb";
  readonly env: Readonly<Record<string, string>>;
  readonly redis: boolean;
}

const VARIANTS: readonly Variant[] = [
  { name: "next-memory", switch: "none", env: {}, redis: false },
  // the same cache, but named as a handler: the bound of what any handler reaches
  { name: "next-memory-as-handler", switch: "stock", env: {}, redis: false },
  { name: "runtime", switch: "function", env: {}, redis: true },
  {
    name: "runtime-without-memory-level",
    switch: "function",
    env: { NEXT_SHARED_CACHE_MEMORY_MIB: "0" },
    redis: true,
  },
  { name: "runtime-files", switch: "function", env: {}, redis: false },
  { name: "fortedigital", switch: "fortedigital", env: {}, redis: true },
  {
    name: "trieb",
    switch: "trieb",
    env: { SKIP_KEYSPACE_CONFIG_CHECK: "false", VERCEL_ENV: "production" },
    redis: true,
  },
];

interface Running {
  readonly variant: Variant;
  readonly server: NextServer;
  readonly redis: RedisServer | undefined;
  readonly c1: number[];
  readonly c32: number[];
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

async function start(
  variant: Variant,
  built: Built,
  origin: Origin,
  node: readonly string[] = [],
): Promise<Running> {
  const redis = variant.redis
    ? await RedisServer.launch(["--notify-keyspace-events", "Exe"])
    : undefined;
  const folder =
    variant.name === "runtime-files" ? { SHARED_CACHE_DIR: temporaryFolder("bench") } : {};
  const server = await NextServer.launch(built, origin, {
    ...(redis ? { REDIS_URL: redis.url } : {}),
    ...folder,
    ...variant.env,
    ...(node.length ? { NODE_OPTIONS: node.join(" ") } : {}),
  });
  return { variant, server, redis, c1: [], c32: [] };
}

/** A peer that does not answer is left out, with a note. */
async function answers({ server, variant }: Running): Promise<boolean> {
  try {
    for (let i = 0; i < 50; i++) {
      const { status } = await server.send("/p/1", { timeoutMs: 30_000 });
      if (status !== 200) throw new Error(`status ${status}`);
    }
    return true;
  } catch (cause) {
    console.error(`${variant.name} is left out: ${String(cause)}\n${server.log.slice(-800)}`);
    return false;
  }
}

async function stop(running: Running): Promise<void> {
  await running.server.end();
  await running.redis?.kill();
}

async function hits(all: readonly Running[]): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    for (const running of all) {
      for (let i = 0; i < C1_REQUESTS; i++) {
        const answer = await running.server.send("/p/1");
        if (answer.status !== 200 || answer.headers["x-nextjs-cache"] !== "HIT") {
          throw new Error(
            `${running.variant.name}: ${answer.status} ${String(answer.headers["x-nextjs-cache"])} is not a hit`,
          );
        }
        running.c1.push(answer.ms);
      }
    }
    for (const running of all) {
      const { requests, non2xx, errors } = await autocannon({
        url: `http://127.0.0.1:${running.server.port}/p/1`,
        connections: 32,
        duration: C32_SECONDS,
      });
      if (non2xx + errors > 0)
        throw new Error(`${running.variant.name}: ${non2xx + errors} failed requests`);
      running.c32.push(requests.average);
    }
    console.error(`round ${round + 1} of ${ROUNDS}`);
  }
}

/**
 * From the answer to the revalidation until each of the servers has shown the new page, which one of them
 * renders in that time. Next.js's own memory with one server is the baseline: the rendering alone.
 */
async function revalidationSeen(
  built: Built,
  origin: Origin,
  count: number,
  { path, mark }: { readonly path: string; readonly mark: string },
): Promise<number[]> {
  const redis = await RedisServer.launch();
  const servers = await Promise.all(
    Array.from({ length: count }, () => NextServer.launch(built, origin, { REDIS_URL: redis.url })),
  );
  const times: number[] = [];
  for (const server of servers) await server.send(path);
  for (let i = 0; i < REVALIDATIONS + WARM_UP * count; i++) {
    const before = Math.max(
      ...(await Promise.all(servers.map((server) => server.value(path, mark)))),
    );
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

function residentBytes(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(line) * 1024;
}

/** What 10,000 pages cost in the process, and one in Redis. */
async function memory(
  variant: Variant,
  built: Built,
  origin: Origin,
): Promise<{ heap: number; resident: number; redis: number }> {
  const running = await start(variant, built, origin, ["--expose-gc"]);
  const measure = async (): Promise<{ heap: number; resident: number }> => {
    await running.server.send("/control?gc=1");
    const usage = JSON.parse((await running.server.send("/control?gc=1")).body) as {
      heapUsed: number;
      external: number;
    };
    return { heap: usage.heapUsed + usage.external, resident: residentBytes(running.server.pid) };
  };
  const used = async (): Promise<number> =>
    Number(
      /used_memory:(\d+)/.exec((await running.redis?.command("INFO", "memory")) ?? "")?.[1] ?? 0,
    );
  for (let i = 0; i < 200; i++) await running.server.send("/p/1");
  const before = await measure();
  const redisBefore = await used();
  let next = 2;
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      while (next <= ENTRIES) await running.server.send(`/p/${next++}`);
    }),
  );
  await sleep(1000);
  const after = await measure();
  const redisAfter = await used();
  await stop(running);
  const scale = 10_000 / ENTRIES;
  return {
    heap: (after.heap - before.heap) * scale,
    resident: (after.resident - before.resident) * scale,
    redis: (redisAfter - redisBefore) / ENTRIES,
  };
}

export async function cache(): Promise<Result> {
  requireProgram("redis-server", "install it, for example with: apt-get install redis-server");
  const base = temporaryFolder("bench");
  try {
    return await measure(base);
  } finally {
    endAll();
  }
}

async function measure(base: string): Promise<Result> {
  const packed = await packRuntime(base);
  const installed: Installed = await install(join(base, "next"), NEXT, packed, PEERS);
  mkdirSync(base, { recursive: true });
  const origin = await Origin.launch();
  // one of the peers works only with this version of node-redis
  const withOldRedis = await install(join(base, "next-redis-4"), NEXT, packed, [
    ...PEERS,
    "redis@4.7.0",
  ]);
  const builds = new Map<Variant["switch"], Built>();
  for (const { switch: how } of VARIANTS) {
    if (builds.has(how)) continue;
    const folder = how === "trieb" ? withOldRedis : installed;
    builds.set(
      how,
      await build(folder, origin, { fixture: "bench", common: "common", switch: how }),
    );
  }
  const builtOf = (variant: Variant): Built => builds.get(variant.switch) as Built;
  const rows: Row[] = [];
  const all: Running[] = [];
  for (const variant of VARIANTS) {
    const running = await start(variant, builtOf(variant), origin);
    if (await answers(running)) all.push(running);
    else await stop(running);
  }
  await hits(all);
  await Promise.all(all.map(stop));

  const c1 = new Map(all.map((r) => [r.variant.name, percentile(r.c1, 0.5)]));
  const c32 = new Map(all.map((r) => [r.variant.name, percentile(r.c32, 0.5)]));
  const compare = (figure: string, values: ReadonlyMap<string, number>, unit: string): void => {
    const baseline = values.get("next-memory") ?? NaN;
    for (const [name, value] of values) {
      rows.push({
        figure: name === "runtime" ? figure : `${figure}/${name}`,
        value: rounded(value),
        unit,
        baseline: name === "next-memory" ? null : rounded(baseline),
        ratio: name === "next-memory" ? null : rounded(value / baseline),
      });
    }
  };
  compare("isr-hit-p50-c1", c1, "ms");
  compare("isr-hits-per-second-c32", c32, "1/s");
  for (const row of rows)
    console.error(`${row.figure} ${row.value} ${row.unit} ${row.ratio ?? ""}`);

  const own = VARIANTS.find((variant) => variant.name === "runtime") as Variant;
  const plain = VARIANTS.find((variant) => variant.name === "next-memory") as Variant;
  for (const page of REVALIDATED) {
    const alone = await revalidationSeen(builtOf(plain), origin, 1, page);
    const seen = await revalidationSeen(builtOf(own), origin, 3, page);
    for (const [figure, share] of [
      ["revalidation-seen-p50", 0.5],
      ["revalidation-seen-p99", 0.99],
    ] as const) {
      const [value, baseline] = [percentile(seen, share), percentile(alone, share)];
      rows.push({
        figure: `${figure}${page.suffix}`,
        value: rounded(value),
        unit: "ms",
        baseline: rounded(baseline),
        ratio: rounded(value / baseline),
      });
    }
  }

  const measured = all.map((running) => running.variant);
  for (const variant of measured.filter((v) => !/files|without|as-handler/.test(v.name))) {
    const { heap, resident, redis } = await memory(variant, builtOf(variant), origin);
    const suffix = variant.name === "runtime" ? "" : `/${variant.name}`;
    rows.push({
      figure: `heap-per-10000-entries${suffix}`,
      value: rounded(heap / 2 ** 20),
      unit: "MiB",
      baseline: null,
      ratio: null,
    });
    rows.push({
      figure: `resident-per-10000-entries${suffix}`,
      value: rounded(resident / 2 ** 20),
      unit: "MiB",
      baseline: null,
      ratio: null,
    });
    if (variant.redis) {
      rows.push({
        figure: `redis-bytes-per-entry${suffix}`,
        value: Math.round(redis),
        unit: "B",
        baseline: null,
        ratio: null,
      });
    }
    console.error(`memory of ${variant.name} measured`);
  }
  await origin.close();
  return {
    name: "cache",
    rows,
    versions: {
      node: process.version,
      next: installed.version,
      redis: /v=([\d.]+)/.exec(await run("redis-server", ["--version"]))?.[1] ?? "",
      ...Object.fromEntries(
        PEERS.map((peer) => [
          peer.slice(0, peer.lastIndexOf("@")),
          peer.slice(peer.lastIndexOf("@") + 1),
        ]),
      ),
    },
    machine: {
      cpus: cpus().length,
      model: cpus()[0]?.model ?? "",
      memoryGiB: Math.round(totalmem() / 2 ** 30),
    },
  };
}
