import assert from "node:assert/strict";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Connection } from "./helpers/connection";
import { fixture } from "./helpers/fixture";
import { Server } from "./helpers/server";
import { PAIRS } from "./helpers/versions";

/** The process ends this long after its last answer: kept connections get 0.25 s, Next.js the rest. */
const SOON_MS = 1_500;

for (const [next, node] of PAIRS) {
  describe(`SIGTERM: Next.js ${next}, standalone, Node ${node}`, () => {
    let server: Server;
    const start = async (env: Record<string, string> = {}): Promise<void> => {
      server = await Server.start({ cwd: fixture(next).standalone, node, env });
      await server.ready();
    };
    before(function () {
      this.timeout(300_000);
      fixture(next);
    });
    afterEach(() => server.kill());

    it("finishes requests, streams and uploads, closes each connection, then exits 0", async () => {
      await start();
      const [idle, unused, slow, stream, events, upload] = await Promise.all(
        Array.from({ length: 6 }, () => Connection.open(server.port)),
      );
      assert(idle && unused && slow && stream && events && upload);
      idle.get("/slow?ms=1");
      await idle.answer('{"waited":1}');
      slow.get("/slow?ms=4000");
      stream.get("/stream?count=18&ms=250");
      events.get("/sse?before=3000&count=3&ms=100");
      upload.socket.write("POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\nhalf");
      await stream.answer("line 2");
      const inFlight = () => server.metric("nextjs_requests_in_flight");
      await server.until("them to arrive", async () => (await inFlight()) === 4, 2);

      server.signal();
      await Promise.all([idle.closed, unused.closed]);
      assert.deepEqual(await server.admin("/readyz"), { status: 503, text: "draining\n" });
      assert.equal((await server.admin("/livez")).status, 200);
      assert.equal(await server.metric("nextjs_draining"), 1);
      assert.equal(await inFlight(), 4, "idle connections are dropped long before");
      upload.socket.write("half");

      const answers = {
        slow: await slow.answer('{"waited":4000}'),
        events: await events.answer("data: 3"),
        upload: await upload.answer('{"bytes":8}'),
      };
      for (const [name, { head }] of Object.entries(answers)) {
        assert.match(head, /^HTTP\/1.1 200/, name);
        assert.deepEqual(head.match(/^connection: .*$/gim), ["Connection: close"], name);
      }
      const { body } = await stream.answer("0\r\n\r\n");
      assert.equal(body.match(/line \d+/g)?.length, 18);
      const last = Date.now();
      for (const each of [slow, stream, events, upload]) {
        await each.closed;
        assert.equal(each.error, undefined);
      }

      const exit = await server.exitWithin(10);
      assert.deepEqual({ code: exit.code, signal: exit.signal }, { code: 0, signal: null });
      assert(exit.at - last < SOON_MS, `exits ${exit.at - last} ms after the last answer`);
      assert.equal(server.logged("drain begin")?.requests, 4);
      const end = server.logged("drain end");
      assert.deepEqual(
        [end?.finished, end?.cut, end?.reason, end?.exitCode],
        [4, 0, "finished", 0],
      );
    });

    it("answers what comes on a kept connection in the moment of the signal", async () => {
      await start();
      const kept = await Connection.open(server.port);
      kept.get("/slow?ms=1");
      await kept.answer('{"waited":1}');
      server.signal();
      kept.get("/slow?ms=2");
      const { body } = await kept.answer('{"waited":2}');
      assert.match(body, /connection: close/i);
      assert.equal((await server.exitWithin(5)).code, 0);
    });

    it("lets after() callbacks finish", async () => {
      await start();
      const file = join(mkdtempSync(join(tmpdir(), "agent-after-")), "written");
      assert.equal((await server.get(`/after?ms=1500&file=${file}`)).status, 200);
      const told = server.signal();
      const exit = await server.exitWithin(10);
      assert.equal(exit.code, 0);
      assert(exit.at - told > 1_000, "waits for the callback");
      assert.equal(readFileSync(file, "utf8"), "done");
    });

    it("a second SIGTERM ends at once with 143; one that is merely doubled does not", async () => {
      await start();
      const slow = await Connection.open(server.port);
      slow.get("/slow?ms=20000");
      await server.until(
        "it",
        async () => (await server.metric("nextjs_requests_in_flight")) === 1,
      );
      await server.drain();
      await sleep(100);
      server.signal();
      await sleep(1_200);
      assert.equal(server.exited, undefined);
      const told = server.signal();
      const exit = await server.exitWithin(2);
      assert.equal(exit.code, 143);
      assert(exit.at - told < 500);
      const end = server.logged("drain end");
      assert.deepEqual([end?.cut, end?.reason, end?.exitCode], [1, "second SIGTERM", 143]);
    });

    it("the deadline ends it with 143", async () => {
      await start({ AGENT_GRACE_SECONDS: "1.5" });
      const slow = await Connection.open(server.port);
      slow.get("/slow?ms=20000");
      await server.until(
        "it",
        async () => (await server.metric("nextjs_requests_in_flight")) === 1,
      );
      const told = await server.drain();
      const exit = await server.exitWithin(5);
      assert.equal(exit.code, 143);
      assert(exit.at - told >= 1_450 && exit.at - told < 2_500, `${exit.at - told} ms`);
      const end = server.logged("drain end");
      assert.deepEqual([end?.cut, end?.reason, end?.exitCode], [1, "deadline", 143]);
    });
  });

  describe(`SIGTERM without the agent (control): Next.js ${next}, Node ${node}`, () => {
    it("keeps the connections, so the process outlives its last answer", async () => {
      const server = await Server.start({ cwd: fixture(next).standalone, node, agent: false });
      try {
        await server.listening();
        const slow = await Connection.open(server.port);
        slow.get("/slow?ms=1000");
        await sleep(300);
        server.signal();
        const { head } = await slow.answer('{"waited":1000}');
        assert.doesNotMatch(head, /connection: close/i);
        await sleep(4_000);
        assert.equal(server.exited, undefined);
        assert.equal(slow.closedAt, undefined);
      } finally {
        await server.kill();
      }
    });
  });
}
