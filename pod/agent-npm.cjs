"use strict";
const fs = require("node:fs");
const path = require("node:path");

const SHELLS = new Set(["sh", "ash", "bash", "busybox", "dash"]);

/** @param {NodeJS.Process} process */
function isNpm(process) {
  return ["npm", "npm-cli.js"].includes(path.basename(process.argv[1] ?? ""));
}

/**
 * Where the image's command is `npm start`, SIGTERM meets npm, which hands it to the shell of the script.
 * That one dies of it without a word to the server, npm ends, and with the container's first process every
 * request in flight. So the signal goes past the shell to what it runs; the rest then ends in order.
 */
function signalPastShells() {
  const { ChildProcess } = require("node:child_process");
  const kill = ChildProcess.prototype.kill;
  /**
   * @this {import("node:child_process").ChildProcess}
   * @param {NodeJS.Signals | number} [signal]
   */
  ChildProcess.prototype.kill = function (signal) {
    const server = signal === "SIGTERM" && this.pid ? behindShells(this.pid) : undefined;
    if (server === undefined) return kill.call(this, signal);
    try {
      return process.kill(server, signal);
    } catch {
      return kill.call(this, signal);
    }
  };
}

/**
 * @param {number} shell
 * @returns {number | undefined} The only process that the shell runs; undefined if that is not the case.
 */
function behindShells(shell) {
  try {
    let found = shell;
    const processes = readProcesses();
    while (SHELLS.has(processes.get(found)?.name ?? "")) {
      const children = [...processes].filter(([, { parent }]) => parent === found);
      const [child] = children;
      if (child === undefined || children.length > 1) return undefined;
      found = child[0];
    }
    return found === shell ? undefined : found;
  } catch {
    return undefined;
  }
}

/** What `/proc` says of the container's few processes. */
function readProcesses() {
  /** @type {Map<number, { name: string, parent: number }>} */
  const processes = new Map();
  for (const entry of fs.readdirSync("/proc")) {
    if (!/^[0-9]+$/.test(entry)) continue;
    try {
      // pid (name) state parent …, and a name may hold anything.
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

module.exports = { isNpm, signalPastShells };
