"use strict";
const path = require("node:path");
const { Worker } = require("node:worker_threads");
const { log } = require("./agent-log.cjs");
const { startOnceMore } = require("./agent-once-more.cjs");
const shared = require("./agent-shared.cjs");

const BEAT_MS = 250;
const RESTART_MS = 1_000;

/**
 * The admin server runs in a separate thread, so that it answers probes while the app's event loop is busy, and can
 * report when the loop is blocked. The app's thread writes a time stamp to shared memory; only for metrics is it asked.
 *
 * @param {import("node:http").Server} server
 * @param {import("./agent-settings.cjs").Settings} settings
 * @param {{ render: () => string, delivered: () => void }} metrics
 */
function startAdmin(server, settings, metrics) {
  const memory = shared.create();
  shared.beat(memory);
  setInterval(() => shared.beat(memory), BEAT_MS).unref();

  const address = /** @type {import("node:net").AddressInfo} */ (server.address());
  const workerData = {
    memory,
    settings,
    app: {
      host: reachable(address.address),
      port: address.port,
      secure: server instanceof require("node:https").Server,
    },
  };

  const run = () => {
    const worker = new Worker(path.join(__dirname, "agent-admin-thread.cjs"), {
      name: "pod-agent",
      workerData,
      // This thread needs neither other preloads nor secrets.
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: 64 },
    });
    worker.unref();
    worker.on("message", (message) => {
      if (message.type === "metrics") {
        worker.postMessage({ type: "metrics", id: message.id, text: metrics.render() });
      } else if (message.type === "delivered") {
        metrics.delivered();
      } else if (message.type === "not warm") {
        startOnceMore(settings.runDirectory, message.reason);
      } else if (message.type === "log") {
        log(message.event, message.fields);
      }
    });
    worker.on("error", (error) => log("admin failed", { error: String(error) }));
    worker.on("exit", () => setTimeout(run, RESTART_MS).unref());
  };
  run();

  return { drain: () => shared.setDraining(memory) };
}

/** @param {string} address Where the app listens, possibly "any". */
function reachable(address) {
  if (address === "0.0.0.0" || address === "::") return "127.0.0.1";
  return address;
}

module.exports = { startAdmin };
