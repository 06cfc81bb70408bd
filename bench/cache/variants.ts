import { join } from "node:path";
import {
  build,
  install,
  NextServer,
  packRuntime,
  type Built,
  type Installed,
} from "../../runtime/test/lib/next";
import type { Origin } from "../../runtime/test/lib/origin";
import { temporaryFolder } from "../../runtime/test/lib/processes";
import { RedisServer } from "../../runtime/test/lib/redis";

const NEXT = "16.4.6";
export const PEERS = [
  "@fortedigital/nextjs-cache-handler@3.3.0",
  "@trieb.work/nextjs-turbo-redis-cache@1.18.0",
];

/** One way to keep pages. */
export interface Variant {
  readonly name: string;
  readonly switch: "none" | "stock" | "function" | "fortedigital" | "trieb";
  readonly env: Readonly<Record<string, string>>;
  readonly redis: boolean;
  /** Only hits are measured. */
  readonly hitsOnly?: boolean;
  /** Not in the short form. */
  readonly longOnly?: boolean;
}

export const VARIANTS: readonly Variant[] = [
  { name: "next-memory", switch: "none", env: {}, redis: false },
  // the same cache, but named as a handler: the bound of what any handler reaches that Next.js asks
  {
    name: "next-memory-as-handler",
    switch: "stock",
    env: {},
    redis: false,
    hitsOnly: true,
    longOnly: true,
  },
  { name: "runtime", switch: "function", env: {}, redis: true },
  {
    name: "runtime-without-answers",
    switch: "function",
    env: { NEXT_SHARED_CACHE_ANSWERS: "0" },
    redis: true,
  },
  {
    name: "runtime-without-memory-level",
    switch: "function",
    env: { NEXT_SHARED_CACHE_MEMORY_MIB: "0" },
    redis: true,
    hitsOnly: true,
    longOnly: true,
  },
  {
    name: "runtime-files",
    switch: "function",
    env: {},
    redis: false,
    hitsOnly: true,
    longOnly: true,
  },
  { name: "fortedigital", switch: "fortedigital", env: {}, redis: true, longOnly: true },
  {
    name: "trieb",
    switch: "trieb",
    env: { SKIP_KEYSPACE_CONFIG_CHECK: "false", VERCEL_ENV: "production" },
    redis: true,
    longOnly: true,
  },
];

/** The builds of all variants, and what they are made of. */
export interface Site {
  readonly installed: Installed;
  readonly origin: Origin;
  builtOf(how: Variant["switch"]): Built;
}

/** @param base an empty folder */
export async function buildAll(
  base: string,
  origin: Origin,
  variants: readonly Variant[],
): Promise<Site> {
  const packed = await packRuntime(base);
  const switches = new Set(variants.map((variant) => variant.switch));
  const peers = switches.has("fortedigital") ? PEERS : [];
  const installed = await install(join(base, "next"), NEXT, packed, peers);
  const builds = new Map<Variant["switch"], Built>();
  for (const how of switches) {
    const folder =
      how === "trieb"
        ? // it works only with this version of node-redis
          await install(join(base, "next-redis-4"), NEXT, packed, [...PEERS, "redis@4.7.0"])
        : installed;
    builds.set(
      how,
      await build(folder, origin, { fixture: "bench", common: "common", switch: how }),
    );
  }
  return { installed, origin, builtOf: (how) => builds.get(how) as Built };
}

export interface Running {
  readonly variant: Variant;
  readonly server: NextServer;
  readonly redis: RedisServer | undefined;
}

/** @param node options of Node */
export async function startVariant(
  variant: Variant,
  { origin, builtOf }: Site,
  node: readonly string[] = [],
): Promise<Running> {
  const redis = variant.redis
    ? await RedisServer.launch(["--notify-keyspace-events", "Exe"])
    : undefined;
  const folder =
    variant.name === "runtime-files" ? { SHARED_CACHE_DIR: temporaryFolder("bench") } : {};
  const server = await NextServer.launch(builtOf(variant.switch), origin, {
    ...(redis ? { REDIS_URL: redis.url } : {}),
    ...folder,
    ...variant.env,
    ...(node.length ? { NODE_OPTIONS: node.join(" ") } : {}),
  });
  return { variant, server, redis };
}

/** Those that answer: a peer that does not is left out, with a note. */
export async function startAll(
  variants: readonly Variant[],
  site: Site,
  node: readonly string[] = [],
): Promise<readonly Running[]> {
  const all: Running[] = [];
  for (const variant of variants) {
    const running = await startVariant(variant, site, node);
    if (await answers(running)) all.push(running);
    else await stop(running);
  }
  return all;
}

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

export async function stop(running: Running): Promise<void> {
  await running.server.end();
  await running.redis?.kill();
}
