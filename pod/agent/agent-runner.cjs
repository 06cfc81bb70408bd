"use strict";
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");

/** The variable that tells a server that a package manager started it, and which file to write. */
const VARIABLE = "AGENT_RUNNER";
/** `npm`, `npm-cli.js`, `pnpm.cjs`, `yarn.js`, `yarn-4.9.2.cjs`, also if corepack starts them. */
const RUNNER = /^(npm|npx|pnpm|pnpx|yarn|yarnpkg|corepack)(-cli)?(-[\d.]+)?(\.[cm]?js)?$/;
const LOOK_MS = 20;

/**
 * Whether this process is the topmost package manager: that one handles the signal.
 *
 * @param {NodeJS.Process} process
 */
function isRunner(process) {
  if (!RUNNER.test(path.basename(process.argv[1] ?? ""))) return false;
  const above = Number(/\.(\d+)$/.exec(process.env[VARIABLE] ?? "")?.[1]);
  return !isAlive(above);
}

/**
 * If the image's command is `npm start`, `pnpm start` or `yarn start`, SIGTERM reaches the package manager, and the
 * container ends with it. A package manager passes the signal to the script's shell, which dies without telling the
 * server, or it exits at once. So the signal is sent directly to the server, and this process waits until the server
 * has ended and uses its exit code. As long as there is no server, the package manager behaves as usual.
 */
function passSignalsOn() {
  const file = path.join(process.env.AGENT_DIR || os.tmpdir(), `agent-runner.${process.pid}`);
  process.env[VARIABLE] = file;
  let told = false;

  /** @returns {number | undefined} */
  const tell = () => {
    const { server } = read(file);
    if (server === undefined) return undefined;
    try {
      process.kill(server, "SIGTERM");
      told = true;
      return server;
    } catch {
      return undefined;
    }
  };

  const waitForServer = () => {
    if (!told) return remove(file);
    // The script's shell may be gone while the server finishes, because dumb-init and `tini -g` signal all of them.
    const clock = new Int32Array(new SharedArrayBuffer(4));
    for (let { server } = read(file); isAlive(server);) Atomics.wait(clock, 0, 0, LOOK_MS);
    const { code } = read(file);
    if (code !== undefined) process.exitCode = code;
    remove(file);
  };

  const emit = process.emit;
  /** @type {(this: NodeJS.Process, event: string | symbol, ...args: unknown[]) => boolean} */
  const withoutSignal = function (event, ...args) {
    // No handler in the package manager sees the signal, even if it sends the signal to itself.
    if (event === "SIGTERM" && (told || tell() !== undefined)) return true;
    const heard = Reflect.apply(emit, this, [event, ...args]);
    if (event === "exit") waitForServer();
    return heard;
  };
  process.emit = /** @type {typeof process.emit} */ (withoutSignal);

  const onSignal = () => {
    // A listener suppresses the signal's default effect; here there is no other listener.
    if (process.listenerCount("SIGTERM") > 1) return;
    process.removeListener("SIGTERM", onSignal);
    process.kill(process.pid, "SIGTERM");
  };
  process.on("SIGTERM", onSignal);
}

/**
 * In the server: tells the package manager that started it, if there is one, which process should get the signal and
 * how it ended.
 *
 * @param {NodeJS.ProcessEnv} env
 */
function tellRunner(env) {
  const file = env[VARIABLE];
  if (!file) return;
  /** @param {string} text */
  const leave = (text) => {
    try {
      fs.writeFileSync(file, text);
    } catch {
      // Then the package manager behaves as usual.
    }
  };
  leave(`${process.pid}`);
  process.on("exit", (code) => leave(`${process.pid} ${process.exitCode ?? code}`));
}

/** @param {string} file @returns {{ server?: number, code?: number }} */
function read(file) {
  try {
    const [server, code] = fs.readFileSync(file, "utf8").split(" ").map(Number);
    return server ? { server, code } : {};
  } catch {
    return {};
  }
}

/** @param {string} file */
function remove(file) {
  fs.rmSync(file, { force: true });
}

/** @param {number | undefined} pid */
function isAlive(pid) {
  if (!pid) return false;
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch {
    return false;
  }
}

/** A process that has ended but whose parent has not read its status yet. @param {number} pid */
function isZombie(pid) {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z");
  } catch {
    return false;
  }
}

module.exports = { VARIABLE, isRunner, passSignalsOn, tellRunner };
