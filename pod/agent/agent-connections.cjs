"use strict";

/** Connections at one time. The kubelet and Prometheus open a handful, one after the other. */
const MOST = 100;
/** Longest silence: everything here answers within two seconds. */
const SILENCE_MS = 5_000;

/**
 * Anyone who can reach the pod can open connections and send nothing. Each is closed after a while, and above a limit
 * the one that has been silent longest is closed: refusing the newest, as `maxConnections` does, would refuse the
 * kubelet's probes.
 * @param {import("node:http").Server} server
 */
function boundConnections(server) {
  server.timeout = SILENCE_MS;
  /** @type {Set<import("node:net").Socket>} without a request, oldest first */
  const silent = new Set();
  let open = 0;
  server.on("connection", (socket) => {
    open++;
    silent.add(socket);
    socket.once("close", () => {
      open--;
      silent.delete(socket);
    });
    const [oldest] = silent;
    if (open > MOST) oldest?.destroy();
  });
  server.on("request", ({ socket }, response) => {
    silent.delete(socket);
    response.once("close", () => {
      if (!socket.destroyed) silent.add(socket);
    });
  });
}

module.exports = { boundConnections, MOST, SILENCE_MS };
