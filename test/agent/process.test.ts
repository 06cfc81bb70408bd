import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { POD } from "../helpers/podFolder";
import { Connection } from "./helpers/connection";
import { fixture } from "./helpers/fixture";
import { type Options, Server } from "./helpers/server";
import { freePort } from "../../runtime/test/lib/processes";
import { NEXT_VERSION, NEXT_VERSIONS, PAIRS } from "./helpers/versions";

const APPS = join(__dirname, "apps");

/** File by file the server would bring it back meanwhile, and the removal fail. */
function removeAtOnce(folder: string): void {
  const away = join(mkdtempSync(join(tmpdir(), "agent-gone-")), "folder");
  renameSync(folder, away);
  rmSync(dirname(away), { recursive: true });
}

let server: Server;
const start = async (options: Options): Promise<void> => {
  server = await Server.start(options);
  await server.until("/livez", async () => (await server.admin("/livez")).status === 200);
};

describe("which process", () => {
  before(function () {
    this.timeout(300_000);
    for (const next of NEXT_VERSIONS) fixture(next);
  });
  afterEach(() => server.kill());

  for (const [next, node] of PAIRS) {
    it(`npm start: acts in the server alone: Next.js ${next}, Node ${node}`, async () => {
      await start({ cwd: fixture(next).folder, command: ["npm", "start"], node });
      await server.ready();
      const slow = await Connection.open(server.port);
      slow.get("/slow?ms=1500");
      await server.until(
        "it",
        async () => (await server.metric("nextjs_requests_in_flight")) === 1,
      );
      server.signal();
      const { head } = await slow.answer('{"waited":1500}');
      const last = Date.now();
      assert.match(head, /connection: close/i);
      const exit = await server.exitWithin(5);
      assert(exit.at - last < 2_000, `${exit.at - last} ms`);
      assert.equal(exit.code, 0);
      assert.equal(server.lines.filter((line) => line.event === "start").length, 1);
      assert.equal(server.logged("drain end")?.cut, 0);
    });
  }

  it("changes nothing in a process that listens elsewhere or not at all", async () => {
    server = await Server.start({ cwd: APPS, command: ["node", "elsewhere.cjs"] });
    await server.until("its report", async () => server.output.includes("\n"));
    const report: unknown = JSON.parse(server.output);
    assert.deepEqual(report, { signals: 0, workers: 0, listening: 1, requestListeners: 1 });
    await assert.rejects(server.admin("/livez"));
    server.signal();
    const exit = await server.exitWithin(2);
    assert.deepEqual([exit.code, exit.signal], [null, "SIGTERM"]);
    assert.deepEqual(server.lines, []);
  });
});

