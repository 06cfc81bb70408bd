"use strict";
const fs = require("node:fs");
const path = require("node:path");
const { log } = require("./agent-log.cjs");
const { leaveLastMessage } = require("./last-message.cjs");

/**
 * Ends a server that does not get warm, with the reason as the container's last message. For a container that runs but
 * is not ready, Kubernetes has no reason that `pulumi up` could show. This happens once in a pod's life: after that it
 * waits for what it depends on, as long as that takes. See docs/decisions/agent-warm-up-limit.md.
 *
 * @param {string | undefined} folder This pod's folder; without one the first start could not be told from the second.
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
