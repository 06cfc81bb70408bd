/*
 * Keeps the image's `public/` files on the volume, for pages of this release that are open when a later one runs.
 * Nothing here prevents a pod from starting: Next.js serves the image's own files.
 */
import { createHash } from "node:crypto";
import { mkdir, realpath, stat, statfs } from "node:fs/promises";
import { join, sep } from "node:path";
import { imageFiles } from "./image-files.mjs";
import { hashOf } from "./manifest.mjs";
import { CONTENTS, FORMAT, LIST, readPublicList } from "./public-list.cjs";
import { place, replaceByBytes, replaceByCopy } from "./store.mjs";
import {
  explain,
  foldersIn,
  forEach,
  isFull,
  isMissing,
  isThere,
  removeTree,
  sizeOf,
} from "./volume.mjs";

/** @typedef {import("./release.cjs").Release} Release */
/** @typedef {import("./pod-contract.cjs").Layout} Layout */
/** @typedef {import("./public-list.cjs").PublicFile} PublicFile */
/** @typedef {import("./public-list.cjs").PublicList} PublicList */
/** A file of the image whose content has not been read yet. @typedef {Omit<PublicFile, "sha256">} Found */

/** Share of the volume's free space; the rest is for pages and images. */
const SHARE_OF_FREE = 0.5;

/**
 * @typedef {object} Settings
 * @property {string} directory folder of `server.js`
 * @property {number} publicBytes that are kept
 * @property {string} pod
 * @property {string} claim
 * @property {string} shared
 * @property {string | undefined} uploads folder of what users uploaded
 */

/**
 * Copies what is missing to the volume, then writes the list.
 * @param {Layout} layout
 * @param {Release} release
 * @param {Settings} settings
 * @returns {Promise<string[]>} warnings
 */
export async function keepPublicFiles(layout, release, settings) {
  try {
    return await keep(layout, release, settings);
  } catch (error) {
    // Somebody is emptying the volume: the release will be published again.
    if (isMissing(error)) throw error;
    return [`files of public/ are not kept for pages that are open: ${explain(error, settings)}`];
  }
}

/** @param {Layout} layout @param {Release} release @param {Settings} settings */
async function keep(layout, release, { directory, publicBytes, pod, uploads }) {
  const root = join(directory, "public");
  const folder = join(layout.releases, release.folder);
  const before = await readPublicList(folder);
  const known = new Map(before?.files.map((file) => [file.path, file]));
  const { found, warnings } = await withinBound(root, publicBytes, uploads);
  /** @type {PublicFile[]} */
  const files = [];
  /** @type {Record<"unreadable" | "noRoom", string[]>} */
  const left = { unreadable: [], noRoom: [] };
  const bring = bringer(layout, release);

  if (found.length > 0) await mkdir(join(folder, CONTENTS)).catch(ignoreThere);
  await forEach(inTurn(found, pod), async (file) => {
    const from = join(root, file.path);
    const sha256 = hashBefore(known.get(file.path), file) ?? (await hashOf(from).catch(unreadable));
    if (sha256 === undefined) left.unreadable.push(file.path);
    else if (await bring(from, sha256, file.size)) files.push({ ...file, sha256 });
    else left.noRoom.push(file.path);
  });
  for (const [paths, why] of /** @type {const} */ ([
    [left.unreadable, "this user cannot read them in the image"],
    [left.noRoom, "the volume has no room for them"],
  ])) {
    if (paths.length === 0) continue;
    warnings.push(
      `${paths.length} files of public/, such as ${paths[0]}, are not kept for pages that are open: ${why}`,
    );
  }
  const list = {
    format: FORMAT,
    release: release.id,
    basePath: release.basePath,
    files: files.sort((a, b) => (a.path < b.path ? -1 : 1)),
  };
  if (JSON.stringify(list) !== JSON.stringify(before)) {
    await replaceByBytes(layout, JSON.stringify(list), join(folder, LIST)).catch((error) => {
      if (!isFull(error)) throw error;
      warnings.push("files of public/ are not kept for pages that are open: the volume is full");
    });
  }
  return warnings;
}

/**
 * The last resort on a full volume: starting a pod matters more than files that pages of other releases may still ask
 * for.
 * @param {Layout} layout
 * @param {string} own folder of the release that keeps its files
 */
export async function clearPublicFiles(layout, own) {
  for (const folder of await foldersIn(layout.releases)) {
    if (folder.startsWith(".") || folder === own) continue;
    await removeTree(join(layout.releases, folder, LIST));
    await removeTree(join(layout.releases, folder, CONTENTS));
  }
}

