/*
 * What the publisher and the pruner need from a file system that many pods write to at once. Nothing here follows a
 * symbolic link below the root of the volume.
 */
import { randomBytes } from "node:crypto";
import { lstat, mkdir, readdir, rm, stat, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Operations in flight: on a network file system each one waits for the server. */
const AT_ONCE = 16;

/** A failure whose message is shown to the operator unchanged. */
export class PodError extends Error {}

/** @param {unknown} error @returns {string | undefined} */
export function codeOf(error) {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}

/** @param {unknown} error */
export const isMissing = (error) => codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR";

/** For `.catch()`: what somebody else has removed is gone, as intended. @param {unknown} error */
export function ignoreMissing(error) {
  if (!isMissing(error)) throw error;
}

/** @param {unknown} error */
export const isThere = (error) => codeOf(error) === "EEXIST" || codeOf(error) === "ENOTEMPTY";

/** @param {unknown} error */
export const isFull = (error) => codeOf(error) === "ENOSPC" || codeOf(error) === "EDQUOT";

/** A name that no other pod uses. */
export function unique() {
  return randomBytes(6).toString("hex");
}

/**
 * Runs a task for each item, a few at a time. After a failure no new task begins, and it returns when all have ended,
 * so that nothing is being written when the caller cleans up.
 * @template T
 * @param {readonly T[]} items
 * @param {(item: T) => Promise<unknown>} task
 */
export async function forEach(items, task) {
  const queue = items[Symbol.iterator]();
  /** @type {unknown[]} */
  const failures = [];
  const worker = async () => {
    for (const item of queue) {
      if (failures.length > 0) return;
      await task(item).catch((/** @type {unknown} */ error) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  if (failures.length > 0) throw failures[0];
}

/**
 * Creates one of the publisher's folders, and refuses one that points elsewhere.
 * @param {string} path
 */
export async function ownFolder(path) {
  // Without `recursive`, which on a read-only volume reports that something is missing.
  await mkdir(path).catch((error) => {
    if (!isThere(error)) throw error;
  });
  await refuseLink(path);
}

/** @param {string} path */
export async function refuseLink(path) {
  const found = await lstat(path);
  if (!found.isDirectory()) {
    throw new PodError(
      `${path} is ${found.isSymbolicLink() ? "a symbolic link" : "no folder"}: files behind it are not the ` +
        `publisher's to write or remove. Remedy: remove it; the publisher makes a folder of that name.`,
    );
  }
}

/**
 * Regular files below a folder, by path relative to it. What is neither file nor folder is left out.
 * @param {string} root
 * @param {string} [below]
 * @returns {Promise<string[]>}
 */
export async function filesBelow(root, below = "") {
  /** @type {string[]} */
  const files = [];
  for (const entry of await readdir(join(root, below), { withFileTypes: true })) {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) files.push(...(await filesBelow(root, path)));
    else if (entry.isFile()) files.push(path);
  }
  return files.sort();
}

/** Names of the real folders in a folder; none if it is not there. @param {string} path */
export async function foldersIn(path) {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** Size of a regular file, or undefined if it is not there or something else. @param {string} path */
export async function sizeOf(path) {
  try {
    const found = await lstat(path);
    return found.isFile() ? found.size : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Time of the last write, by the file server's clock; undefined if it is not there. @param {string} path */
export async function writtenAt(path) {
  try {
    return (await lstat(path)).mtimeMs;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/**
 * The file server's time, to compare with times of files: a pod's own clock may be wrong.
 * @param {string} folder where a file may be written
 */
export async function serverTime(folder) {
  const probe = join(folder, `.clock.${unique()}`);
  try {
    await writeFile(probe, "");
  } catch (error) {
    // A full volume is pruned by the pod's clock rather than not at all.
    if (isFull(error)) return Date.now();
    throw error;
  }
  const { mtimeMs } = await stat(probe);
  await unlink(probe).catch(() => undefined);
  return mtimeMs;
}

/** Removes a folder and what is in it; symbolic links in it are removed, not followed. @param {string} path */
export async function removeTree(path) {
  await rm(path, { recursive: true, force: true, maxRetries: 3, retryDelay: 50 });
}

/** @param {number} ms */
export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/**
 * What an error of the shared volume means, which claim it is about, and what to do.
 * @param {unknown} error
 * @param {{ claim: string, shared: string }} volume
 * @returns {string}
 */
export function explain(error, { claim, shared }) {
  if (error instanceof PodError) return error.message;
  const detail = error instanceof Error ? error.message : String(error);
  const which = `claim '${claim}' (${shared})`;
  const without = `set next-on-eks:files.required to false to run without shared files`;
  switch (codeOf(error)) {
    case "ENOSPC":
    case "EDQUOT":
      return (
        `${which} is full: ${detail}. Remedy: make room on the NFS server or the node, whose disk is the limit; with ` +
        `next-on-eks:files.storageClass raise next-on-eks:files.cacheSize, which makes a new, empty cache; or lower ` +
        `next-on-eks:files.releasesKept; everything on this claim may be deleted; or ${without}.`
      );
    case "EROFS":
      return (
        `${which} is read-only: ${detail}. Remedy: mount it read-write (the volume's readOnly and ` +
        `mountOptions, the export of the NFS server); or ${without}.`
      );
    case "EACCES":
    case "EPERM":
      return (
        `${which} cannot be written by user ${process.getuid?.() ?? "?"}: ${detail}. Remedy: give the folder ` +
        `to that user (next-on-eks:app.user), with mode 0750 or more; or ${without}.`
      );
    case "EIO":
    case "ESTALE":
    case "ETIMEDOUT":
    case "EHOSTDOWN":
    case "ENOTCONN":
      return `${which} does not answer: ${detail}. Remedy: look at the file server and its network; or ${without}.`;
    default:
      return `${which}: ${detail}`;
  }
}

/**
 * Tries again after each way to make room, as long as the volume is full.
 * @template T
 * @param {() => Promise<T>} work
 * @param {readonly (() => Promise<unknown>)[]} waysToMakeRoom
 */
export async function withRoom(work, waysToMakeRoom) {
  for (const makeRoom of waysToMakeRoom) {
    try {
      return await work();
    } catch (error) {
      if (!isFull(error)) throw error;
      await makeRoom();
    }
  }
  return work();
}
