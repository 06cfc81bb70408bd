import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { NextServer } from "../lib/next";
import type { Suite } from "../lib/suite";
import { enabled } from "./off";
import { answer, given, type AnswersSetup, type Pods } from "./servers";

/** As in Next.js's documents, with a login of the app's own in front. */
const SERVER = `
const { createServer } = require("node:http");
const next = require("next");
const port = Number(process.env.PORT);
const app = next({ dev: false, dir: __dirname, hostname: "127.0.0.1", port });
app.prepare().then(() => {
  const handle = app.getRequestHandler();
  createServer((request, response) => {
    if (request.headers.cookie === "session=1") return handle(request, response);
    response.statusCode = 401;
    response.end("who are you");
  }).listen(port, "127.0.0.1", () => console.log("Ready"));
});
`;

/** An app with a server of its own: its code stands before Next.js, so nothing is answered before it. */
export async function customServer(
  suite: Suite,
  name: string,
  { built, origin }: AnswersSetup,
  { redis }: Pods,
): Promise<void> {
  await suite.check(
    `${name}: behind a server of the app's own, nothing is from memory`,
    async () => {
      const app = dirname(dirname(built.folder));
      const server = join(app, "server.cjs");
      writeFileSync(server, SERVER);
      const custom = await NextServer.launch({ ...built, folder: app, server }, origin, {
        REDIS_URL: redis.url,
        // Next.js reads the app's config here, not the build's
        FIXTURE_SWITCH: "function",
        NEXT_DEPLOYMENT_ID: "one",
      });
      try {
        for (let i = 0; i < 6; i++) {
          const known = await answer(custom, "/static", { Cookie: "session=1" });
          assert.equal(known.status, 200);
          assert.match(known.body.toString(), /\[\[static:\d+\]\]/);
          assert.equal((await answer(custom, "/static", {})).status, 401);
        }
        const headers = { cookie: "session=1" };
        assert.equal(await given(custom, headers), 0);
        assert.equal(await enabled(custom, headers), '{why="server"} 0');
      } finally {
        await custom.end();
      }
    },
  );
}
