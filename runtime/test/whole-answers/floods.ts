import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { copyOf, NextServer, type Built } from "../lib/next";
import type { Origin } from "../lib/origin";
import { removeFolder, sleep, temporaryFolder, until } from "../lib/processes";
import { Proxy, RedisServer } from "../lib/redis";
import type { Suite } from "../lib/suite";
import type { AnswersSetup } from "./servers";
import { stateOf, Watch } from "./watch";

const PAGES = [
  ["/tagged/one", "tagged"],
  ["/static", "static"],
  ["/fast", "fast"],
] as const;
/** What a busy machine makes late is no outage. */
const TIMEOUT_MS = 2500;
/**
 * Pods notice at different times that Redis hangs, each within the time limit. Then the folder answers, whose names of tags a
 * pod reads again after 0.2 s.
 */
const GRACE_MS = TIMEOUT_MS + 1000;
const VISITORS = 6;

/** Visitors that ask as fast as they are answered, and change servers with each request. */
class Flood {
  readonly backsteps: string[] = [];
  readonly failures: string[] = [];
  /** What the origin had given when a page was revalidated, by the page's name. */
  private readonly revalidated = new Map<string, number[]>();
  private isOver = false;
  private readonly visitors: Promise<void>;

  constructor(
    servers: readonly NextServer[],
    private readonly origin: Origin,
  ) {
    const visit = (_: unknown, visitor: number): Promise<void> => this.visit(servers, visitor);
    this.visitors = Promise.all(Array.from({ length: VISITORS }, visit)).then(() => undefined);
  }

  /** On one server, by tag and by path. */
  async revalidate(server: NextServer | undefined): Promise<void> {
    await server?.control("tag=tag-one&path=/static");
    const counts = this.origin.counts();
    for (const name of ["tagged", "static"])
      this.revalidated.set(name, [...(this.revalidated.get(name) ?? []), counts[name] ?? 0]);
  }

  /**
   * Without Redis, two pods may make a page at once after one revalidation: either may stay, and its number may be the lower
   * one. What was made before a revalidation must not come after what was made since. `/fast` is stale by time alone: of it any lower number counts.
   */
  private isOlder(name: string, value: number, seen: number): boolean {
    const since = this.revalidated.get(name);
    return since === undefined
      ? value < seen
      : since.some((given) => value <= given && given < seen);
  }

  async end(): Promise<void> {
    this.isOver = true;
    await this.visitors;
  }

  private async visit(servers: readonly NextServer[], visitor: number): Promise<void> {
    const [page, name] = PAGES[visitor % PAGES.length] ?? assert.fail();
    // the newest value, and what was seen lately
    let shown: { value: number; at: number }[] = [];
    for (let i = visitor; !this.isOver; i++) {
      const asked = performance.now();
      try {
        const value = (await servers[i % servers.length]?.value(page, name)) ?? assert.fail();
        if (
          shown.some((seen) => this.isOlder(name, value, seen.value) && asked - seen.at > GRACE_MS)
        )
          this.backsteps.push(`${page}: ${value} after ${Math.max(...shown.map((s) => s.value))}`);
        const newest = Math.max(value, ...shown.map((seen) => seen.value));
        // the newest stays, with the time when it was first seen
        shown = [
          ...shown.filter((seen) => seen.value === newest),
          { value, at: performance.now() },
        ];
        shown = shown.filter((seen, at) => shown.findIndex((s) => s.value === seen.value) === at);
      } catch (cause) {
        this.failures.push(String(cause));
      }
    }
  }
}

interface Site {
  readonly master: RedisServer;
  readonly replica: RedisServer;
  readonly proxy: Proxy;
  readonly servers: readonly NextServer[];
}

/** What happens to Redis while visitors ask. */
interface Fault {
  readonly what: string;
  /** Redis answers nothing from then on, until it is mended. */
  readonly isLost: boolean;
  /** Pods do not know it at once: no connection ends. */
  readonly isSilent: boolean;
  strike(site: Site): Promise<unknown>;
  mend(site: Site): Promise<unknown>;
}

const FAULTS: readonly Fault[] = [
  {
    what: "is killed",
    isLost: true,
    isSilent: false,
    strike: ({ master }) => master.kill(),
    mend: ({ master }) => master.launch(),
  },
  {
    what: "hangs (SIGSTOP)",
    isLost: true,
    isSilent: true,
    strike: ({ master }) => master.hang(),
    mend: async ({ master }) => master.signal("SIGCONT"),
  },
  {
    what: "is emptied (FLUSHALL)",
    isLost: false,
    isSilent: false,
    strike: ({ master }) => master.command("FLUSHALL"),
    mend: () => Promise.resolve(),
  },
  {
    what: "fails over to a replica",
    isLost: true,
    isSilent: false,
    // one that follows: what a replica lacks is lost, and faults.ts is about that
    strike: ({ master }) => master.kill(),
    async mend({ replica, proxy }) {
      await replica.command("REPLICAOF", "NO", "ONE");
      proxy.moveTo(replica.port);
    },
  },
];

