"use strict";
/**
 * The pod's agent: health, metrics, an orderly shutdown and a heartbeat for any Next.js image, as a preload
 * (`NODE_OPTIONS=--require /pod/agent.cjs`) without dependencies.
 *
 * NODE_OPTIONS reaches every Node process of the container: package managers, their children, worker threads. So this
 * file only waits for an HTTP server that listens on PORT, and only that process loads the rest. The one exception is a
 * package manager that runs a script, and only for what it does with SIGTERM: agent-runner.cjs.
 */
const { EventEmitter, errorMonitor } = require("node:events");
const net = require("node:net");
const { isMainThread } = require("node:worker_threads");
const { PORTS } = require("./pod-contract.cjs");

const port = Number(process.env.PORT) || PORTS.app;

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
  const watched = new WeakSet();
  let found = false;

  /**
   * @this {net.Server}
   * @param {unknown[]} args
   * @returns {net.Server}
   */
  function listen(...args) {
    if (!found) this.once("listening", () => act(this));
    if (!watched.has(this)) EventEmitter.prototype.on.call(this, errorMonitor, tellWhoseThePortIs);
    watched.add(this);
    return Reflect.apply(original, this, args);
  }

  /** @param {net.Server} server */
  const act = (server) => {
    if (found || !isApp(server)) return;
    found = true;
    try {
      require("./agent-main.cjs").start(server, port);
    } catch (error) {
      // The site matters more than its agent; the probes will show that the agent is missing.
      require("./agent-log.cjs").log("failed", { error: String(error) });
    }
  };
  net.Server.prototype.listen = listen;
}

/**
 * A metrics exporter that finds the agent on its port reports nothing, or an unclear error.
 *
 * @param {NodeJS.ErrnoException & { port?: number }} error
 */
function tellWhoseThePortIs({ code, port: wanted }) {
  if (code !== "EADDRINUSE") return;
  const { adminPort } = require("./agent-settings.cjs").readSettings(process.env, port);
  if (wanted !== adminPort) return;
  const { OTHER_PORT } = require("./agent-shared.cjs");
  require("./agent-log.cjs").log("port is the agent's", { port: wanted, remedy: OTHER_PORT });
}

if (isMainThread && !require("./node-options.cjs").isStandIn()) {
  require("./unpublished.cjs").publishOrEnd(process.env);
  const runner = require("./agent-runner.cjs");
  // An image's `npm start` is between the kubelet's SIGTERM and the app.
  if (runner.isRunner(process)) runner.passSignalsOn();
  else waitForApp();
}
