/**
 * npm run test:runtime [-- --all] [--versions newest|oldest|16.4.6,15.5] [--only TEXT] [--keep FOLDER]
 *
 * Real builds and servers of Next.js with the packed runtime package, real redis-servers, on loopback.
 * Without arguments: the oldest and the newest supported version. `--all`: every minor, each with Redis's
 * faults; `--faults`: these with every version that is run. What needs no Next.js: npm run test:stores.
 */
import assert from "node:assert/strict";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import {
  componentsConformance,
  hop,
  routerConformance,
  seedsGoStale,
  type Pods,
} from "./conformance";
import { edge } from "./edge";
import { faults } from "./faults";
import { hangs } from "./hangs";
import { hopping } from "./hopping";
import {
  build,
  copyOf,
  install,
  NextServer,
  packRuntime,
  type Built,
  type Installed,
} from "./lib/next";
import "./lib/needs-redis";
import { Origin } from "./lib/origin";
import { endAll, removeFolder, sleep, temporaryFolder } from "./lib/processes";
import { RedisServer } from "./lib/redis";
import { Suite } from "./lib/suite";
import { packages } from "./packages";
import { cachedRenderings, renderings } from "./renderings";
import { sweepsByItself } from "./sweeps-by-itself";
import { answersWithHoles, dependentAnswers, wholeAnswers, type Builder } from "./whole-answers";
import { variablesOf } from "./whole-answers/servers";
import { writeBehindAtTheEnd } from "./write-behind-at-the-end";

const NEWEST = "16.4.6";
const OLDEST = "15.5";
const NAMED: Readonly<Record<string, string>> = { newest: NEWEST, oldest: OLDEST };
const MINORS = ["15.5", "16.0", "16.1", "16.2", "16.3", NEWEST];

interface Mode {
  readonly name: string;
  readonly memoryMiB: number | undefined;
}
/** Which level answers concerns the handlers more than Next.js: by default this is run with one version. */
const WITHOUT_MEMORY: Mode = { name: "redis", memoryMiB: 0 };
const MODES: readonly Mode[] = [
  { name: "redis with memory", memoryMiB: 64 },
  WITHOUT_MEMORY,
  { name: "files", memoryMiB: undefined },
];

function argument(name: string): string | undefined {
  const at = process.argv.indexOf(`--${name}`);
  return at === -1 ? undefined : process.argv[at + 1];
}

/** Three servers of one build on one store, and what ends them. */
async function withPods(
  label: string,
  installed: Installed,
  built: Built,
  origin: Origin,
  mode: Mode,
  use: (pods: Pods, env: Record<string, string>, redis: RedisServer | undefined) => Promise<void>,
): Promise<void> {
  const folder = temporaryFolder("shared");
  const redis = mode.memoryMiB === undefined ? undefined : await RedisServer.launch();
  const env: Record<string, string> = redis
    ? { ...variablesOf(redis), NEXT_SHARED_CACHE_MEMORY_MIB: String(mode.memoryMiB) }
    : { SHARED_CACHE_DIR: folder };
  const [a, b, c] = await Promise.all([0, 1, 2].map(() => NextServer.launch(built, origin, env)));
  assert.ok(a && b && c);
  try {
    await use(
      {
        name: `${installed.version} ${label} ${mode.name}`,
        servers: [a, b, c],
        origin,
        major: Number(installed.version.split(".")[0]),
        minor: Number(installed.version.split(".")[1]),
        settleMs: redis ? 60 : 450,
        leases: redis !== undefined,
      },
      env,
      redis,
    );
  } finally {
    await Promise.all([a, b, c].map((server) => server.end()));
    await redis?.kill();
    removeFolder(folder);
  }
}

