"use strict";
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { log } = require("./agent-log.cjs");
const { HEARTBEATS, layout } = require("./pod-contract.cjs");
const { republish } = require("./republish.cjs");

/**
 * Tells the pruner that this release is alive: a file with the pod's name in the release's folder, rewritten every
 * minute. Only the publisher creates the release's folder; without it there is nothing to keep. If the folder was there
 * and is gone, or its images or the union of static files, which the publisher creates with it, are missing, somebody
 * emptied the volume, and the release is published again.
 *
 * One operation at a time, and nothing waits for it: a file system that hangs must not delay the site.
 *
 * @param {import("./pod-contract.cjs").Env & NodeJS.ProcessEnv} env
 * @param {number} seconds Between two beats.
 * @param {import("./release.cjs").Release | undefined} release
 * @param {import("./agent-volume.cjs").Volume} volume
 */
function startHeartbeat(env, seconds, release, volume) {
  const shared = env.SHARED_CACHE_DIR;
  const pod = env.POD_NAME || os.hostname();
  if (!shared || !release || !isFileName(pod)) return;

  const { releases, images, union } = layout(shared);
  const folder = path.join(releases, release.folder, HEARTBEATS);
  const file = path.join(folder, pod);
  const parts = [path.join(images, release.folder), union];
  let busy = false;
  let made = false;
  let complained = false;

  const beat = async () => {
    if (busy) return;
    busy = true;
    await volume.run(touch);
    busy = false;
  };
  const touch = async () => {
    try {
      // Not recursive: fails if there is no such release.
      await fs.promises.mkdir(folder).catch(() => {});
      await fs.promises.writeFile(file, `${new Date().toISOString()}\n`);
      made = true;
      let there = true;
      for (const part of parts) there &&= await isThere(part);
      if (!there) republish(env, process.cwd());
    } catch (error) {
      const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
      if (missing && made) republish(env, process.cwd());
      if (!missing && !complained) log("heartbeat failed", { error: String(error) });
      complained ||= !missing;
    }
  };
  void beat();
  // It stays when the pod ends: pages that the pod has sent stay open in browsers for a while.
  setInterval(beat, seconds * 1000).unref();
}

/** @param {string} folder */
async function isThere(folder) {
  return fs.promises.access(folder).then(
    () => true,
    (error) => error.code !== "ENOENT",
  );
}

/** @param {string} name */
function isFileName(name) {
  return name !== "." && name !== ".." && !/[/\\\0]/.test(name);
}

module.exports = { startHeartbeat };
