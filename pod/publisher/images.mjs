/*
 * Next.js stores optimised images in `.next/cache/images`. In a pod, `.next/cache` is an empty volume of its own; a
 * link in it points to the release's folder on the shared volume.
 */
import {
  access,
  constants,
  lstat,
  readdir,
  readlink,
  rename,
  symlink,
  unlink,
} from "node:fs/promises";
import { join } from "node:path";
import {
  codeOf,
  foldersIn,
  forEach,
  ignoreMissing,
  isMissing,
  ownFolder,
  removeTree,
  sizeOf,
  unique,
} from "./volume.mjs";

/**
 * @param {import("./pod-contract.cjs").Layout} layout
 * @param {import("./release.cjs").Release} release
 * @returns {Promise<string | undefined>} why images are not shared, or undefined if they are
 */
export async function shareImages(layout, release) {
  await ownFolder(layout.images);
  // Where an image is written before it gets its name: see image-cache.cjs.
  await ownFolder(join(layout.images, ".tmp"));
  const target = join(layout.images, release.folder);
  await ownFolder(target);
  await removeEmptyImages(target);

  const cache = join(release.dist, "cache");
  try {
    await access(cache, constants.W_OK);
    await linkTo(target, join(cache, "images"));
    return undefined;
  } catch (error) {
    if (error instanceof Error && codeOf(error) !== undefined) return `${cache}: ${error.message}`;
    throw error;
  }
}

/**
 * Empty images, from a write that was cut short. Next.js adds up sizes when it reads its cache, refuses 0, and then
 * keeps no image at all.
 * @param {string} images
 */
async function removeEmptyImages(images) {
  await forEach(await foldersIn(images), async (key) => {
    const folder = join(images, key);
    for (const name of await readdir(folder).catch(() => [])) {
      const file = join(folder, name);
      if ((await sizeOf(file)) === 0) await unlink(file).catch(ignoreMissing);
    }
  });
}

/** @param {string} target @param {string} path */
async function linkTo(target, path) {
  try {
    const there = await lstat(path);
    if (there.isSymbolicLink() && (await readlink(path)) === target) return;
    // This pod's own images, from a run without the shared volume.
    if (!there.isSymbolicLink()) await removeTree(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  const temporary = `${path}.${unique()}`;
  await symlink(target, temporary);
  try {
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
}
