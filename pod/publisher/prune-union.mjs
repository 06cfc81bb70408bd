/*
 * The union of static files contains what the releases name, and after pruning nothing else. Publishers may run at the
 * same time.
 */
import { rmdir, unlink } from "node:fs/promises";
import { join } from "node:path";
import { readManifest } from "./manifest.mjs";
import { place, unionFiles } from "./store.mjs";
import { filesBelow, foldersIn, forEach, ignoreMissing, isMissing, sleep } from "./volume.mjs";

/** @typedef {import("./pod-contract.cjs").Layout} Layout */

/**
 * Removes the files of the union that no release names.
 * @param {{ layout: Layout, dryRun?: boolean, settleMs?: number }} options
 * @param {string[]} doomed releases that a dry run has not removed
 * @returns {Promise<string[]>}
 */
export async function pruneUnion({ layout, dryRun, settleMs = 1500 }, doomed) {
  const named = await namedFiles(layout, dryRun ? doomed : []);
  if (named === undefined) return [];
  const there = await filesBelow(layout.union).catch((error) => {
    if (isMissing(error)) return [];
    throw error;
  });
  const unnamed = there.filter((path) => !named.has(path));
  if (dryRun || unnamed.length === 0) return unnamed;
  // Between the two checks, a release that names some of them may have been published.
  const again = await namedFiles(layout, []);
  if (again === undefined) return [];
  const removed = unnamed.filter((path) => !again.has(path));
  await forEach(removed, (path) => unlink(join(layout.union, path)).catch(ignoreMissing));
  await removeEmptyFolders(layout.union, removed);
  // A publisher that came in between relied on what was there: it renamed its release into place before it looked.
  await sleep(settleMs);
  // A release that is being moved at this moment cannot say what it needs.
  let late = await namedFiles(layout, []);
  for (let tries = 1; late === undefined && tries < 20; tries += 1) {
    await sleep(100);
    late = await namedFiles(layout, []);
  }
  await forEach(removed, async (path) => {
    const release = late?.get(path);
    if (release === undefined) return;
    const from = join(layout.releases, release, "static", path);
    await place(layout, from, join(layout.union, path)).catch(ignoreMissing);
  });
  return removed.filter((path) => !late?.has(path));
}

/**
 * The files of the union that the releases name, each with one of them; undefined if a release cannot say.
 * @param {Layout} layout
 * @param {string[]} without
 * @returns {Promise<Map<string, string> | undefined>}
 */
async function namedFiles(layout, without) {
  /** @type {Map<string, string>} */
  const named = new Map();
  for (const folder of await foldersIn(layout.releases)) {
    if (folder.startsWith(".") || without.includes(folder)) continue;
    const manifest = await readManifest(join(layout.releases, folder));
    if (manifest === undefined) return undefined;
    for (const { path } of unionFiles(manifest)) named.set(path, folder);
  }
  return named;
}

/** @param {string} root @param {string[]} files that were there */
async function removeEmptyFolders(root, files) {
  const folders = new Set(
    files.flatMap((path) => {
      const parts = path.split("/").slice(0, -1);
      return parts.map((_, at) => parts.slice(0, at + 1).join("/"));
    }),
  );
  for (const folder of [...folders].sort((a, b) => b.length - a.length)) {
    await rmdir(join(root, folder)).catch(() => undefined);
  }
}
