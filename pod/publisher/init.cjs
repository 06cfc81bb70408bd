"use strict";
/**
 * What the pod's init container runs, as `node --build-snapshot /pod/init.cjs`: it saves the image's NODE_OPTIONS for
 * node-options.cjs, and runs the publisher without them.
 *
 * The image's preloads must not run here: they may open servers, or need what this container does not have. Node loads
 * none in a process that builds a snapshot, whatever NODE_OPTIONS says. No snapshot is created, because this ends
 * before. Only built-in modules can be loaded in such a process, so the names of the pod contract are spelled here once
 * more; a test compares them. See docs/decisions/agent-node-options.md.
 */
const { spawnSync } = require("node:child_process");
const { rmSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");

const { NODE_OPTIONS = "", AGENT_DIR = "", SHARED_CACHE_DIR } = process.env;

/** @returns {number} exit code */
function run() {
  const file = join(AGENT_DIR, "node-options");
  try {
    writeFileSync(file, `${NODE_OPTIONS}\n`);
  } catch (error) {
    console.error(`NODE_OPTIONS of the image cannot be kept in ${file}: ${String(error)}`);
    return 1;
  }
  if (SHARED_CACHE_DIR === undefined) return 0;
  const env = { ...process.env };
  delete env.NODE_OPTIONS;
  const { status, signal, error } = spawnSync(process.execPath, [join(__dirname, "publish.mjs")], {
    env,
    stdio: "inherit",
  });
  if (error) console.error(`the publisher cannot be started: ${error.message}`);
  if (signal) console.error(`the publisher was ended by ${signal}`);
  return leaveWord(status === 0);
}

/**
 * If an init container fails, Pulumi's provider reports only its name. So the server's container gets to know, tries
 * once more, and fails with the publisher's message: unpublished.cjs.
 *
 * @param {boolean} published
 * @returns {number} exit code
 */
function leaveWord(published) {
  const file = join(AGENT_DIR, "not-published");
  if (published) rmSync(file, { force: true });
  else writeFileSync(file, "");
  return 0;
}

process.exit(run());