/** What the suite looks for happens without the package: else its checks could not fail. */
async function negativeControl(
  suite: Suite,
  installed: Installed,
  built: Built,
  origin: Origin,
): Promise<void> {
  const name = `${installed.version} stock`;
  const copies = [0, 1, 2].map((i) => copyOf(built, join(installed.folder, `stock-copy-${i}`)));
  const servers = await Promise.all(copies.map((copy) => NextServer.launch(copy, origin, {})));
  const [alone] = servers;
  assert.ok(alone);
  try {
    const [major = 0, minor = 0] = installed.version.split(".").map(Number);
    const one = { name: `${name}, one server`, servers: [alone, alone, alone] as const, origin };
    const pods = { ...one, major, minor, settleMs: 60, leases: true };
    if (major >= 16) await seedsGoStale(suite, pods);
    await suite.check(
      `${name}: (control) revalidateTag does not reach the other servers`,
      async () => {
        const before = await servers[1]?.value("/tagged/one", "tagged");
        await servers[0]?.control("tag=tag-one");
        await sleep(300);
        assert.ok(((await servers[0]?.value("/tagged/one", "tagged")) ?? 0) > (before ?? 0));
        assert.equal(await servers[1]?.value("/tagged/one", "tagged"), before);
      },
    );
    await suite.check(`${name}: (control) visitors see older pages after newer ones`, async () => {
      const result = await hop(servers, {
        requests: 600,
        visitors: 4,
        path: "/fast",
        name: "fast",
        revalidate: "path=/fast",
        everyMs: 400,
      });
      console.log(`        ${JSON.stringify(result)}`);
      assert.ok(result.backsteps > 0, "no backsteps without the package");
    });
  } finally {
    await Promise.all(servers.map((server) => server.end()));
  }
}

async function releases(
  suite: Suite,
  installed: Installed,
  one: Built,
  two: Built,
  origin: Origin,
  mode: Mode,
): Promise<void> {
  const name = `${installed.version} ${mode.name}: two releases side by side`;
  if (!suite.wantsAny(name)) return;
  await withPods("router", installed, one, await freshCounts(origin), mode, async (pods, env) => {
    const next = await NextServer.launch(two, origin, env);
    try {
      await suite.check(`${name}: neither reads the other's pages`, async () => {
        const old = pods.servers[0];
        const first = await old.value("/special/shared", "special");
        const second = await next.value("/special/shared", "special");
        assert.ok(second > first, "the new release showed the old one's page");
        assert.equal(await old.value("/special/shared", "special"), first);
        assert.equal(await next.value("/special/shared", "special"), second);
      });
      await suite.check(
        `${name}: a revalidation on the old one reaches the new one, its prerendered pages included`,
        async () => {
          const seed = await next.value("/tagged/one", "tagged");
          await pods.servers[1].control("tag=tag-one&path=/static");
          await sleep(pods.settleMs + 100);
          assert.ok(
            (await next.value("/tagged/one", "tagged")) > seed,
            "a prerendered page outlived its tag",
          );
        },
      );
    } finally {
      await next.end();
    }
  });
}

async function nothingAtStart(
  suite: Suite,
  pods: Pods,
  redis: RedisServer | undefined,
): Promise<void> {
  if (!redis) return;
  await suite.check(`${pods.name}: nothing is written at start-up`, async () => {
    const keys = (await redis.command("KEYS", "*"))
      .split("\n")
      .filter((key) => /:[pdui]:/.test(key));
    assert.deepEqual(keys, []);
  });
}

