"use strict";

/** Connections at one time. The kubelet and Prometheus open a handful, one after the other. */
const MOST = 100;
/** Longest silence: what answers here answers within two seconds. */
const SILENCE_MS = 5_000;

/**
 * Whoever reaches the pod may open connections and say nothing. Each is closed after a while, and beyond a number the one that
 * is silent for longest makes room: refusing the newest, as `maxConnections` does, would refuse the kubelet's probes.
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
