/* Heartbeats in a release's folder: one file per pod, rewritten once a minute. Its time matters, not its content. */
import { mkdir, readdir, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { HEARTBEATS } from "./pod-contract.cjs";
import { foldersIn, ignoreMissing, isMissing, isThere, writtenAt } from "./volume.mjs";

/** @typedef {import("./pod-contract.cjs").Layout} Layout */

const MINUTE = 60_000;
/** A release with a heartbeat younger than this has pods, which write one every minute. */
const ALIVE_MS = 60 * MINUTE;
/** After this time, heartbeats of pods that are gone are meaningless. */
const FORGOTTEN_MS = 24 * 60 * MINUTE;

/**
 * Tells the pruner that a pod of this release is here. The content is rewritten, not only the time, so that the time is
 * the file server's. Nothing is created if the release is not there.
 * @param {string} folder of the release
 * @param {string} pod
 * @returns {Promise<boolean>} whether the release is there
 */
export async function beat(folder, pod) {
  try {
    await mkdir(join(folder, HEARTBEATS)).catch((error) => {
      if (!isThere(error)) throw error;
    });
    await writeFile(join(folder, HEARTBEATS, pod), `${new Date().toISOString()}\n`);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** When a pod of the release last gave one. @param {string} release its folder @returns {Promise<number | undefined>} */
export async function newestBeat(release) {
  const folder = join(release, HEARTBEATS);
  /** @type {number | undefined} */
  let newest;
  for (const name of await namesIn(folder)) {
    const at = await writtenAt(join(folder, name));
    if (at !== undefined && (newest === undefined || at > newest)) newest = at;
  }
  return newest;
}

/** @param {string} folder */
async function namesIn(folder) {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/**
 * A time in the future means that a clock was changed; the pod is alive. @param {number | undefined} beat @param
 * {number} now
 */
export const isAlive = (beat, now) => beat !== undefined && now - beat < ALIVE_MS;

/**
 * Removes those of pods that are long gone; the newest stays, because it says when the release was last seen. @param
 * {Layout} layout @param {number} now
 */
export async function forgetHeartbeats(layout, now) {
  for (const folder of await foldersIn(layout.releases)) {
    if (folder.startsWith(".")) continue;
    const beats = join(layout.releases, folder, HEARTBEATS);
    const newest = await newestBeat(join(layout.releases, folder));
    for (const name of await namesIn(beats)) {
      const at = await writtenAt(join(beats, name));
      if (at === undefined || at === newest || now - at < FORGOTTEN_MS) continue;
      await unlink(join(beats, name)).catch(ignoreMissing);
    }
  }
}