describe("servers that are not Next.js's own", () => {
  afterEach(() => server.kill());

  it("without a handler for SIGTERM: the agent closes and exits", async () => {
    await start({ cwd: APPS, command: ["node", "custom.cjs"] });
    const slow = await Connection.open(server.port);
    slow.get("/slow");
    await server.until("it", async () => (await server.metric("nextjs_requests_in_flight")) === 1);
    server.signal();
    await slow.answer("slow answer");
    assert.equal((await server.exitWithin(4)).code, 0);
  });

  it("with a handler of its own: that one ends the process, and its code counts", async () => {
    await start({ cwd: APPS, command: ["node", "custom.cjs"], env: { OWN_HANDLER: "7" } });
    const told = server.signal();
    const exit = await server.exitWithin(5);
    assert.equal(exit.code, 7);
    assert(exit.at - told > 1_300);
    assert.equal(server.logged("drain end")?.exitCode, 7);
  });

  it("closes WebSockets at the deadline, with a close frame, and exits 0", async () => {
    await start({ cwd: APPS, command: ["node", "custom.cjs"], env: { AGENT_GRACE_SECONDS: "1" } });
    const socket = await Connection.open(server.port);
    socket.socket.write(
      "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    );
    await socket.answer("\r\n\r\n");
    assert.equal(await server.metric("nextjs_connections_upgraded"), 1);
    const told = await server.drain();
    await sleep(600);
    socket.socket.write("ping");
    await socket.answer("ping");
    await socket.closed;
    const open = (socket.closedAt ?? 0) - told;
    assert(open >= 950 && open < 1_600, `closed after ${open} ms`);
    assert(socket.received.endsWith("\x88\x02\x03\xe9"));
    assert.equal((await server.exitWithin(3)).code, 0);
  });

  it("the admin port taken: the site runs, one line says so, and the agent waits for the port", async () => {
    const port = await freePort();
    const other = createServer().listen(port, "0.0.0.0");
    server = await Server.start({
      cwd: APPS,
      command: ["node", "custom.cjs"],
      env: { AGENT_PORT: String(port) },
    });
    await sleep(2_500);
    assert.equal((await server.get("/")).status, 200);
    const told = server.lines.filter((line) => line.event === "admin port unavailable");
    assert.equal(told.length, 1);
    assert.equal(told[0]?.port, port);
    assert.match(String(told[0]?.remedy), /set next-on-eks:app\.agentPort to a port/);
    await new Promise((resolve) => other.close(resolve));
    await server.until("the port", async () => {
      return (await fetch(`http://127.0.0.1:${port}/livez`)).status === 200;
    });
  });

  it("leaves OpenTelemetry's port alone, and tells what finds the agent on its own port whose it is", async () => {
    await start({ cwd: APPS, command: ["node", "custom.cjs"], env: { SECOND_SERVER: "1" } });
    await server.until("the line", async () => server.logged("port is the agent's") !== undefined);
    const line = server.logged("port is the agent's");
    assert.equal(line?.port, server.adminPort);
    assert.match(String(line?.remedy), /next-on-eks:app\.agentPort/);
    assert.equal((await server.get("/")).status, 200);
    const { readSettings } = require(join(POD, "agent-settings.cjs")) as {
      readSettings(env: object, port: number): { adminPort: number };
    };
    assert.notEqual(readSettings({}, 3000).adminPort, 9464);
  });

  it("values that make no sense are named in the start line, and the defaults count", async () => {
    await start({
      cwd: APPS,
      command: ["node", "custom.cjs"],
      env: { AGENT_GRACE_SECONDS: "soon", AGENT_WARMUP_PATHS: "index" },
    });
    assert.deepEqual(server.logged("start")?.ignoredSettings, [
      "AGENT_WARMUP_PATHS",
      "AGENT_GRACE_SECONDS",
    ]);
  });
});

describe("heartbeat", () => {
  afterEach(() => server.kill());

  const release = (): { shared: string; heartbeat: string; env: Record<string, string> } => {
    const shared = mkdtempSync(join(tmpdir(), "agent-shared-"));
    const { readRelease } = require(join(POD, "release.cjs")) as {
      readRelease(folder: string): { folder: string } | undefined;
    };
    const folder = readRelease(fixture(NEXT_VERSION).standalone)?.folder ?? "";
    mkdirSync(join(shared, "releases"));
    const heartbeat = join(shared, "releases", folder, "heartbeats", "web-abc");
    return { shared, heartbeat, env: { SHARED_CACHE_DIR: shared } };
  };

  it("is there while the pod runs, and stays for the pages that it has sent", async () => {
    const { heartbeat, env } = release();
    mkdirSync(join(heartbeat, "..", ".."));
    await start({ cwd: fixture(NEXT_VERSION).standalone, env });
    await server.until("the heartbeat", async () => existsSync(heartbeat), 5);
    assert(Date.now() - statSync(heartbeat).mtimeMs < 10_000);
    assert.match(readFileSync(heartbeat, "utf8"), /^\d{4}-\d\d-\d\dT.+Z\n$/);
    server.signal();
    assert.equal((await server.exitWithin(5)).code, 0);
    assert(existsSync(heartbeat));
  });

  it("publishes the release again when its folder is gone from the volume", async () => {
    const { heartbeat, env } = release();
    const folder = join(heartbeat, "..", "..");
    mkdirSync(folder);
    await start({
      cwd: fixture(NEXT_VERSION).standalone,
      env: { ...env, AGENT_HEARTBEAT_SECONDS: "1" },
    });
    await server.until("the heartbeat", async () => existsSync(heartbeat), 5);
    removeAtOnce(folder);
    await server.until("the heartbeat", async () => existsSync(heartbeat), 15);
    assert(readdirSync(folder).length > 1, "more than the heartbeat is back");
    assert.equal((await server.get("/")).status, 200);
  });

  it("brings back what was deleted beside it: the folder of its images, and the union of static files", async () => {
    const { shared, heartbeat, env } = release();
    const folder = join(heartbeat, "..", "..");
    mkdirSync(folder);
    const parts = [join(shared, "images", basename(folder)), join(shared, "static")];
    for (const part of parts) mkdirSync(part, { recursive: true });
    await start({
      cwd: fixture(NEXT_VERSION).standalone,
      env: { ...env, AGENT_HEARTBEAT_SECONDS: "1" },
    });
    await server.until("the heartbeat", async () => existsSync(heartbeat), 5);
    await sleep(300);
    for (const part of ["images", "static"]) removeAtOnce(join(shared, part));
    await server.until("both", async () => parts.every((part) => existsSync(part)), 15);
    assert(readdirSync(join(shared, "static")).length > 0, "the union is complete");
  });

  it("brings back an images folder that is gone before the first beat", async () => {
    const { shared, heartbeat, env } = release();
    const folder = join(heartbeat, "..", "..");
    mkdirSync(folder);
    mkdirSync(join(shared, "static"));
    await start({ cwd: fixture(NEXT_VERSION).standalone, env });
    const images = join(shared, "images", basename(folder));
    await server.until("the folder", async () => existsSync(images), 15);
  });

  it("makes nothing where the release was not published", async () => {
    const { shared, heartbeat, env } = release();
    await start({ cwd: fixture(NEXT_VERSION).standalone, env });
    await server.ready();
    await sleep(500);
    assert(!existsSync(join(heartbeat, "..", "..")));
    assert(existsSync(shared));
    assert.equal(server.logged("heartbeat failed"), undefined);
  });

  it("a folder that refuses it: one line, and the site runs", async function () {
    const { heartbeat, env } = release();
    // A folder of that name refuses to be written, to root too.
    mkdirSync(heartbeat, { recursive: true });
    await start({ cwd: fixture(NEXT_VERSION).standalone, env });
    await server.ready();
    await server.until("the line", async () => server.logged("heartbeat failed") !== undefined, 5);
    assert.equal((await server.get("/")).status, 200);
  });
});
