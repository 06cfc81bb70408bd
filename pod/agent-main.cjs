"use strict";
const { startAdmin } = require("./agent-admin.cjs");
const { drainOnSignal } = require("./agent-drain.cjs");
const { startHeartbeat } = require("./agent-heartbeat.cjs");
const { log } = require("./agent-log.cjs");
const { createMetrics } = require("./agent-metrics.cjs");
const { readSettings } = require("./agent-settings.cjs");
const { Traffic } = require("./agent-traffic.cjs");
const { readRelease } = require("./release.cjs");
const { sharedCacheOf } = require("./shared-cache.cjs");

/**
 * Everything the agent does, in the one process that serves the site.
 *
 * @param {import("node:http").Server} server Already listening on `port`.
 * @param {number} port
 */
function start(server, port) {
  const settings = readSettings(process.env, port);
  // A standalone server.js changes to its own folder before it listens; `next start` runs in the app's.
  const release = readRelease(process.cwd(), process.env);
  const sharedCache = release && sharedCacheOf(release.dist);
  const traffic = new Traffic(server);
  const admin = startAdmin(server, settings, createMetrics(traffic, release?.id, sharedCache));
  startHeartbeat(process.env, settings.heartbeatSeconds, release);
  drainOnSignal(server, settings, traffic, { onBegin: admin.drain });
  log("start", {
    port,
    adminPort: settings.adminPort,
    release: release?.id,
    sharedCache,
    warmupPaths: settings.warmupPaths,
    ...(settings.ignored.length > 0 ? { ignoredSettings: settings.ignored } : {}),
  });
}

module.exports = { start };
