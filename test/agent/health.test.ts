import assert from "node:assert/strict";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fixture } from "./helpers/fixture";
import { Server } from "./helpers/server";
import { NEXT_VERSION, NEXT_VERSIONS, PAIRS } from "./helpers/versions";

describe("health", () => {
  let server: Server;
  const start = async (env: Record<string, string> = {}, next = NEXT_VERSION, node?: string) => {
    server = await Server.start({ cwd: fixture(next).standalone, env, node });
    await server.until("/livez", async () => (await server.admin("/livez")).status === 200);
  };
  before(function () {
    this.timeout(300_000);
    for (const next of NEXT_VERSIONS) fixture(next);
  });
  afterEach(() => server.kill());

  for (const [next, node] of PAIRS) {
    it(`a blocked event loop fails /livez until it turns: Next.js ${next}, Node ${node}`, async () => {
      await start({ AGENT_LIVENESS_SECONDS: "3" }, next, node);
      await server.ready();
      const blocked = server.get("/block?ms=9000");
      const probe = (path: string) => async () => (await server.admin(path)).status === 503;
      await server.until("readiness to fail at a third of it", probe("/readyz"), 8);
      assert.equal((await server.admin("/livez")).status, 200);
      assert.match((await server.admin("/readyz")).text, /^event loop blocked for \d\.\d s\n$/);
      await server.until("liveness to fail", probe("/livez"), 4);
      assert((await server.metric("nextjs_eventloop_stalled_seconds")) > 3);
      assert.equal((await blocked).status, 200);
      await server.until("/livez", async () => (await server.admin("/livez")).status === 200, 2);
      await server.ready();
      assert((await server.metric("nodejs_eventloop_lag_max_seconds")) > 8);
    });
  }

  it("a minute at 100 % CPU fails no probe of one second", async function () {
    this.timeout(90_000);
    await start();
    await server.ready();
    await server.admin("/metrics");
    const burns = Array.from({ length: 4 }, () => server.get("/burn?ms=60000"));
    const until = Date.now() + 60_000;
    const failed: string[] = [];
    let probes = 0;
    while (Date.now() < until) {
      for (const path of ["/livez", "/readyz"]) {
        probes++;
        const status = await server.admin(path, 1_000).then((answer) => answer.status, String);
        if (status !== 200) failed.push(`${path} ${status}`);
      }
      await sleep(500);
    }
    const busy = await server.metric("nodejs_eventloop_utilization");
    assert.deepEqual(failed, []);
    assert(probes > 100, `${probes} probes`);
    assert(busy > 0.95, `the event loop was busy for ${busy} of the time`);
    await Promise.all(burns);
  });

  it("is ready once each warm-up path has answered with less than 500", async () => {
    await start({ AGENT_WARMUP_PATHS: "/, /flaky,/not-there" });
    const { status, text } = await server.admin("/readyz");
    assert.equal(status, 503);
    assert.match(text, /^warm/);
    await server.ready();
    assert.equal(await server.metric('nextjs_requests_total{class="5xx"}'), 2);
    assert.equal(await server.metric('nextjs_requests_total{class="4xx"}'), 1);
    assert.equal(await server.metric("nextjs_ready"), 1);
    assert(server.logged("ready"));
  });

  it("is never ready while a warm-up path fails, and says which", async () => {
    await start({ AGENT_WARMUP_PATHS: "/,/broken" });
    await sleep(2_500);
    assert.deepEqual(await server.admin("/readyz"), {
      status: 503,
      text: "warm-up: /broken gives 500\n",
    });
    assert.equal((await server.admin("/livez")).status, 200);
    assert.equal(server.logged("ready"), undefined);
  });

  it("logs each way in which a path fails once, and a path that is missing with what to do", async () => {
    await start({ AGENT_WARMUP_PATHS: "/not-there,/flaky,/broken" });
    await server.until("/broken", async () =>
      server.lines.some(({ event, path }) => event === "warm-up fails" && path === "/broken"),
    );
    await sleep(1_500);
    const told = server.lines.filter(({ event }) => event.startsWith("warm-up"));
    assert.deepEqual(
      told.map(({ event, path, result }) => [event, path, result]),
      [
        ["warm-up path is missing", "/not-there", 404],
        ["warm-up fails", "/flaky", 500],
        ["warm-up fails", "/broken", 500],
      ],
    );
    assert.match(String(told[0]?.remedy), /next-on-eks:app\.health\.path/);
  });

  it("starts once more when it does not get warm, with the reason as the container's last message, and then waits", async () => {
    const folder = mkdtempSync(join(tmpdir(), "agent-run-"));
    const message = join(folder, "message");
    const env = {
      AGENT_DIR: folder,
      AGENT_LAST_MESSAGE: message,
      AGENT_WARMUP_PATHS: "/broken",
      AGENT_WARMUP_SECONDS: "2",
    };
    await start(env);
    assert.equal((await server.exitWithin(10)).code, 1);
    assert.equal(readFileSync(message, "utf8"), "warm-up: /broken gives 500\n");
    assert.equal(server.logged("not warm")?.reason, "warm-up: /broken gives 500");
    await start(env);
    await sleep(3_000);
    assert.equal((await server.admin("/livez")).status, 200);
    assert.equal((await server.admin("/readyz")).status, 503);
  });

  it("stays when it is warm in time", async () => {
    const folder = mkdtempSync(join(tmpdir(), "agent-run-"));
    await start({ AGENT_DIR: folder, AGENT_WARMUP_PATHS: "/", AGENT_WARMUP_SECONDS: "4" });
    await server.ready();
    await sleep(4_500);
    assert.equal((await server.admin("/readyz")).status, 200);
  });

  it("is ready without Redis and with a shared folder that cannot be used", async () => {
    await start({
      REDIS_URL: "redis://127.0.0.1:1",
      SHARED_CACHE_DIR: "/proc/nothing-can-be-made-here",
      AGENT_WARMUP_PATHS: "/",
    });
    await server.ready();
  });

  it("answers only GET, and only its three paths", async () => {
    await start();
    const post = await fetch(`http://127.0.0.1:${server.adminPort}/livez`, { method: "POST" });
    assert.equal(post.status, 405);
    assert.equal((await server.admin("/toString")).status, 404);
    assert.equal((await server.admin("/")).status, 404);
    assert.equal((await server.admin("/livez?from=kubelet")).status, 200);
  });

  it("shows metrics that a Prometheus parser takes, the runtime package's last", async () => {
    await start();
    await server.ready();
    await server.get("/metrics-of-runtime");
    const { text } = await server.admin("/metrics");
    const names = new Set<string>();
    for (const line of text.trimEnd().split("\n")) {
      const help = /^# (HELP|TYPE) (\w+) .+$/.exec(line);
      if (help) {
        if (help[1] === "HELP") assert(!names.has(help[2] ?? ""), `${help[2]} twice`);
        names.add(help[2] ?? "");
        continue;
      }
      const sample = /^(\w+?)(_bucket|_sum|_count)?(\{.+\})? (\S+)$/.exec(line);
      assert(sample, line);
      assert(names.has(sample[1] ?? "") || names.has(`${sample[1]}${sample[2]}`), line);
      assert(Number.isFinite(Number(sample[4])), line);
    }
    assert(text.endsWith("next_shared_cache_test_total 7\n"));
    assert(
      text.includes('\nnextjs_shared_cache{handler="none"} 0\n'),
      "the fixture has no handler",
    );
  });
});