/**
 * The files to keep: the smallest first, up to the limit. Uploads must stay removable by users, so links to them are
 * not copied.
 * @param {string} root
 * @param {number} bound in bytes
 * @param {string | undefined} uploads
 */
async function withinBound(root, bound, uploads) {
  const beyond = uploads && (await realpath(uploads).catch(() => undefined));
  const { paths } =
    bound === 0
      ? { paths: [] }
      : await imageFiles(root).catch((error) => {
          if (!isMissing(error)) throw error;
          return { paths: [] };
        });
  /** @type {Found[]} */
  const all = [];
  await forEach(paths.filter(isServed), async (path) => {
    const real = await realpath(join(root, path));
    if (beyond && real.startsWith(beyond + sep)) return;
    const { size, mtime } = await stat(real);
    all.push({ path, size, modified: mtime.getTime() });
  });
  all.sort((a, b) => a.size - b.size || (a.path < b.path ? -1 : 1));
  let bytes = 0;
  const found = all.filter(({ size }) => (bytes += size) <= bound);
  /** @type {string[]} */
  const warnings = [];
  if (found.length < all.length) {
    warnings.push(
      `${all.length - found.length} files of public/ (such as ${all.at(-1)?.path}) are not kept for pages that are open: ` +
        `all ${all.length} have ${bytes} bytes, and next-on-eks:files.publicSize is ${bound}. Remedy: raise it, with ` +
        `room on the claim for as many releases as stay`,
    );
  }
  return { found, warnings };
}

/**
 * No hidden files: a `.git` or `.env` that got into an image by mistake must not outlive its release.
 * @param {string} path
 */
function isServed(path) {
  const parts = path.replace(/^\.well-known\//, "").split("/");
  return parts.every((part) => !part.startsWith(".")) && !/^_next\/|[\\\p{Cc}]/u.test(path);
}

/**
 * Puts a file's content into the release's folder: as a hard link if another release has it, else as a copy.
 * @param {Layout} layout
 * @param {Release} release
 * @returns {(from: string, sha256: string, size: number) => Promise<boolean>} false if there is no room
 */
function bringer(layout, release) {
  const contents = join(layout.releases, release.folder, CONTENTS);
  /** @type {Promise<{ bytes: number, others: Map<string, string> }> | undefined} */
  let looked;
  const look = async () => ({
    bytes: await roomOn(layout.shared),
    others: await othersContents(layout, release),
  });
  return async (from, sha256, size) => {
    const to = join(contents, sha256);
    const there = await sizeOf(to);
    if (there === size) return true;
    const volume = await (looked ??= look());
    const other = there === undefined ? volume.others.get(sha256) : undefined;
    if (other !== undefined && (await sizeOf(other)) === size) {
      await place(layout, other, to);
      return true;
    }
    if (size > volume.bytes) return false;
    volume.bytes -= size;
    try {
      await replaceByCopy(layout, from, to);
      return true;
    } catch (error) {
      if (!isFull(error)) throw error;
      volume.bytes = 0;
      return false;
    }
  };
}

/** @param {string} shared */
async function roomOn(shared) {
  const found = await statfs(shared).catch(() => undefined);
  return found === undefined ? Infinity : found.bavail * found.bsize * SHARE_OF_FREE;
}

/**
 * @param {Layout} layout
 * @param {Release} release
 * @returns {Promise<Map<string, string>>} files of other releases by the hash of their content
 */
async function othersContents(layout, release) {
  /** @type {Map<string, string>} */
  const contents = new Map();
  for (const folder of await foldersIn(layout.releases)) {
    if (folder.startsWith(".") || folder === release.folder) continue;
    const path = join(layout.releases, folder);
    const list = await readPublicList(path);
    for (const { sha256 } of list?.files ?? []) contents.set(sha256, join(path, CONTENTS, sha256));
  }
  return contents;
}

/**
 * Uses the hash from the list, so that not every pod reads gigabytes before it starts. Another image of the same
 * release has files with other times.
 * @param {PublicFile | undefined} known
 * @param {Found} file
 */
function hashBefore(known, { size, modified }) {
  return known?.size === size && known.modified === modified ? known.sha256 : undefined;
}

/**
 * Each pod begins at a different file, so that pods that start together share the work.
 * @template T
 * @param {readonly T[]} items
 * @param {string} pod
 */
function inTurn(items, pod) {
  const at = createHash("sha256").update(pod).digest().readUInt32BE() % Math.max(1, items.length);
  return [...items.slice(at), ...items.slice(0, at)];
}

/** @param {unknown} error */
function ignoreThere(error) {
  if (!isThere(error)) throw error;
}

/** Next.js could not serve it either. @returns {undefined} */
function unreadable() {
  return undefined;
}
