import assert from "node:assert/strict";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { FaultSetup } from "./faults";
import { NextServer } from "./lib/next";
import { removeFolder, sleep, temporaryFolder, until } from "./lib/processes";
import { RedisServer } from "./lib/redis";
import type { Suite } from "./lib/suite";
import { hangingFile } from "./lib/hanging-file";

const PATHS = ["/fast", "/tagged/one", "/dynamic", "/legacy/one", "/static"];
/** What a request takes longer because of the folder. */
const ADDED_MS = 300;

/** A shared folder that hangs, as a hard NFS mount does when its server is away. */
export async function hangs(suite: Suite, setup: FaultSetup): Promise<void> {
  await behindRedis(suite, setup);
  await alone(suite, setup);
}

interface Pods {
  readonly servers: readonly NextServer[];
  /** The application's part of the shared folder. */
  app(): string;
  end(): Promise<void>;
}

async function launch(setup: FaultSetup, env: Record<string, string>): Promise<Pods> {
  const folder = temporaryFolder("hang");
  // by name: finding a host takes the same threads as a file
  const ORIGIN_URL = setup.origin.url.replace("127.0.0.1", "localhost");
  const servers = await Promise.all(
    [0, 1].map(() =>
      NextServer.launch(setup.built, setup.origin, {
        SHARED_CACHE_DIR: folder,
        ORIGIN_URL,
        ...env,
      }),
    ),
  );
  const shared = join(folder, "next-shared-cache");
  return {
    servers,
    app: () => join(shared, readdirSync(shared)[0] ?? ""),
    async end() {
      await Promise.all(servers.map((server) => server.end()));
      removeFolder(folder);
    },
  };
}

/** The slowest answer of `seconds` of requests to all pages on all servers. */
async function slowest(servers: readonly NextServer[], seconds: number): Promise<number> {
  let worst = 0;
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(20)) {
    for (const path of PATHS) {
      for (const server of servers) {
        const { status, ms } = await server.send(path);
        assert.equal(status, 200, path);
        worst = Math.max(worst, ms);
      }
    }
  }
  return worst;
}

async function hung(server: NextServer): Promise<number> {
  return Number(/^next_shared_cache_files_hung (\d)$/m.exec(await server.metrics())?.[1] ?? NaN);
}

function logsOf({ servers }: Pods): string {
  return servers.map((server) => server.log.slice(-1500)).join("\n");
}

async function behindRedis(suite: Suite, setup: FaultSetup): Promise<void> {
  const name = `${setup.name}: the shared folder hangs, Redis is well`;
  if (!suite.wants(name)) return;
  const redis = await RedisServer.launch();
  const pods = await launch(setup, { REDIS_URL: redis.url });
  const { servers } = pods;
  await suite.check(
    name,
    async () => {
      const [first, second] = servers;
      assert.ok(first && second);
      const usual = await slowest(servers, 2);
      // each pod looks for records once a second
      const file = await hangingFile(join(pods.app(), "pending/tags-1-hangs.json"));
      const worst = await slowest(servers, 6);
      assert.ok(worst <= usual + ADDED_MS, `${worst} ms, ${usual} ms before`);
      for (const server of servers) assert.equal(await hung(server), 1);
      const before = await second.value("/tagged/one", "tagged");
      await first.control("tag=tag-one");
      await until("a page with data of a host by name", 2, async () =>
        (await second.value("/tagged/one", "tagged")) > before ? true : undefined,
      );
      assert.equal(first.log.match(/The shared folder hangs/g)?.length, 1, "logged once");
      file.release();
      for (const server of servers) {
        await until("the folder to be used again", 3, async () =>
          (await hung(server)) === 0 ? true : undefined,
        );
      }
      assert.match(first.log, /answers again/);
    },
    () => logsOf(pods),
  );
  await pods.end();
  await redis.kill();
}

async function alone(suite: Suite, setup: FaultSetup): Promise<void> {
  const name = `${setup.name}: the shared folder hangs, without Redis`;
  if (!suite.wants(name)) return;
  const pods = await launch(setup, {});
  const { servers } = pods;
  await suite.check(
    name,
    async () => {
      await servers[0]?.control("path=/static");
      const usual = await slowest(servers, 2);
      const shown = await servers[0]?.value("/static", "static");
      const releases = join(pods.app(), "releases");
      for (const path of readdirSync(releases, { recursive: true, withFileTypes: true })) {
        if (!path.isFile()) continue;
        const file = join(path.parentPath, path.name);
        rmSync(file);
        await hangingFile(file);
      }
      const worst = await slowest(servers, 5);
      assert.ok(worst <= usual + ADDED_MS, `${worst} ms, ${usual} ms before`);
      for (const server of servers) assert.ok((await hung(server)) >= 1);
      for (const server of servers) {
        const value = await server.value("/static", "static");
        assert.ok(value >= (shown ?? 0), "the prerendered page came back");
      }
    },
    () => logsOf(pods),
  );
  await pods.end();
}
