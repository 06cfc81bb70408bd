import assert from "node:assert/strict";
import { NextServer, type Built } from "./lib/next";
import type { Origin } from "./lib/origin";
import { freePort, removeFolder, run, sleep, temporaryFolder, until } from "./lib/processes";
import { Proxy, RedisServer } from "./lib/redis";
import type { Suite } from "./lib/suite";

const PATHS = [
  ["/fast", "fast"],
  ["/tagged/one", "tagged"],
  ["/dynamic", "data"],
  ["/legacy/one", "legacy"],
  ["/static", "static"],
] as const;

/** What a page may show an older state of, in ms: while Redis is away the files store answers. */
const GRACE_MS = 1000;
/** The promise: what a request takes longer because of Redis. */
const ADDED_MS = 300;

interface Seen {
  readonly value: number;
  readonly at: number;
}

/** One visitor that changes servers with each request, and looks at all pages in turn. */
class Visitor {
  failures: string[] = [];
  backsteps: string[] = [];
  worstMs = 0;
  requests = 0;
  private readonly shown = new Map<string, Seen[]>();
  private stopped = false;
  private readonly running: Promise<void>;

  constructor(private readonly servers: readonly NextServer[]) {
    this.running = this.walk();
  }

  async stop(): Promise<this> {
    this.stopped = true;
    await this.running;
    return this;
  }

  /** Latency from here on. */
  forgetLatency(): number {
    const worst = this.worstMs;
    this.worstMs = 0;
    return worst;
  }

  private async walk(): Promise<void> {
    for (let i = 0; !this.stopped; i++) {
      const [path, name] = PATHS[i % PATHS.length] ?? PATHS[0];
      const server = this.servers[(i + Math.floor(i / PATHS.length)) % this.servers.length];
      const asked = performance.now();
      this.requests++;
      try {
        const answer = await server?.send(path);
        if (!answer || answer.status !== 200) throw new Error(`${path}: status ${answer?.status}`);
        this.worstMs = Math.max(this.worstMs, answer.ms);
        const value = answer.value(name);
        const shown = this.shown.get(path) ?? [];
        const newer = shown.find((s) => s.value > value && asked - s.at > GRACE_MS);
        if (newer) this.backsteps.push(`${path}: ${value} after ${newer.value}`);
        shown.push({ value, at: performance.now() });
        this.shown.set(path, shown.slice(-500));
      } catch (cause) {
        this.failures.push(String(cause));
      }
      await sleep(4);
    }
  }
}

export interface FaultSetup {
  readonly name: string;
  readonly built: Built;
  readonly origin: Origin;
}

interface Pods {
  readonly servers: readonly NextServer[];
  /** A server without Redis on the same machine at the same time: what it is slow at is not Redis's. */
  readonly control: NextServer;
  readonly folder: string;
  end(): Promise<void>;
}

async function launch(
  setup: FaultSetup,
  url: string,
  env: Record<string, string> = {},
): Promise<Pods> {
  const folder = temporaryFolder("shared");
  const servers = await Promise.all(
    [0, 1, 2].map(() =>
      NextServer.launch(setup.built, setup.origin, {
        REDIS_URL: url,
        SHARED_CACHE_DIR: folder,
        ...env,
      }),
    ),
  );
  const own = temporaryFolder("control");
  const control = await NextServer.launch(setup.built, setup.origin, { SHARED_CACHE_DIR: own });
  return {
    servers,
    control,
    folder,
    async end() {
      await Promise.all([...servers, control].map((server) => server.end()));
      removeFolder(folder);
      removeFolder(own);
    },
  };
}

async function warm(servers: readonly NextServer[]): Promise<void> {
  for (let round = 0; round < 4; round++) {
    for (const server of servers) for (const [path] of PATHS) await server.send(path);
  }
}

async function state(server: NextServer): Promise<number> {
  return Number(/^next_shared_cache_breaker_state (\d)/m.exec(await server.metrics())?.[1] ?? NaN);
}

async function recovered(servers: readonly NextServer[], seconds = 10): Promise<void> {
  for (const server of servers) {
    await until("the breaker to close", seconds, async () =>
      (await state(server)) === 0 ? true : undefined,
    );
  }
}

