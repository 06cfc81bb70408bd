"use strict";
const { PORTS } = require("./pod-contract.cjs");

/**
 * @typedef {object} Settings
 * @property {number} port Where the app listens.
 * @property {number} adminPort Where `/livez`, `/readyz` and `/metrics` answer.
 * @property {number} livenessSeconds How long the event loop may stand still before `/livez` fails.
 * @property {number} graceSeconds How long requests may go on after SIGTERM.
 * @property {number} heartbeatSeconds Between two signs of life in the release's folder.
 * @property {number} warmupSeconds How long warm-up may fail before the pod starts once more; 0: for ever.
 * @property {string | undefined} runDirectory A folder of this pod, kept when a container starts again.
 * @property {string[]} warmupPaths What must have answered once before the pod is ready.
 * @property {string[]} ignored Variables whose values make no sense, for the log.
 */

/**
 * An invalid value never stops the site: the default is used, and the start line names the variable.
 *
 * @param {import("./pod-contract.cjs").Env} env
 * @param {number} port
 * @returns {Settings}
 */
function readSettings(env, port) {
  /** @type {string[]} */
  const ignored = [];

  /**
   * @param {import("./pod-contract.cjs").Variable} name
   * @param {number} fallback
   * @param {number} min
   * @param {number} max
   */
  const number = (name, fallback, min, max) => {
    const text = env[name];
    if (text === undefined || text.trim() === "") return fallback;
    const value = Number(text);
    if (value >= min && value <= max) return value;
    ignored.push(name);
    return fallback;
  };

  const paths = (env.AGENT_WARMUP_PATHS ?? "").split(",").map((path) => path.trim());
  const warmupPaths = paths.filter((path) => path.startsWith("/"));
  if (paths.some((path) => path !== "" && !path.startsWith("/")))
    ignored.push("AGENT_WARMUP_PATHS");

  return {
    port,
    adminPort: Math.trunc(number("AGENT_PORT", PORTS.agent, 1, 65535)),
    livenessSeconds: number("AGENT_LIVENESS_SECONDS", 30, 1, 3600),
    graceSeconds: number("AGENT_GRACE_SECONDS", 30, 0, 86400),
    heartbeatSeconds: number("AGENT_HEARTBEAT_SECONDS", 60, 1, 1800),
    warmupSeconds: number("AGENT_WARMUP_SECONDS", 0, 0, 86400),
    runDirectory: env.AGENT_DIR || undefined,
    warmupPaths,
    ignored,
  };
}

module.exports = { readSettings };
