import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Why } from "../../src/whole-answers/open";
import { copyOf, NextServer, type Built } from "../lib/next";
import { removeFolder, temporaryFolder } from "../lib/processes";
import { RedisServer } from "../lib/redis";
import type { Suite } from "../lib/suite";
import {
  answer,
  given,
  isGiven,
  metricsOf,
  type AnswersSetup,
  type Pods,
  type Sent,
} from "./servers";

/** `next_shared_cache_answers_enabled`, with its label. */
export async function enabled(
  server: NextServer,
  headers?: Record<string, string>,
): Promise<string> {
  const line = /^next_shared_cache_answers_enabled(.*)$/m.exec(await metricsOf(server, headers));
  return line?.[1] ?? "none";
}

/** A server for which nothing may be answered from memory. */
interface Case {
  readonly env: Sent;
  /** Default: the suite's. */
  readonly built?: Built;
}

/** As if a Next.js had its list of bots elsewhere: only this package, which asks as `noop.js`, misses it. */
const WITHOUT_BOTS = `
const Module = require("node:module");
const resolve = Module._resolveFilename;
Module._resolveFilename = function (id, parent, ...rest) {
  const isMissed = id.endsWith("/router/utils/is-bot") && /noop\\.js$/.test(parent?.filename);
  if (isMissed) throw new Error("moved");
  return resolve.call(this, id, parent, ...rest);
};
`;

/** A rule that Next.js reads and this package does not: without the expression that a build writes beside it. */
function withUnknownRule(built: Built, folder: string): Built {
  const copy = copyOf(built, join(folder, "build"));
  const file = join(dirname(copy.server), ".next/routes-manifest.json");
  const manifest = JSON.parse(readFileSync(file, "utf8")) as { headers: unknown[] };
  const rule = { source: "/nobody", has: [{ type: "cookie", key: "x" }], headers: [] };
  writeFileSync(file, JSON.stringify({ ...manifest, headers: [...manifest.headers, rule] }));
  return copy;
}

/** Where nothing is answered from memory, a metric says so, and why; and Next.js answers as ever. */
export async function off(
  suite: Suite,
  name: string,
  { built, origin }: AnswersSetup,
  { on, redis }: Pods,
): Promise<void> {
  const start = `${name}: off, and the metric says why: `;
  const ask = (server: NextServer) => () => answer(server, "/static", {});
  await suite.check(`${name}: (control) on by default`, async () => {
    assert.ok(await isGiven(on, ask(on)));
    assert.equal(await enabled(on), " 1");
  });
  if (!suite.wantsAny(start)) return;
  const folder = temporaryFolder("off");
  const untracked = await RedisServer.launch();
  await untracked.command("ACL", "SETUSER", "default", "-client|tracking");
  const preload = join(folder, "without-bots.cjs");
  writeFileSync(preload, WITHOUT_BOTS);
  const REDIS_URL = redis.url;
  // custom-server.ts is about the one that is missing here
  const cases: Readonly<Record<Exclude<Why, "server">, Case>> = {
    variable: { env: { REDIS_URL, NEXT_SHARED_CACHE_ANSWERS: "0" } },
    memory: { env: { REDIS_URL, NEXT_SHARED_CACHE_MEMORY_MIB: "0" } },
    store: { env: { SHARED_CACHE_DIR: folder } },
    tracking: { env: { REDIS_URL: untracked.url } },
    version: { env: { REDIS_URL, NODE_OPTIONS: `--require ${preload}` } },
    build: { env: { REDIS_URL }, built: withUnknownRule(built, folder) },
  };
  try {
    for (const [why, { env, built: own = built }] of Object.entries(cases))
      await suite.check(`${start}${why}`, async () => {
        const server = await NextServer.launch(own, origin, env);
        try {
          for (let i = 0; i < 6; i++) {
            const { status, body } = await ask(server)();
            assert.equal(status, 200);
            assert.match(body.toString(), /\[\[static:\d+\]\]/);
          }
          assert.equal(await given(server), 0);
          assert.equal(await enabled(server), `{why="${why}"} 0`);
        } finally {
          await server.end();
        }
      });
  } finally {
    await untracked.kill();
    removeFolder(folder);
  }
}
