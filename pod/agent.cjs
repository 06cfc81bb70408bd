"use strict";
/**
 * The pod's agent: health, metrics, an orderly end and a heartbeat for any Next.js image, as a preload
 * (`NODE_OPTIONS=--require /pod/agent.cjs`) without dependencies.
 *
 * NODE_OPTIONS reaches every Node process of the container: npm, its children, worker threads. So this
 * file does nothing but wait for an HTTP server that listens on PORT, and only its process gets the rest.
 * The one exception is npm, and only for what it does with SIGTERM: agent-npm.cjs says why.
 */
const net = require("node:net");
const { isMainThread } = require("node:worker_threads");

const port = Number(process.env.PORT) || 3000;

/**
 * @param {net.Server} server
 * @returns {server is import("node:http").Server}
 */
function isApp(server) {
  const address = server.address();
  if (address === null || typeof address === "string" || address.port !== port) return false;
  return (
    server instanceof require("node:http").Server || server instanceof require("node:https").Server
  );
}

function waitForApp() {
  const original = net.Server.prototype.listen;

  /**
   * @this {net.Server}
   * @param {unknown[]} args
   * @returns {net.Server}
   */
  function listen(...args) {
    this.once("listening", () => {
      if (net.Server.prototype.listen !== listen || !isApp(this)) return;
      net.Server.prototype.listen = original;
      try {
        require("./agent-main.cjs").start(this, port);
      } catch (error) {
        // The site matters more than its agent; the probes will tell that the agent is missing.
        require("./agent-log.cjs").log("failed", { error: String(error) });
      }
    });
    return Reflect.apply(original, this, args);
  }
  net.Server.prototype.listen = listen;
}

if (isMainThread) {
  // An image's `npm start` stands between the kubelet's SIGTERM and the app.
  const npm = require("./agent-npm.cjs");
  if (npm.isNpm(process)) npm.signalPastShells();
  else waitForApp();
}
