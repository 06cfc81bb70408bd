"use strict";
const fs = require("node:fs");
const path = require("node:path");
const { log } = require("./agent-log.cjs");
const { leaveLastMessage } = require("./last-message.cjs");

/**
 * Ends a server that does not get warm, with the reason as the container's last message: of a container that runs and
 * is not ready Kubernetes knows no reason, and so `pulumi up` could tell none. Once in the life of a pod: after
 * that it waits for what it depends on, for as long as that takes. See docs/decisions/agent-warm-up-limit.md.
 *
 * @param {string | undefined} folder Of this pod; without one nothing could tell the first start from the second.
 * @param {string} reason
 */
function startOnceMore(folder, reason) {
  if (folder === undefined) return;
  try {
    fs.writeFileSync(path.join(folder, "started-once-more"), `${reason}\n`, { flag: "wx" });
  } catch {
    return;
  }
  log("not warm", { reason, then: "starts once more" });
  leaveLastMessage(reason);
  process.exit(1);
}

module.exports = { startOnceMore };
