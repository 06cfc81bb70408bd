import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { NextServer, type Answer, type Built, type Installed } from "./lib/next";
import type { Origin } from "./lib/origin";
import { sleep } from "./lib/processes";
import { RedisServer } from "./lib/redis";
import type { Suite } from "./lib/suite";

/** Builds of the fixture `edge`: one without the package, and those with it. */
export interface EdgeSetup {
  readonly installed: Installed;
  readonly origin: Origin;
  readonly stock: Built;
  readonly shared: Readonly<Record<string, Built>>;
}

/** Between the limit of Next.js, 10 MiB, and the default of ingress.maxBodySize. */
const LARGE_BODY = 19 * 1024 * 1024;

const PATHS = ["/isr", "/rewritten", "/edge-route", "/edge-page", "/api/edge", "/old"] as const;

/** A word of the handlers, and one of node-redis: with the files that hold them. */
const NODE_PARTS = {
  SHARED_CACHE_DIR: "@next-on-eks/runtime/dist/environment.js",
  UNSUBSCRIBE: "@redis/client/dist/lib/client/index.js",
} as const;

/** What a visitor sees of an answer: not the numbers, which are the origin's. */
function seen(answer: Answer): string {
  const text = answer.body
    .replace(/<script.*?<\/script>/gs, "")
    .replace(/<!--.*?-->/g, "")
    .match(/(page|route|api|old page) on \w+|\[\[[a-z-]+:/g);
  return [answer.status, answer.headers["x-middleware"] ?? "-", ...(text ?? [])].join(" ");
}

async function seenOf(server: NextServer): Promise<Record<string, string>> {
  const all: Record<string, string> = {};
  for (const path of PATHS) all[path] = seen(await server.send(path));
  return all;
}

/** The code of all edge functions of a build. */
function edgeCode(built: Built): string {
  const dist = join(dirname(built.server), ".next");
  const manifest = JSON.parse(
    readFileSync(join(dist, "server/middleware-manifest.json"), "utf8"),
  ) as Record<"middleware" | "functions", Record<string, { readonly files: readonly string[] }>>;
  const functions = [...Object.values(manifest.middleware), ...Object.values(manifest.functions)];
  assert.equal(functions.length, 5, "middleware, route, page, API route and page of pages/");
  const files = new Set(functions.flatMap(({ files }) => files));
  return [...files]
    .filter((file) => file.endsWith(".js"))
    .map((file) => readFileSync(join(dist, file), "utf8"))
    .join("\n");
}

/** middleware.js, routes and pages of the edge runtime: as without the package, and their data is shared. */
export async function edge(suite: Suite, setup: EdgeSetup): Promise<void> {
  const { installed, origin } = setup;
  const stock = await NextServer.launch(setup.stock, origin, {});
  try {
    for (const [how, built] of Object.entries(setup.shared)) {
      const redis = await RedisServer.launch();
      const name = `${installed.version} edge, ${how}`;
      const env = { REDIS_URL: redis.url };
      const one = await NextServer.launch(built, origin, env);
      const two = await NextServer.launch(built, origin, env);
      try {
        await suite.check(`${name}: answers as stock Next.js does`, async () => {
          const expected = await seenOf(stock);
          assert.match(expected["/edge-route"] ?? "", /^200 string route on string/);
          assert.match(expected["/rewritten"] ?? "", /^200 .*\[\[edge-isr:/);
          assert.deepEqual(await seenOf(one), expected);
          assert.doesNotMatch(one.log, /MODULE_NOT_FOUND|Cannot find module/);
        });
        await suite.check(`${name}: no handler and no redis in its code`, () => {
          const code = edgeCode(built);
          for (const part of Object.keys(NODE_PARTS))
            assert.ok(!code.includes(part), `${part} is in edge code`);
        });
        await suite.check(
          `${name}: a body as large as the ingress takes passes middleware whole`,
          async () => {
            const taken = async (server: NextServer): Promise<number> =>
              server.value("/size", "size", {}, Buffer.alloc(LARGE_BODY, "x"));
            assert.equal(await taken(one), LARGE_BODY);
            const cut = await taken(stock);
            assert.ok(cut < LARGE_BODY, `(control) stock Next.js takes ${cut} bytes`);
          },
        );
        await suite.check(`${name}: data of an edge route is shared and revalidated`, async () => {
          // connects to Redis, which no request waits for
          await two.send("/isr", { timeoutMs: 60_000 });
          await sleep(500);
          const value = await one.value("/edge-route", "edge-route");
          await sleep(200);
          assert.equal(await two.value("/edge-route", "edge-route"), value);
          await two.send("/control?tag=edge");
          await sleep(200);
          const next = await one.value("/edge-route", "edge-route");
          assert.ok(next > value, `${next} after ${value}`);
          await sleep(200);
          assert.equal(await two.value("/edge-route", "edge-route"), next);
        });
      } finally {
        await Promise.all([one.end(), two.end(), redis.kill()]);
      }
    }
    await suite.check(
      `${installed.version} edge: (control) the handlers hold what is looked for`,
      () => {
        for (const [part, file] of Object.entries(NODE_PARTS)) {
          const code = readFileSync(join(installed.folder, "node_modules", file), "utf8");
          assert.ok(code.includes(part), `${part} in ${file}`);
        }
      },
    );
  } finally {
    await stock.end();
  }
}
