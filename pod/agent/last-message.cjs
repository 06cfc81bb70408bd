"use strict";
const { writeFileSync } = require("node:fs");

/** Where Kubernetes takes a container's last message from, if there is something in it. */
const LAST_MESSAGE = "/dev/termination-log";

/**
 * Leaves word why the container ends: Pulumi's provider puts it into its error, `kubectl describe pod` shows it.
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
