"use strict";
/**
 * A preload that restores what the image has in NODE_OPTIONS. A variable in a pod's template replaces the image's,
 * which the template cannot know. The init container knows it: init.cjs writes it to a file. The container's first Node
 * process reads it here and restarts with both, the image's first; its child processes inherit them. See
 * docs/decisions/agent-node-options.md.
 */
const { spawn } = require("node:child_process");
const { readFileSync } = require("node:fs");
const { constants } = require("node:os");
const { join } = require("node:path");
const { isMainThread } = require("node:worker_threads");
const { RUN_FILES } = require("./pod-contract.cjs");

const PASSED_ON = /** @type {const} */ ([
  "SIGTERM",
  "SIGINT",
  "SIGHUP",
  "SIGQUIT",
  "SIGUSR1",
  "SIGUSR2",
]);

let standIn = false;

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {string} NODE_OPTIONS of the image; empty if it has none, or if it was not saved
 */
function imageOptions(env) {
  try {
    return env.AGENT_DIR
      ? readFileSync(join(env.AGENT_DIR, RUN_FILES.nodeOptions), "utf8").trim()
      : "";
  } catch {
    return "";
  }
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {string | undefined} What NODE_OPTIONS should be; undefined if it is that already.
 */
function wholeOptions(env) {
  const own = `--require ${__filename}`;
  const given = env.NODE_OPTIONS ?? "";
  const image = imageOptions(env);
  if (image === "" || !given.includes(own)) return undefined;
  const rest = given.replace(own, "").trim();
  return rest.includes(image) ? rest : `${image} ${rest}`;
}

function startAgain() {
  const options = wholeOptions(process.env);
  // The channel to the parent belongs to this process.
  if (options === undefined || process.env.NODE_CHANNEL_FD !== undefined) return;
  const env = { ...process.env, NODE_OPTIONS: options };
  const args = [...process.execArgv, ...process.argv.slice(1)];
  // Node 22.15 and later: the same process continues as another program.
  const { execve } =
    /** @type {{ execve?: (file: string, args: string[], env: object) => void }} */ (
      /** @type {unknown} */ (process)
    );
  if (execve) return execve.call(process, process.execPath, [process.argv0, ...args], env);
  // Without a script there is no main module to stop: `node -e` by hand.
  if (process.argv[1] === undefined || process.execArgv.some((flag) => /^-[a-z]*[ep]/.test(flag)))
    return;
  standInFor(args, env);
}

/**
 * Imitates execve in older versions: this process runs nothing, passes signals on and ends like the other.
 *
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
function standInFor(args, env) {
  standIn = true;
  // Node calls it by this name, so preloads can replace it.
  const modules = /** @type {{ runMain: () => void }} */ (
    /** @type {unknown} */ (require("node:module"))
  );
  modules.runMain = () => {};
  const child = spawn(process.execPath, args, { env, stdio: "inherit", argv0: process.argv0 });
  for (const signal of PASSED_ON) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => {
    console.error(`NODE_OPTIONS of the image cannot be kept: ${error.message}`);
    process.exit(1);
  });
  child.on("exit", (code, signal) => {
    process.exit(signal === null ? (code ?? 1) : 128 + constants.signals[signal]);
  });
}

if (isMainThread && (process.env.NODE_OPTIONS ?? "").includes(__filename)) startAgain();

module.exports = { imageOptions, isStandIn: () => standIn };
