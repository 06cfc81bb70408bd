"use strict";
const { log } = require("./agent-log.cjs");

/** Some init processes signal the whole group, and npm forwards the signal too: the same signal arrives twice. */
const SAME_ORDER_MS = 1_000;
/** Time that closing WebSockets may take at the deadline. */
const GOODBYE_MS = 1_000;
/** Time for what still runs after the last answer, if nothing else ends the process. */
const LINGER_MS = 500;
/** 128 + SIGTERM: the code of a process that was ended before it finished. */
const CUT_SHORT = 143;
/** Next.js 15 ends with 0 after its clean-up, 16 with 128 + signal. */
const ORDERLY = new Set([0, 130, 143]);

/**
 * @typedef {object} Hooks
 * @property {() => void} onBegin
 */

/**
 * Next.js does the closing: it stops listening, waits for requests and `after()` callbacks, and exits. This makes that
 * fast (connections are closed), bounded (a deadline) and visible (log, code 0).
 *
 * @param {import("node:http").Server} server
 * @param {import("./agent-settings.cjs").Settings} settings
 * @param {import("./agent-traffic.cjs").Traffic} traffic
 * @param {Hooks} hooks
 */
function drainOnSignal(server, settings, traffic, hooks) {
  /** @type {{ at: number, signal: string, finishedBefore: number } | undefined} */
  let begun;
  /** @type {string | undefined} */
  let cut;

  /** @param {string} reason */
  const endNow = (reason) => {
    cut = reason;
    traffic.closeUpgraded();
    process.exit(CUT_SHORT);
  };

  const onDeadline = () => {
    if (traffic.requests.size > 0 || traffic.upgraded.size === 0) return endNow("deadline");
    // Only WebSockets are left, which never end by themselves: this is an orderly shutdown.
    traffic.closeUpgraded();
    setTimeout(endNow, GOODBYE_MS, "deadline");
  };

  /** @param {NodeJS.Signals} signal */
  const onSignal = (signal) => {
    if (begun) {
      if (signal === "SIGTERM" && Date.now() - begun.at >= SAME_ORDER_MS) endNow("second SIGTERM");
      return;
    }
    begun = { at: Date.now(), signal, finishedBefore: traffic.finished };
    const alone = process.listenerCount(signal) === 1;
    hooks.onBegin();
    traffic.drain();
    log("drain begin", { signal, ...counts(traffic), graceSeconds: settings.graceSeconds });
    setTimeout(onDeadline, settings.graceSeconds * 1000).unref();
    // With NEXT_MANUAL_SIG_HANDLE, or the app's own server, maybe nothing else closes and exits.
    if (alone) server.once("close", () => setTimeout(() => process.exit(0), LINGER_MS).unref());
    setImmediate(() => {
      if (server.listening) server.close();
    });
  };

  process.prependListener("SIGTERM", onSignal);
  process.prependListener("SIGINT", onSignal);
  process.on("exit", (code) => {
    const orderly = cut === undefined && ORDERLY.has(code) && (begun !== undefined || code === 0);
    if (orderly) process.exitCode = 0;
    if (!begun) return;
    log("drain end", {
      signal: begun.signal,
      seconds: (Date.now() - begun.at) / 1000,
      finished: traffic.finished - begun.finishedBefore,
      cut: traffic.requests.size,
      reason: cut ?? "finished",
      exitCode: orderly ? 0 : code,
    });
  });
}

/** @param {import("./agent-traffic.cjs").Traffic} traffic */
function counts(traffic) {
  return {
    requests: traffic.requests.size,
    connections: traffic.connections.size,
    upgraded: traffic.upgraded.size,
  };
}

module.exports = { drainOnSignal };
