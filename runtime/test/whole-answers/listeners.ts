import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { NextServer } from "../lib/next";
import { removeFolder, temporaryFolder } from "../lib/processes";
import type { Suite } from "../lib/suite";
import { answer, given, isGiven, type AnswersSetup, type Pods } from "./servers";

/** Listeners of others, before and after Next.js's: each has a part in the answers to some visitors. */
const PRELOAD = `
const http = require("node:http");
const create = http.createServer;
http.createServer = function (...args) {
  const server = create.apply(this, args);
  server.prependListener("request", ({ headers }, response) => {
    if (headers.cookie === "before") response.setHeader("X-Visitor", "before");
    if (headers.cookie === "instead") response.end("who are you");
  });
  server.on("request", ({ headers }, response) => {
    if (headers.cookie === "after") response.setHeader("X-Visitor", "after");
  });
  return server;
};
`;

/** What listeners beside Next.js's do for a visitor is done for this visitor, and for no other. */
export async function listeners(
  suite: Suite,
  name: string,
  { built, origin }: AnswersSetup,
  { redis }: Pods,
): Promise<void> {
  await suite.check(`${name}: listeners of others have their part in each answer`, async () => {
    const folder = temporaryFolder("listeners");
    const preload = join(folder, "listeners.cjs");
    writeFileSync(preload, PRELOAD);
    const server = await NextServer.launch(built, origin, {
      REDIS_URL: redis.url,
      NEXT_SHARED_CACHE_TIMEOUT_MS: "2000",
      NODE_OPTIONS: `--require ${preload}`,
    });
    const visit = async (Cookie: string): Promise<void> => {
      const { headers, body } = await answer(server, "/static", { Cookie });
      const part = headers.find(([header]) => header === "X-Visitor")?.[1];
      assert.equal(part, Cookie === "before" || Cookie === "after" ? Cookie : undefined, Cookie);
      assert.match(body.toString(), Cookie === "instead" ? /^who are you$/ : /\[\[static:\d+\]\]/);
    };
    try {
      for (const Cookie of ["before", "after", "instead"])
        for (let i = 0; i < 4; i++) await visit(Cookie);
      assert.equal(await given(server), 0);
      assert.ok(await isGiven(server, () => visit("none")), "(control)");
      for (const Cookie of ["before", "after", "instead", "none"]) await visit(Cookie);
      assert.doesNotMatch(server.log, /uncaught|\bERR_/);
    } finally {
      await server.end();
      removeFolder(folder);
    }
  });
}