/** A revalidation on the first server is seen by the others within a second. */
async function revalidationReaches(
  servers: readonly NextServer[],
  path: string,
  name: string,
  query: string,
): Promise<void> {
  const [first, second, third] = servers;
  assert.ok(first && second && third);
  const before = Math.max(
    ...(await Promise.all(servers.map((server) => server.value(path, name)))),
  );
  await first.control(query);
  for (const server of [second, third]) {
    await until(`${query} on another server`, 1.2, async () =>
      (await server.value(path, name)) > before ? true : undefined,
    );
  }
}

/** Load before, during and after a fault: nothing fails, nothing waits, nothing goes back. */
async function ride(
  { servers, control }: Pods,
  fault: (visitor: Visitor) => Promise<void>,
  afterwards: () => Promise<void> = async () => undefined,
): Promise<void> {
  await warm([...servers, control]);
  const visitor = new Visitor(servers);
  const beside = new Visitor([control]);
  await sleep(1500);
  const before = visitor.forgetLatency();
  await fault(visitor);
  await afterwards();
  await recovered(servers);
  await sleep(1200);
  await visitor.stop();
  await beside.stop();
  const usual = Math.max(before, beside.worstMs);
  assert.deepEqual(
    visitor.failures,
    [],
    `${visitor.failures.length} of ${visitor.requests} requests failed`,
  );
  assert.deepEqual(visitor.backsteps, [], "content went back");
  // where requests are slow without any fault (a busy machine), two such delays can meet
  const noise = Math.max(0, usual - 150);
  const added = visitor.worstMs - usual - noise;
  assert.ok(
    added <= ADDED_MS,
    `a request took ${Math.round(visitor.worstMs)} ms, the slowest without the fault ${Math.round(usual)} ms`,
  );
}

export async function faults(suite: Suite, setup: FaultSetup): Promise<void> {
  const check = async (
    name: string,
    body: (redis: RedisServer, pods: Pods) => Promise<void>,
    options: {
      redis?: readonly string[];
      url?: (redis: RedisServer) => string;
      env?: Record<string, string>;
    } = {},
  ): Promise<void> => {
    const full = `${setup.name}: ${name}`;
    if (!suite.wants(full)) return;
    const redis = await RedisServer.launch(options.redis);
    let pods: Pods | undefined;
    try {
      pods = await launch(setup, options.url?.(redis) ?? redis.url, options.env);
      const { servers } = pods;
      await suite.check(
        full,
        () => body(redis, pods as Pods),
        () => servers.map((s) => s.log.slice(-1500)).join("\n"),
      );
    } finally {
      await pods?.end();
      await redis.kill();
    }
  };

  await check("Redis killed and restarted empty", async (redis, pods) => {
    const { servers } = pods;
    await ride(
      pods,
      async () => {
        await redis.kill();
        await sleep(300);
        await revalidationReaches(servers, "/tagged/one", "tagged", "tag=tag-one");
        await sleep(1000);
      },
      () => redis.launch(),
    );
    await revalidationReaches(servers, "/tagged/one", "tagged", "tag=tag-one");
  });

  await check("Redis hung (SIGSTOP), then goes on", async (redis, pods) => {
    const { servers } = pods;
    await ride(
      pods,
      async () => {
        redis.signal("SIGSTOP");
        await sleep(800);
        await revalidationReaches(servers, "/tagged/one", "tagged", "tag=tag-one");
        await sleep(1000);
      },
      async () => redis.signal("SIGCONT"),
    );
    await revalidationReaches(servers, "/tagged/one", "tagged", "tag=tag-one");
  });

  await check("FLUSHALL under load", async (redis, pods) => {
    const { servers } = pods;
    await ride(pods, async () => {
      for (let i = 0; i < 3; i++) {
        await redis.command("FLUSHALL");
        await sleep(500);
      }
    });
    await revalidationReaches(servers, "/static", "static", "path=/static");
    const before = await servers[0]?.value("/static", "static");
    await redis.command("FLUSHALL");
    await sleep(50);
    for (const server of servers)
      assert.ok(
        (await server.value("/static", "static")) >= (before ?? 0),
        "the prerendered page came back",
      );
  });

  const full = ["--maxmemory", "3mb", "--maxmemory-policy", "noeviction"];
  await check(
    "Redis full: pages stay right, revalidations are still taken",
    async (redis, pods) => {
      const { servers } = pods;
      await ride(pods, async () => {
        await redis
          .command(
            "EVAL",
            "for i = 1, 100000 do if redis.call('INFO', 'memory'):match('used_memory:(%d+)') + 0 > 3300000 then return i end redis.call('SET', 'fill' .. i, string.rep('x', 20000)) end",
            "0",
          )
          .catch(() => "");
        await sleep(1500);
      });
      await revalidationReaches(servers, "/tagged/one", "tagged", "tag=tag-one");
      await revalidationReaches(servers, "/static", "static", "path=/static");
    },
    { redis: full },
  );

  await check(
    "Redis refuses the password: the site goes on without it",
    async (_redis, { servers }) => {
      await warm(servers);
      const visitor = new Visitor(servers);
      await sleep(1500);
      await visitor.stop();
      assert.deepEqual(visitor.failures, []);
      assert.deepEqual(visitor.backsteps, []);
      await revalidationReaches(servers, "/tagged/one", "tagged", "tag=tag-one");
      assert.match(
        servers[0]?.log ?? "",
        /WRONGPASS|NOAUTH|invalid (username|password)/i,
        "the log does not say why",
      );
    },
    { redis: ["--requirepass", "right"], url: (redis) => `redis://:wrong@127.0.0.1:${redis.port}` },
  );

  await encrypted(suite, setup);
  await absentAtStart(suite, setup);
  await slow(suite, setup);
  await failover(suite, setup);
  await withoutFolder(suite, setup);
}

