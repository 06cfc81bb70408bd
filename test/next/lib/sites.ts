import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  build,
  copyOf,
  NextServer,
  type Built,
  type Installed,
} from "../../../runtime/test/lib/next";
import { Origin } from "../../../runtime/test/lib/origin";
import { removeFolder, temporaryFolder, until } from "../../../runtime/test/lib/processes";
import { RedisServer } from "../../../runtime/test/lib/redis";
import type { App } from "./case";
import type { Parts } from "./site";

export type Switch = "adapter" | "function" | "none";

/** A build of an app, and the readings that went into it. */
interface BuiltApp {
  readonly built: Built;
  readonly counts: Readonly<Record<string, number>>;
}

/** The builds of one version; what is in the folder already is used again. */
export class Builds {
  constructor(
    private readonly installed: Installed,
    private readonly log: (line: string) => void,
  ) {}

  async get(app: App, how: Switch): Promise<BuiltApp> {
    const record = join(this.installed.folder, `built-${app}-${how}.json`);
    if (existsSync(record)) return JSON.parse(readFileSync(record, "utf8")) as BuiltApp;
    const started = performance.now();
    const origin = await Origin.launch();
    try {
      const built = await build(this.installed, origin, {
        fixtures: "test/next/fixtures",
        common: "common",
        fixture: app,
        switch: how,
        deploymentId: "suite",
        name: `${app}-${how}`,
      });
      const made = { built, counts: origin.counts() };
      writeFileSync(record, JSON.stringify(made));
      this.log(`built ${app} (${how}) in ${Math.round((performance.now() - started) / 1000)} s`);
      return made;
    } finally {
      await origin.close();
    }
  }

  get version(): string {
    return this.installed.version;
  }
}

/** No connection that the suite keeps ends under it; and a busy machine is no Redis that is away. */
const ENVIRONMENT = { KEEP_ALIVE_TIMEOUT: "65000", NEXT_SHARED_CACHE_TIMEOUT_MS: "3000" };

/** The beginning of addresses whose data is looked up in the shared cache, of which no case knows. */
const KEPT: Readonly<Record<App, string>> = {
  router: "/tagged/warm",
  components: "/use/long/warm",
  pages: "/blocking/warm",
};

const METRICS: Readonly<Record<App, string>> = {
  router: "/control?metrics=1",
  components: "/control?metrics=1",
  pages: "/api/metrics",
};

/** A server connects to Redis with its first request, which does not wait for it. */
async function ready({ servers, env }: Parts, app: App): Promise<void> {
  for (const [place, server] of servers.entries()) {
    await server.send(`${KEPT[app]}-${place}`, { timeoutMs: 60_000 });
    if (env.REDIS_URL === undefined) continue;
    await until("a lookup in Redis", 30, async () => {
      await server.send(`${KEPT[app]}-${place}`);
      const { body } = await server.send(METRICS[app]);
      return /store="redis"/.test(body) ? true : undefined;
    });
  }
}

/** Uses a site and ends it. */
async function withSite<T>(
  name: string,
  app: App,
  builds: Builds,
  made: BuiltApp,
  folders: readonly Built[],
  env: Readonly<Record<string, string>>,
  use: (parts: Parts) => Promise<T>,
): Promise<T> {
  const origin = await Origin.launch();
  origin.goOn(made.counts);
  const all = { ...ENVIRONMENT, ...env };
  const servers = await Promise.all(folders.map((built) => NextServer.launch(built, origin, all)));
  try {
    const [built = made.built] = folders;
    const parts = { name, version: builds.version, servers, origin, built, env: all };
    await ready(parts, app);
    return await use(parts);
  } finally {
    await Promise.all(servers.map((server) => server.end()));
    await origin.close();
  }
}

/** Next.js as it comes: one server, or some that know nothing of each other. */
export async function withStock<T>(
  builds: Builds,
  app: App,
  count: number,
  use: (parts: Parts) => Promise<T>,
): Promise<T> {
  const made = await builds.get(app, "none");
  // each writes into its folder
  const folders = Array.from({ length: count }, () => temporaryFolder("stock"));
  const copies = folders.map((folder) => copyOf(made.built, folder));
  const name = count === 1 ? "stock" : `${count} stock servers`;
  try {
    return await withSite(name, app, builds, made, copies, {}, use);
  } finally {
    folders.forEach(removeFolder);
  }
}

/** Three servers with the runtime package, Redis and the client-side cache. */
export async function withOurs<T>(
  builds: Builds,
  app: App,
  how: Switch,
  use: (parts: Parts) => Promise<T>,
): Promise<T> {
  const made = await builds.get(app, how);
  const redis = await RedisServer.launch();
  const env = { REDIS_URL: redis.url, NEXT_SHARED_CACHE_MEMORY_MIB: "64" };
  try {
    const folders = [0, 1, 2].map(() => made.built);
    return await withSite("ours", app, builds, made, folders, env, use);
  } finally {
    await redis.kill();
  }
}
