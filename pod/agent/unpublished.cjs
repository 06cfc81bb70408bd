"use strict";
/*
 * If the init container could not publish the release, the server's container tries again, and ends if that fails too.
 * Pulumi's provider says nothing about init containers in its errors: see
 * docs/decisions/releases-failure-in-the-server.md.
 */
const { existsSync, rmSync, writeSync } = require("node:fs");
const { join } = require("node:path");
const { RUN_FILES, SCRIPTS } = require("./pod-contract.cjs");

/**
 * Runs in each Node process of the container, before any of the application's code.
 *
 * @param {NodeJS.ProcessEnv} env
 */
function publishOrEnd(env) {
  const file = env.AGENT_DIR && join(env.AGENT_DIR, RUN_FILES.notPublished);
  if (!file || !existsSync(file)) return;
  const { spawnSync } = require("node:child_process");
  const { leaveLastMessage } = require("./last-message.cjs");
  const { status, signal, stderr, error } = spawnSync(
    process.execPath,
    [join(__dirname, SCRIPTS.publish)],
    {
      env: { ...env, NODE_OPTIONS: "" },
      stdio: ["ignore", "inherit", "pipe"],
      encoding: "utf8",
    },
  );
  if (stderr) writeSync(2, stderr);
  if (status === 0) return rmSync(file, { force: true });
  leaveLastMessage(
    messageIn(stderr ?? "") ?? `the publisher: ${error ?? signal ?? `exit ${status}`}`,
  );
  process.exit(1);
}

/** @param {string} output @returns {string | undefined} what its last line says */
function messageIn(output) {
  const last = output.trim().split("\n").at(-1) ?? "";
  try {
    const { message } = JSON.parse(last);
    return typeof message === "string" ? message : undefined;
  } catch {
    return last || undefined;
  }
}

module.exports = { publishOrEnd };
