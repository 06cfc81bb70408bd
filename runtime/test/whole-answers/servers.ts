import assert from "node:assert/strict";
import { join } from "node:path";
import { exchange, type RawAnswer } from "../lib/exchange";
import { copyOf, NextServer, type Built, type Installed } from "../lib/next";
import type { Origin } from "../lib/origin";
import { removeFolder, temporaryFolder, until } from "../lib/processes";
import { RedisServer } from "../lib/redis";

export interface AnswersSetup {
  readonly installed: Installed;
  readonly origin: Origin;
  /** Of the fixture `router`. */
  readonly built: Built;
  /** The same without the package. */
  readonly stock?: Built;
  /** The same with the package and `compress: false`. */
  readonly uncompressed?: Built;
}

/** Of a server that uses Redis: a machine that is busy is not what is tested here. */
export function variablesOf(redis: RedisServer): Record<string, string> {
  return { REDIS_URL: redis.url, NEXT_SHARED_CACHE_TIMEOUT_MS: "2000" };
}

/** Two servers that give whole answers and one that does not, of one build and one Redis; and stock Next.js. */
export interface Pods {
  readonly stock: NextServer | undefined;
  readonly on: NextServer;
  readonly other: NextServer;
  readonly off: NextServer;
  readonly redis: RedisServer;
  /** What they run. */
  readonly built: Built;
  readonly builtStock: Built | undefined;
}

export type Sent = Readonly<Record<string, string>>;

/** A request that ends its connection. */
export function asked(path: string, headers: Sent, method = "GET", version = "1.1"): string {
  const fields = { Host: "shop.example", Connection: "close", ...headers };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/${version}\r\n${lines.join("")}\r\n`;
}

export async function answer(
  server: NextServer,
  path: string,
  headers: Sent,
  method?: string,
  version?: string,
): Promise<RawAnswer> {
  const [only] = await exchange(server.port, asked(path, headers, method, version), [
    method ?? "GET",
  ]);
  return only ?? assert.fail();
}

/** All of it but the date and the server's own port. */
export function whole({ status, headers, body }: RawAnswer): unknown {
  const rest = headers
    .filter(([name]) => name.toLowerCase() !== "date")
    .map(([name, value]) => [name, value.replace(/localhost:\d+/, "localhost")]);
  return { status, headers: rest, body: body.toString("base64") };
}

/** The router adds a hash of its headers to the URL, and Next.js redirects there who did not. */
export async function asRouterAsks(
  server: NextServer,
  path: string,
  headers: Sent,
): Promise<string> {
  const { status, headers: all } = await answer(server, path, headers);
  const location = all.find(([name]) => name.toLowerCase() === "location")?.[1] ?? "";
  return status === 307 && location.includes("_rsc") ? location : path;
}

export async function metricsOf(
  server: NextServer,
  headers: Record<string, string> = {},
): Promise<string> {
  const { status, body } = await server.send("/control?metrics=1", { headers, timeoutMs: 60_000 });
  // with basePath
  return status === 200 ? body : (await server.send("/base/control?metrics=1")).body;
}

/** How many requests a server answered without Next.js so far, by its metrics. */
export function givenIn(metrics: string): number {
  const all = /^next_shared_cache_requests_total\{[^}]*level="answer"[^}]*\} (\d+)$/gm;
  return [...metrics.matchAll(all)].reduce((sum, [, count]) => sum + Number(count), 0);
}

/** Whether a server uses Redis, by its metrics. */
export function usesRedis(metrics: string): boolean {
  return /^next_shared_cache_breaker_state 0$/m.test(metrics);
}

export async function given(server: NextServer, headers?: Record<string, string>): Promise<number> {
  return givenIn(await metricsOf(server, headers));
}

/** How many of the requests that `ask` makes are answered without Next.js. */
export async function givenBy(server: NextServer, ask: () => Promise<unknown>): Promise<number> {
  const before = await given(server);
  await ask();
  return (await given(server)) - before;
}

/** Asks ten times at most, until so many were answered without Next.js; how many were. */
export async function givenAtLeast(
  server: NextServer,
  wanted: number,
  ask: () => Promise<unknown>,
): Promise<number> {
  let count = 0;
  for (let round = 0; round < 10 && count < wanted; round++) count += await givenBy(server, ask);
  return count;
}

/** The same for one: a page that is kept is answered from memory at the third request, and also on a busy machine soon. */
export async function isGiven(server: NextServer, ask: () => Promise<unknown>): Promise<boolean> {
  return (await givenAtLeast(server, 1, ask)) > 0;
}

export async function withPods(
  setup: AnswersSetup,
  use: (pods: Pods) => Promise<void>,
): Promise<void> {
  const redis = await RedisServer.launch();
  const env = variablesOf(redis);
  const without = { ...env, NEXT_SHARED_CACHE_ANSWERS: "0" };
  const launch = (variables: Sent): Promise<NextServer> =>
    NextServer.launch(setup.built, setup.origin, variables);
  const [on, other, off] = await Promise.all([env, env, without].map(launch));
  // it keeps what it renders in its folder
  const folder = temporaryFolder("stock");
  const builtStock = setup.stock && copyOf(setup.stock, join(folder, "build"));
  const stock = builtStock && (await NextServer.launch(builtStock, setup.origin, {}));
  assert.ok(on && other && off);
  try {
    for (const server of [on, other, off])
      await until("the server to use Redis", 30, async () =>
        usesRedis(await metricsOf(server)) ? true : undefined,
      );
    await use({ on, other, off, stock, redis, built: setup.built, builtStock });
  } finally {
    await Promise.all([on, other, off, stock].map((server) => server?.end()));
    await redis.kill();
    removeFolder(folder);
  }
}