async function build(
  { built, origin }: AnswersSetup,
  folder: string,
  timeoutMs: number,
): Promise<Site> {
  const master = await RedisServer.launch();
  const replica = await RedisServer.launch(["--replicaof", "127.0.0.1", String(master.port)]);
  const proxy = await Proxy.launch(master.port);
  const patient = { NEXT_SHARED_CACHE_TIMEOUT_MS: String(timeoutMs) };
  const env = { REDIS_URL: proxy.url, SHARED_CACHE_DIR: folder, ...patient };
  const servers = await Promise.all([env, env].map((e) => NextServer.launch(built, origin, e)));
  await until("the replica to follow", 30, async () =>
    /master_link_status:up/.test(await replica.command("INFO", "replication")) ? true : undefined,
  );
  return { master, replica, proxy, servers };
}

/** All servers use Redis, and answer from memory again. */
async function answersAgain({ servers }: Site): Promise<void> {
  for (const server of servers) {
    const { given } = await stateOf(server);
    await until("whole answers", 60, async () => {
      const now = await stateOf(server);
      return now.usesRedis && now.given > given ? true : undefined;
    });
  }
}

/** Visitors of a site, with a watch on each server. */
async function flooded(
  setup: AnswersSetup,
  use: (site: Site, watches: readonly Watch[], flood: Flood) => Promise<void>,
  timeoutMs = TIMEOUT_MS,
): Promise<void> {
  const folder = temporaryFolder("flood");
  const site = await build(setup, folder, timeoutMs);
  const flood = new Flood(site.servers, setup.origin);
  const watches: Watch[] = [];
  try {
    await answersAgain(site);
    watches.push(...site.servers.map((server) => new Watch(server)));
    await use(site, watches, flood);
  } finally {
    await Promise.allSettled([flood.end(), ...watches.map((watch) => watch.end())]);
    await Promise.all(site.servers.map((server) => server.end()));
    await site.proxy.close();
    await Promise.all([site.master.kill(), site.replica.kill()]);
    removeFolder(folder);
  }
}

async function struck(
  fault: Fault,
  site: Site,
  watches: readonly Watch[],
  flood: Flood,
): Promise<void> {
  const { servers } = site;
  await fault.strike(site);
  if (fault.isLost) {
    for (const watch of watches) watch.lost();
    for (const server of servers)
      await until("the loss", 30, async () =>
        (await stateOf(server)).usesRedis ? undefined : true,
      );
  }
  for (let i = 0; i < 3; i++) {
    await flood.revalidate(servers[i % 2]);
    await sleep(400);
  }
  for (const watch of watches) watch.mended();
  await fault.mend(site);
  await answersAgain(site);
  await flood.revalidate(servers[0]);
  await answersAgain(site);
  await Promise.all(watches.map((watch) => watch.end()));
  await flood.end();
}

/** In the middle of a flood, Redis is lost in every way that there is. */
export async function floods(suite: Suite, name: string, setup: AnswersSetup): Promise<void> {
  for (const fault of FAULTS)
    await suite.check(`${name}: a flood while Redis ${fault.what}`, () =>
      flooded(setup, async (site, watches, flood) => {
        await struck(fault, site, watches, flood);
        const looks = watches.map((watch) => watch.looks);
        const before = watches.map((watch) => watch.looksBeforeItKnew);
        if (fault.isLost) console.log(`        ${looks} looks, ${before} before the pods knew`);
        assert.ok(!fault.isLost || Math.min(...looks) >= 3, `${looks} looks`);
        assert.ok(!fault.isSilent || Math.min(...before) >= 3, `${before} before the pods knew`);
        for (const watch of watches) assert.equal(watch.givenUnproven, 0, "from memory meanwhile");
        assert.deepEqual(flood.backsteps.slice(0, 5), [], "an older page after a newer one");
        assert.deepEqual(flood.failures.slice(0, 5), []);
      }),
    );
  await trustsLonger(suite, name, setup);
}

/** The watch sees what a pod gives that still trusts its memory, although its breaker is closed. */
async function trustsLonger(suite: Suite, name: string, setup: AnswersSetup): Promise<void> {
  await suite.check(
    `${name}: (control) a pod that trusts its memory for longer is seen`,
    async () => {
      const folder = temporaryFolder("trusting");
      const built = copyOf(setup.built, folder);
      trustLonger(built);
      const strike = async ({ master }: Site, watches: readonly Watch[]): Promise<void> => {
        await master.hang();
        for (const watch of watches) watch.lost();
        await until("the watch to see it", 4, async () =>
          watches.every(({ givenUnproven }) => givenUnproven > 0) ? true : undefined,
        );
        for (const watch of watches) watch.mended();
        console.log(`        ${watches.map((watch) => watch.givenUnproven)} from memory`);
      };
      // the breaker, which would end it too, stays closed for longer than the watch looks
      await flooded({ ...setup, built }, strike, 6000);
      removeFolder(folder);
    },
  );
}

/** Ten times as long as the package does. */
function trustLonger({ folder }: Built): void {
  const [found, ...others] = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (path) => path.endsWith("@next-on-eks/runtime/dist/stores/redis/memory-level.js"),
  );
  assert.ok(found !== undefined && others.length === 0, `${others.length} others`);
  const file = join(folder, found);
  const before = readFileSync(file, "utf8");
  const after = before.replace("PROOF_FOR = 500_000;", "PROOF_FOR = 5_000_000;");
  assert.notEqual(after, before, "the package names its bound in another way");
  writeFileSync(file, after);
}
