"use strict";
/*
 * For the agent: publishes again when a heartbeat finds that the release is gone from the volume, because somebody
 * deleted its files. In a separate process, so that it does not burden the server's event loop.
 */
const { spawn } = require("node:child_process");
const { join } = require("node:path");
const { SCRIPTS } = require("./pod-contract.cjs");

let running = false;

/**
 * @param {NodeJS.ProcessEnv} env of the pod
 * @param {string} directory folder of `server.js`
 * @returns {boolean} false if one is running already
 */
function republish(env, directory) {
  if (running) return false;
  running = true;
  const child = spawn(process.execPath, [join(__dirname, SCRIPTS.publish), "--no-prune"], {
    // Without the preloads of the server.
    env: { ...env, NODE_OPTIONS: "", APP_DIR: env.APP_DIR ?? directory },
    stdio: ["ignore", "inherit", "inherit"],
  });
  const ended = () => {
    running = false;
  };
  child.on("error", ended);
  child.on("exit", ended);
  child.unref();
  return true;
}

module.exports = { republish };
