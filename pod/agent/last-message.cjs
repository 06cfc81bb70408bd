"use strict";
const { writeFileSync } = require("node:fs");

/** The file from which Kubernetes takes a container's last message, unless it is empty. */
const LAST_MESSAGE = "/dev/termination-log";

/**
 * Writes why the container ends: Pulumi's provider puts it into its error, and `kubectl describe pod` shows it.
 *
 * @param {string} reason
 */
function leaveLastMessage(reason) {
  try {
    writeFileSync(process.env.AGENT_LAST_MESSAGE || LAST_MESSAGE, `${reason}\n`);
  } catch {
    // Then the last lines of the log are the message: see terminationMessagePolicy.
  }
}

module.exports = { leaveLastMessage };
