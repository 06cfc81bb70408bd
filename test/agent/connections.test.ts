import assert from "node:assert/strict";
import { createServer } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { POD } from "../helpers/podFolder";
import { Server } from "./helpers/server";

const { MOST, SILENCE_MS } = require(join(POD, "agent-connections.cjs")) as {
  MOST: number;
  SILENCE_MS: number;
};

/** Connections that say nothing. */
async function silentConnections(port: number, count: number): Promise<Socket[]> {
  const sockets = Array.from({ length: count }, () => connect(port, "127.0.0.1"));
  for (const socket of sockets) socket.on("error", () => undefined).resume();
  await Promise.all(
    sockets.map(
      (socket) => new Promise((resolve) => socket.once("connect", resolve).once("close", resolve)),
    ),
  );
  return sockets;
}
const openOf = (sockets: Socket[]) => sockets.filter(({ closed }) => !closed).length;

describe("connections to the admin port that say nothing", () => {
  let server: Server;
  let sockets: Socket[] = [];
  before(async () => {
    server = await Server.start({
      cwd: join(__dirname, "apps"),
      command: ["node", "custom.cjs"],
    });
    await server.until("/livez", async () => (await server.admin("/livez")).status === 200);
  });
  after(() => server.kill());
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
  });

  it("are a hundred at most, and keep no probe out", async () => {
    sockets = await silentConnections(server.adminPort, 1000);
    assert.equal((await server.admin("/livez", 1_000)).status, 200);
    await server.until("no more than are allowed", async () => openOf(sockets) <= MOST, 5);
    assert.equal((await server.admin("/livez", 1_000)).status, 200);
    assert.equal((await server.admin("/metrics", 3_000)).status, 200);
  });

  it("are closed after some seconds, however few they are", async () => {
    sockets = await silentConnections(server.adminPort, 20);
    assert.equal(openOf(sockets), 20);
    await sleep(SILENCE_MS + 1_500);
    assert.equal(openOf(sockets), 0);
  });

  it("stay open for long with Node's own settings (control)", async () => {
    const plain = createServer((_, response) => response.end());
    plain.headersTimeout = 5_000;
    await new Promise<void>((resolve) => plain.listen(0, "127.0.0.1", resolve));
    sockets = await silentConnections((plain.address() as AddressInfo).port, 1000);
    await sleep(SILENCE_MS + 1_500);
    assert.equal(openOf(sockets), 1000);
    plain.closeAllConnections();
    plain.close();
  });
});
