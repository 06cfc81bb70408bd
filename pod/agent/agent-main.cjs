"use strict";
const { startAdmin } = require("./agent-admin.cjs");
const { drainOnSignal } = require("./agent-drain.cjs");
const { startHeartbeat } = require("./agent-heartbeat.cjs");
const { log } = require("./agent-log.cjs");
const { createMetrics } = require("./agent-metrics.cjs");
const { redirectOldImages } = require("./agent-old-images.cjs");
const { serveOldPublicFiles } = require("./agent-old-public.cjs");
const { tellRunner } = require("./agent-runner.cjs");
const { readSettings } = require("./agent-settings.cjs");
const { warnOfShells } = require("./agent-signals.cjs");
const { Traffic } = require("./agent-traffic.cjs");
const { Volume } = require("./agent-volume.cjs");
const { imageOptions } = require("./node-options.cjs");
const { layout } = require("./pod-contract.cjs");
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
  const shared = process.env.SHARED_CACHE_DIR;
  const volume = new Volume();
  if (release && shared) {
    const { releases, union } = layout(shared);
    redirectOldImages(server, release.dist, union, volume);
    serveOldPublicFiles(server, releases, release, volume);
  }
  startHeartbeat(process.env, settings.heartbeatSeconds, release, volume);
  warnOfShells(process.env, log);
  drainOnSignal(server, settings, traffic, { onBegin: admin.drain });
  // After the line above, so that its exit code is the final one.
  tellRunner(process.env);
  log("start", {
    port,
    adminPort: settings.adminPort,
    release: release?.id,
    sharedCache,
    warmupPaths: settings.warmupPaths,
    ...optionsGone(process.env),
    ...(settings.ignored.length > 0 ? { ignoredSettings: settings.ignored } : {}),
  });
}

/**
 * NODE_OPTIONS in `app.env` replaces the image's, like any variable of a pod. Log it.
 *
 * @param {NodeJS.ProcessEnv} env
 */
function optionsGone(env) {
  const image = imageOptions(env);
  if (image === "" || env.NODE_OPTIONS?.includes(image)) return {};
  return { nodeOptionsOfImageReplaced: image };
}

module.exports = { start };