/** As on ElastiCache with a token: TLS and a password. */
async function encrypted(suite: Suite, setup: FaultSetup): Promise<void> {
  const name = `${setup.name}: rediss:// with a password`;
  if (!suite.wants(name)) return;
  const folder = temporaryFolder("tls");
  const [key, cert] = [`${folder}/key.pem`, `${folder}/cert.pem`];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  await run("openssl", [
    "req",
    "-x509",
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-days",
    "1",
    "-keyout",
    key,
    "-out",
    cert,
    ...subject,
  ]);
  const tlsPort = await freePort();
  const tls = [
    "--tls-port",
    String(tlsPort),
    "--tls-cert-file",
    cert,
    "--tls-key-file",
    key,
    "--tls-auth-clients",
    "no",
  ];
  const redis = await RedisServer.launch([...tls, "--requirepass", "right"]);
  const env = { REDIS_URL: `rediss://:right@localhost:${tlsPort}`, NODE_EXTRA_CA_CERTS: cert };
  const servers = await Promise.all(
    [0, 1, 2].map(() => NextServer.launch(setup.built, setup.origin, env)),
  );
  await suite.check(
    name,
    async () => {
      await warm(servers);
      await recovered(servers);
      await revalidationReaches(servers, "/tagged/one", "tagged", "tag=tag-one");
    },
    () => servers.map((s) => s.log.slice(-1500)).join("\n"),
  );
  await Promise.all(servers.map((s) => s.end()));
  await redis.kill();
  removeFolder(folder);
}

async function absentAtStart(suite: Suite, setup: FaultSetup): Promise<void> {
  const name = `${setup.name}: Redis absent when the pods start`;
  if (!suite.wants(name)) return;
  const redis = await RedisServer.later();
  const pods = await launch(setup, redis.url);
  const { servers } = pods;
  await suite.check(
    name,
    async () => {
      const answers = [];
      for (const server of servers) answers.push(await server.send("/static"));
      assert.deepEqual(
        answers.map((a) => a.status),
        [200, 200, 200],
      );
      await ride(
        pods,
        async () => {
          await revalidationReaches(servers, "/tagged/one", "tagged", "tag=tag-one");
        },
        () => redis.launch(),
      );
      await revalidationReaches(servers, "/tagged/one", "tagged", "tag=tag-one");
    },
    () => servers.map((s) => s.log.slice(-1500)).join("\n"),
  );
  await pods.end();
  await redis.kill();
}

