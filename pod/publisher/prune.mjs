/*
 * Removes what is no longer needed: releases, their images and page cache, static files that no release names, and
 * leftovers of crashed publishers. It may run in many pods at once, and beside publishers.
 */
import { readdir, rename, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { forgetHeartbeats, isAlive, newestBeat } from "./heartbeats.mjs";
import { readManifest, MANIFEST } from "./manifest.mjs";
import { removePages } from "./pages.mjs";
import { pruneUnion } from "./prune-union.mjs";
import { place, unionFiles, WRITING } from "./store.mjs";
import {
  filesBelow,
  foldersIn,
  forEach,
  ignoreMissing,
  isFull,
  isMissing,
  isThere,
  ownFolder,
  refuseLink,
  removeTree,
  serverTime,
  unique,
  writtenAt,
} from "./volume.mjs";

/** @typedef {import("./pod-contract.cjs").Layout} Layout */

/** What a publisher or a pruner has not touched for this long belongs to one that is gone. */
const ABANDONED_MS = 60 * 60_000;
/** When a pruner last saw a release alive, in case its heartbeats disappear with its pods. */
const SEEN = "seen";
/** The running release and the one before it stay in any case. */
const FEWEST_KEPT = 2;
/** Time, folder of the release, and what makes the name unique. */
const TRASHED = /^\d+\.(.+)\.[^.]+$/;

/**
 * @typedef {object} PruneOptions
 * @property {Layout} layout
 * @property {string | undefined} current folder of the release of this image
 * @property {number} kept how many of the last releases stay
 * @property {readonly string[]} rollback folders of releases that stay because somebody may roll back to them
 * @property {boolean} [dryRun] says what would go and removes nothing
 * @property {number} [settleMs] how late a pod may see what another one wrote
 */

/**
 * @typedef {object} Pruned
 * @property {{ release: string, why: string }[]} kept
 * @property {{ release: string, why: string }[]} removed
 * @property {string[]} unionFiles removed from the union
 * @property {string[]} leftovers of crashed publishers and pruners
 */

/**
 * @typedef {object} Found
 * @property {string} folder
 * @property {boolean} whole it has a manifest
 * @property {number} lastSeen newest sign of it, by the file server's clock
 * @property {number | undefined} lastBeat
 */

/**
 * @param {PruneOptions} options
 * @returns {Promise<Pruned>}
 */
export async function prune(options) {
  const { layout, dryRun = false } = options;
  for (const folder of [layout.releases, layout.temporary, layout.trash, layout.union]) {
    await (dryRun ? refuseLink : ownFolder)(folder).catch((error) => {
      if (!isMissing(error)) throw error;
    });
  }
  const now = dryRun
    ? await serverTime(layout.releases).catch(() => Date.now())
    : await serverTime(layout.temporary);
  const found = await look(layout);
  const { kept, removed } = judge(found, options, now);
  if (!dryRun) await noteAlive(layout, found, now);
  /** @type {Pruned} */
  const pruned = { kept, removed: [], unionFiles: [], leftovers: [] };
  for (const doomed of removed) {
    if (dryRun || (await removeRelease(layout, doomed.release, now))) pruned.removed.push(doomed);
    else
      pruned.kept.push({ release: doomed.release, why: "came alive while it was being removed" });
  }
  pruned.unionFiles = await pruneUnion(
    options,
    removed.map(({ release }) => release),
  );
  pruned.leftovers = await pruneLeftovers(layout, now, dryRun);
  if (!dryRun) await forgetHeartbeats(layout, now);
  return pruned;
}

/** @param {Layout} layout @returns {Promise<Found[]>} */
async function look(layout) {
  const folders = (await foldersIn(layout.releases)).filter((name) => !name.startsWith("."));
  /** @type {Found[]} */
  const found = [];
  await forEach(folders, async (folder) => {
    const path = join(layout.releases, folder);
    const lastBeat = await newestBeat(path);
    const published = await writtenAt(join(path, MANIFEST));
    const made = published ?? (await writtenAt(path)) ?? 0;
    const seen = (await writtenAt(join(path, SEEN))) ?? 0;
    found.push({
      folder,
      whole: published !== undefined,
      lastSeen: Math.max(made, seen, lastBeat ?? 0),
      lastBeat,
    });
  });
  return found;
}

/** @param {Layout} layout @param {Found[]} found @param {number} now */
async function noteAlive(layout, found, now) {
  for (const { folder, lastBeat } of found) {
    if (!isAlive(lastBeat, now)) continue;
    const path = join(layout.releases, folder, SEEN);
    await writeFile(path, `${new Date().toISOString()}\n`).catch((error) => {
      if (!isMissing(error) && !isFull(error)) throw error;
    });
  }
}

/**
 * @param {Found[]} found
 * @param {PruneOptions} options
 * @param {number} now
 */
function judge(found, { current, kept, rollback }, now) {
  const count = Math.max(FEWEST_KEPT, kept);
  // This image's release counts as the newest, whatever the times of its files.
  const order = [...found].sort(
    (a, b) =>
      Number(b.folder === current) - Number(a.folder === current) || b.lastSeen - a.lastSeen,
  );
  // Those in use stay in any case, and do not count against those that somebody may roll back to.
  const others = order.filter(
    ({ whole, folder, lastBeat }) => whole && folder !== current && !isAlive(lastBeat, now),
  );
  const last = new Set(others.slice(0, count - 1).map(({ folder }) => folder));
  /** @param {Found} release @returns {string | undefined} */
  const reason = (release) => {
    if (release.folder === current) return "the release of this image";
    if (rollback.includes(release.folder)) return "the release to roll back to";
    if (isAlive(release.lastBeat, now)) return "has a heartbeat of the last hour";
    if (last.has(release.folder)) return `one of the last ${count}`;
    // A folder without a manifest may be under repair by a pod.
    return !release.whole && now - release.lastSeen < ABANDONED_MS ? "is being written" : undefined;
  };
  const verdicts = order.map((release) => ({ release: release.folder, why: reason(release), now }));
  return {
    kept: verdicts.flatMap(({ release, why }) => (why === undefined ? [] : [{ release, why }])),
    removed: verdicts.flatMap(({ release, why }) =>
      why === undefined ? [{ release, why: "no pod, and not one of the last" }] : [],
    ),
  };
}

/**
 * Moves it away first: a release must stay if one of its pods is just starting.
 * @param {Layout} layout
 * @param {string} folder
 * @param {number} now
 * @returns {Promise<boolean>} false if it came alive
 */
async function removeRelease(layout, folder, now) {
  const path = join(layout.releases, folder);
  if (isAlive(await newestBeat(path), now)) return false;
  const trash = join(layout.trash, `${Math.round(now)}.${folder}.${unique()}`);
  try {
    await rename(path, trash);
  } catch (error) {
    if (isMissing(error)) return true;
    throw error;
  }
  // One of its pods may have started in the meantime. A pod writes its heartbeat before it looks, so either its
  // heartbeat is here or it finds nothing.
  const alive = isAlive(await newestBeat(trash), now);
  if (alive) await giveBack(layout, trash, path);
  else await emptyTrash(layout, trash);
  return !alive;
}

/**
 * Removes a release that was moved to the trash, its caches first: if a pruner dies in between, the next one does the
 * rest.
 * @param {Layout} layout
 * @param {string} trash
 */
async function emptyTrash(layout, trash) {
  const folder = TRASHED.exec(basename(trash))?.[1];
  // If a pod has published it again, the caches belong to that pod.
  if (folder !== undefined && (await writtenAt(join(layout.releases, folder))) === undefined) {
    const manifest = await readManifest(trash).catch(() => undefined);
    await removeTree(join(layout.images, folder));
    if (manifest !== undefined) await removePages(layout, manifest.release);
  }
  await removeTree(trash);
}

/**
 * Undoes the removal of a release whose pod looked at it before it was taken away.
 * @param {Layout} layout
 * @param {string} trash
 * @param {string} path
 */
async function giveBack(layout, trash, path) {
  try {
    await rename(trash, path);
  } catch (error) {
    if (!isThere(error)) throw error;
    // The pod has begun to repair it, and relies on the files that it has seen here.
    await forEach(await filesBelow(trash), (file) =>
      place(layout, join(trash, file), join(path, file)).catch(ignoreMissing),
    );
    await removeTree(trash);
  }
  // Another pruner may have removed its files from the union while it was moved away.
  const manifest = await readManifest(path);
  await forEach(manifest === undefined ? [] : unionFiles(manifest), (file) =>
    place(layout, join(path, "static", file.path), join(layout.union, file.path)).catch(
      ignoreMissing,
    ),
  );
}

/**
 * Temporary folders and files of publishers that are gone, and what pruners did not finish removing.
 * @param {Layout} layout
 * @param {number} now
 * @param {boolean} dryRun
 */
async function pruneLeftovers(layout, now, dryRun) {
  /** @type {string[]} */
  const leftovers = [];
  for (const [place, parent] of /** @type {const} */ ([
    [".tmp", layout.temporary],
    [".trash", layout.trash],
    ["images/.tmp", join(layout.images, ".tmp")],
  ])) {
    for (const name of await allIn(parent)) {
      const path = join(parent, name);
      const touched = Math.max(
        (await writtenAt(path)) ?? now,
        (await writtenAt(join(path, WRITING))) ?? 0,
        parent === layout.trash ? Number(/^\d+/.exec(name)?.[0] ?? 0) : 0,
      );
      if (now - touched < ABANDONED_MS) continue;
      leftovers.push(`${place}/${name}`);
      if (!dryRun) await (parent === layout.trash ? emptyTrash(layout, path) : removeTree(path));
    }
  }
  return leftovers;
}

/** @param {string} folder */
async function allIn(folder) {
  try {
    await refuseLink(folder);
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