async function version(
  suite: Suite,
  wanted: string,
  packed: string,
  base: string,
  withFaults: boolean,
): Promise<void> {
  console.log(`\nNext.js ${wanted} on Node ${process.version}`);
  const installed = await install(join(base, wanted), wanted, packed);
  const [major = 0, minor = 0] = installed.version.split(".").map(Number);
  const how = major > 16 || (major === 16 && minor >= 2) ? "adapter" : "function";
  const modes = withFaults ? MODES : MODES.filter((mode) => mode !== WITHOUT_MEMORY);
  const origin = await Origin.launch();
  const timed = async (what: string, options: Parameters<typeof build>[2]): Promise<Built> => {
    const started = performance.now();
    const built = await build(installed, origin, options);
    console.log(`  built ${what} in ${Math.round((performance.now() - started) / 1000)} s`);
    return built;
  };
  try {
    if (how === "function") {
      await suite.check(
        `${installed.version} adapter: the build ends at once and says what to do instead`,
        () =>
          assert.rejects(
            build(installed, origin, { fixture: "router", common: "common", switch: "adapter" }),
            (error: Error) =>
              error.message.includes(
                `Next.js ${installed.version} is too old for the build adapter`,
              ) && error.message.includes("withSharedCache(nextConfig)"),
          ),
      );
    }
    const one = await timed("the router app", {
      fixture: "router",
      common: "common",
      switch: how,
      deploymentId: "one",
    });
    const two = await timed("its next release", {
      fixture: "router",
      common: "common",
      switch: "function",
      deploymentId: "two",
      env: { FIXTURE_COMPRESS: "0" },
    });
    for (const mode of modes) {
      if (!suite.wantsAny(`${installed.version} router ${mode.name}: `)) continue;
      await withPods("router", installed, one, origin, mode, async (pods, _env, redis) => {
        await nothingAtStart(suite, pods, redis);
        if (pods.major >= 16) await seedsGoStale(suite, pods);
        await routerConformance(suite, pods);
        await hopping(suite, pods, (mode.memoryMiB ?? 0) > 0);
      });
    }
    for (const mode of [MODES[0], MODES[2]])
      if (mode) await releases(suite, installed, one, two, origin, mode);
    const components = suite.wantsAny(`${installed.version} components `)
      ? await timed("the components app", {
          fixture: "components",
          common: "common",
          switch: how,
          deploymentId: "one",
        })
      : undefined;
    for (const mode of modes) {
      if (!components || !suite.wantsAny(`${installed.version} components ${mode.name}: `))
        continue;
      await withPods(
        "components",
        installed,
        components,
        await freshCounts(origin),
        mode,
        async (pods) => componentsConformance(suite, pods),
      );
    }
    if (components) await cachedRenderings(suite, { installed, origin, built: components });
    const stock =
      suite.wantsAny(`${installed.version} stock: `) ||
      suite.wantsAny(`${installed.version} whole answers`) ||
      suite.wantsAny(`${installed.version} renderings that hang`)
        ? await timed("the stock app", {
            fixture: "router",
            common: "common",
            switch: "none",
            deploymentId: "one",
          })
        : undefined;
    if (stock) {
      const setup = { installed, origin, built: one, stock, uncompressed: two };
      await wholeAnswers(suite, setup, withFaults);
    }
    const builder: Builder = { installed, origin, how, build: timed };
    await dependentAnswers(suite, builder, withFaults);
    await answersWithHoles(suite, builder, components);
    if (stock) await renderings(suite, { installed, origin, built: one }, stock);
    if (suite.wantsAny(`${installed.version} edge`)) {
      const options = { fixture: "edge", common: "common", deploymentId: "edge" } as const;
      const shared: Record<string, Built> = {
        [how]: await timed("the edge app", { ...options, switch: how }),
      };
      if (how === "adapter") {
        shared["adapter, webpack"] = await timed("the edge app with webpack", {
          ...options,
          switch: how,
          bundler: "webpack",
        });
      }
      const stock = await timed("the stock edge app", { ...options, switch: "none" });
      await edge(suite, { installed, origin, stock, shared });
    }
    if (withFaults) {
      const setup = { name: installed.version, built: one, origin };
      await faults(suite, setup);
      await hangs(suite, setup);
      await sweepsByItself(suite, setup);
      await writeBehindAtTheEnd(suite, setup);
    }
    if (stock) await negativeControl(suite, installed, stock, origin);
  } finally {
    await origin.close();
  }
}

/** Counts of reads start anew for each store. */
async function freshCounts(origin: Origin): Promise<Origin> {
  origin.reads.clear();
  return origin;
}

/** Redis's faults concern the handlers more than Next.js: by default they are run with one version. */
function thorough(wanted: string): boolean {
  return wanted === NEWEST || process.argv.includes("--all") || process.argv.includes("--faults");
}

async function main(): Promise<void> {
  const suite = new Suite(argument("only"));
  const keep = argument("keep");
  const base = keep ?? temporaryFolder("suite");
  mkdirSync(base, { recursive: true });
  const versions =
    argument("versions")
      ?.split(",")
      .map((name) => NAMED[name] ?? name) ??
    (process.argv.includes("--all") ? MINORS : [NEWEST, OLDEST]);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      endAll();
      process.exit(130);
    });
  }
  try {
    const packed = await packRuntime(base);
    assert.ok(readdirSync(base).length > 0);
    if (versions.includes(NEWEST)) await packages(suite, packed, base);
    for (const wanted of versions) await version(suite, wanted, packed, base, thorough(wanted));
  } finally {
    endAll();
  }
  process.exit(suite.report() ? 0 : 1);
}

main().catch((cause: unknown) => {
  console.error(cause);
  endAll();
  process.exit(1);
});