async function slow(suite: Suite, setup: FaultSetup): Promise<void> {
  const name = `${setup.name}: Redis slow`;
  if (!suite.wants(name)) return;
  const redis = await RedisServer.launch();
  const proxy = await Proxy.launch(redis.port);
  const pods = await launch(setup, proxy.url);
  const { servers } = pods;
  for (const delay of [60, 120, 200, 1000]) {
    await suite.check(
      `${name}, ${delay} ms each call`,
      () =>
        ride(
          pods,
          async () => {
            proxy.delayMs = delay;
            await sleep(1500);
          },
          async () => {
            proxy.delayMs = 0;
          },
        ),
      () => servers.map((s) => s.log.slice(-1500)).join("\n"),
    );
  }
  await pods.end();
  await proxy.close();
  await redis.kill();
}

/** The promoted replica lacks the last writes: it must not roll anything back. */
async function failover(suite: Suite, setup: FaultSetup): Promise<void> {
  const name = `${setup.name}: failover to a replica that lags behind`;
  if (!suite.wants(name)) return;
  const master = await RedisServer.launch();
  const replica = await RedisServer.launch(["--replicaof", "127.0.0.1", String(master.port)]);
  const proxy = await Proxy.launch(master.port);
  const pods = await launch(setup, proxy.url);
  const { servers } = pods;
  await suite.check(
    name,
    async () => {
      await warm(servers);
      await until("the replica to follow", 10, async () =>
        /master_link_status:up/.test(await replica.command("INFO", "replication"))
          ? true
          : undefined,
      );
      let newest = 0;
      await ride(pods, async () => {
        // the replica is cut off: what comes now is lost with the master
        await replica.command("REPLICAOF", "NO", "ONE");
        await revalidationReaches(servers, "/static", "static", "path=/static");
        newest = Math.max(...(await Promise.all(servers.map((s) => s.value("/static", "static")))));
        await master.kill();
        proxy.moveTo(replica.port);
      });
      for (const server of servers) {
        const value = await server.value("/static", "static");
        assert.ok(value >= newest, `the lost revalidation came back: ${value} after ${newest}`);
      }
      await revalidationReaches(servers, "/static", "static", "path=/static");
    },
    () => servers.map((s) => s.log.slice(-1500)).join("\n"),
  );
  await pods.end();
  await proxy.close();
  await master.kill();
  await replica.kill();
}

/** No shared folder behind Redis: a revalidation waits in the process, and its tag is in the log. */
async function withoutFolder(suite: Suite, setup: FaultSetup): Promise<void> {
  const name = `${setup.name}: no shared folder, Redis hung: a revalidation is logged, kept and replayed`;
  if (!suite.wants(name)) return;
  const redis = await RedisServer.launch();
  const servers = await Promise.all(
    [0, 1, 2].map(() => NextServer.launch(setup.built, setup.origin, { REDIS_URL: redis.url })),
  );
  const [first, second] = servers;
  await suite.check(
    name,
    async () => {
      assert.ok(first && second);
      await warm(servers);
      const before = await second.value("/tagged/one", "tagged");
      redis.signal("SIGSTOP");
      await sleep(700);
      await first.send("/static");
      await first.control("tag=tag-one");
      await until("an error that names the tag", 2, async () =>
        /"level":"error".*|.*"level":"error"/.test(first.log) && /tag-one/.test(first.log)
          ? true
          : undefined,
      );
      assert.equal((await second.send("/tagged/one")).status, 200);
      redis.signal("SIGCONT");
      await recovered(servers);
      await until("the replayed revalidation", 3, async () =>
        (await second.value("/tagged/one", "tagged")) > before ? true : undefined,
      );
      assert.match(first.log, /was replayed/);
    },
    () => servers.map((s) => s.log.slice(-1500)).join("\n"),
  );
  await Promise.all(servers.map((s) => s.end()));
  await redis.kill();
}
