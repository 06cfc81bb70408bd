"use strict";
const fs = require("node:fs");
const { VARIABLE } = require("./agent-runner.cjs");

/** They pass no signal on to what they run; as a container's first process they do not even end on it. */
const SHELLS = new Set(["sh", "ash", "bash", "busybox", "dash", "ksh", "zsh"]);
const REMEDY =
  'let the image run the server itself, in the exec form: CMD ["node", "server.js"]; in a script write: exec node server.js';

/**
 * @typedef {object} Process
 * @property {string} name
 * @property {number} parent
 */

/**
 * Which process between the container's first one and the server keeps SIGTERM from it.
 *
 * @param {ReadonlyMap<number, Process>} processes
 * @param {number} server
 * @param {number | undefined} runner A package manager with the agent: it reaches the server, whatever is in between.
 * @returns {{ pid: number, name: string } | undefined}
 */
function inTheWay(processes, server, runner) {
  const isBefore = runner !== undefined && processes.has(runner);
  let pid = isBefore ? runner : server;
  const seen = new Set([pid]);
  for (;;) {
    const parent = processes.get(pid)?.parent ?? 0;
    if (parent === 0 || seen.has(parent)) return undefined;
    const name = processes.get(parent)?.name;
    if (name === undefined) return undefined;
    if (SHELLS.has(name)) return { pid: parent, name };
    seen.add(parent);
    pid = parent;
  }
}

/**
 * Says at startup what would otherwise be noticed only when requests are lost. Outside a container the first process is
 * the machine's, and what is in between does not matter here.
 *
 * @param {NodeJS.ProcessEnv} env
 * @param {(event: string, fields: Record<string, unknown>) => void} log
 */
function warnOfShells(env, log) {
  if (env.AGENT_DIR === undefined) return;
  const runner = Number(/\.(\d+)$/.exec(env[VARIABLE] ?? "")?.[1]) || undefined;
  const shell = inTheWay(readProcesses(), process.pid, runner);
  if (shell === undefined) return;
  log("SIGTERM does not reach the server", {
    because: `'${shell.name}' (process ${shell.pid}) is in front of it and passes no signals on: requests in flight are lost when the pod ends`,
    remedy: REMEDY,
  });
}

/** What `/proc` says about the container's few processes. @returns {Map<number, Process>} */
function readProcesses() {
  /** @type {Map<number, Process>} */
  const processes = new Map();
  /** @type {string[]} */
  let names = [];
  try {
    names = fs.readdirSync("/proc").filter((name) => /^[0-9]+$/.test(name));
  } catch {
    // Not Linux.
  }
  for (const entry of names) {
    try {
      // pid (name) state parent …, and a name may contain anything.
      const stat = fs.readFileSync(`/proc/${entry}/stat`, "utf8");
      const end = stat.lastIndexOf(")");
      const parent = Number(stat.slice(end + 2).split(" ")[1]);
      processes.set(Number(entry), { name: stat.slice(stat.indexOf("(") + 1, end), parent });
    } catch {
      // It has ended.
    }
  }
  return processes;
}

module.exports = { inTheWay, warnOfShells };
