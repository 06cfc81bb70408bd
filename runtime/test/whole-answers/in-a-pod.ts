import assert from "node:assert/strict";
import { Connection } from "../../../test/agent/helpers/connection";
import { openTelemetry } from "../../../test/agent/helpers/container";
import { AGENT } from "../../../test/agent/helpers/server";
import { NextServer } from "../lib/next";
import { freePort, until } from "../lib/processes";
import type { Suite } from "../lib/suite";
import { givenBy, isGiven, type AnswersSetup, type Pods } from "./servers";

const PAGE = "/tagged/one";
/** How often the page is asked for while others count. */
const ASKED = 5;

/** What the agent counted: requests, and those in its histogram. */
async function countedBy(port: number): Promise<{ requests: number; durations: number }> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const value = (line: RegExp): number => Number(line.exec(text)?.[1] ?? NaN);
  return {
    requests: value(/^nextjs_requests_total\{class="2xx"\} (\d+)$/m),
    durations: value(/^nextjs_request_duration_seconds_count (\d+)$/m),
  };
}

/** Spans as the exporter of the tests prints them: of the HTTP instrumentation, and of Next.js. */
function spansOf({ log }: NextServer): { server: number; nextjs: number } {
  const spans = log.split(/^(?=\{$)/m).filter((text) => text.includes("traceId:"));
  const ofPage = spans.filter((text) => text.includes(PAGE) || text.includes("/tagged/[slug]"));
  const nextjs = ofPage.filter((text) => text.includes("next.span_type"));
  const http = ofPage.filter((text) => text.includes("instrumentation-http"));
  return {
    server: http.filter((text) => /^\s+kind: 1,$/m.test(text)).length,
    nextjs: nextjs.length,
  };
}

/** The agent and OpenTelemetry, as they are preloaded in a pod, see what is answered from memory. */
export async function inAPod(
  suite: Suite,
  name: string,
  { built, origin }: AnswersSetup,
  { redis }: Pods,
): Promise<void> {
  await suite.check(
    `${name}: in a pod: the agent counts, spans are there, and it drains`,
    async () => {
      const [adminPort, exporterPort] = [await freePort(), await freePort()];
      const server = await NextServer.launch(built, origin, {
        REDIS_URL: redis.url,
        NEXT_SHARED_CACHE_TIMEOUT_MS: "2000",
        NODE_OPTIONS: `--require ${AGENT} --require ${openTelemetry()}/tracing.cjs`,
        OTEL_EXPORTER_PROMETHEUS_PORT: String(exporterPort),
        POD_NAME: "web-abc",
        KEEP_ALIVE_TIMEOUT: "65000",
        AGENT_PORT: String(adminPort),
      });
      const ask = (): Promise<unknown> => server.send(PAGE);
      try {
        assert.ok(await isGiven(server, ask));
        await counts(server, adminPort, ask);
        await drains(server, adminPort);
      } finally {
        await server.end();
      }
    },
  );
}

async function counts(
  server: NextServer,
  adminPort: number,
  ask: () => Promise<unknown>,
): Promise<void> {
  const spans = spansOf(server);
  assert.ok(spans.server > 0 && spans.nextjs > 0, `(control) ${JSON.stringify(spans)}`);
  let before = await countedBy(adminPort);
  const count = await givenBy(server, async () => {
    before = await countedBy(adminPort);
    for (let i = 0; i < ASKED; i++) await ask();
  });
  assert.equal(count, ASKED);
  // with those for the metrics of the application
  await until("the agent's counters", 10, async () => {
    const now = await countedBy(adminPort);
    const is = now.requests - before.requests === ASKED + 1;
    return is && now.durations - before.durations === ASKED + 1 ? true : undefined;
  });
  await until("spans", 10, async () =>
    spansOf(server).server - spans.server === ASKED ? true : undefined,
  );
  assert.equal(spansOf(server).nextjs, spans.nextjs, "Next.js ran");
}

/** A request that arrives while the pod drains is answered from memory too, and ends its connection. */
async function drains(server: NextServer, adminPort: number): Promise<void> {
  const arriving = await Connection.open(server.port);
  arriving.socket.write(`GET ${PAGE} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n`);
  const before = spansOf(server).nextjs;
  process.kill(server.pid, "SIGTERM");
  await until("draining", 10, async () => {
    const text = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text();
    return /^nextjs_draining 1$/m.test(text) ? true : undefined;
  });
  arriving.socket.write("\r\n");
  await arriving.closed;
  assert.match(arriving.received, /^HTTP\/1\.1 200/);
  assert.match(arriving.received, /^connection: close\r$/im);
  assert.match(arriving.received, /\[\[tagged:\d+\]\]/);
  await until("the end", 20, async () =>
    /"event":"drain end"/.test(server.log) ? true : undefined,
  );
  assert.equal(spansOf(server).nextjs, before, "Next.js ran");
}
