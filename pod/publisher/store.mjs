/* Puts the files of one release on the volume: each appears completely or not at all. */
import { copyFile, link, mkdir, rename, unlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { beat } from "./heartbeats.mjs";
import { MANIFEST, manifestOf } from "./manifest.mjs";
import { compressed, twinOf } from "./twins.mjs";
import {
  codeOf,
  forEach,
  isFull,
  isMissing,
  isThere,
  removeTree,
  sizeOf,
  unique,
} from "./volume.mjs";

/** @typedef {import("./release.cjs").Release} Release */
/** @typedef {import("./pod-contract.cjs").Layout} Layout */
/** @typedef {import("./manifest.mjs").StaticFile} StaticFile */
/** @typedef {import("./manifest.mjs").MadeFile} MadeFile */
/** @typedef {import("./manifest.mjs").Manifest} Manifest */

/** A file that shows that a temporary folder is still being written. */
export const WRITING = ".writing";

/**
 * Writes a release into a temporary folder and renames it into place.
 * @param {Layout} layout
 * @param {Release} release
 * @param {readonly StaticFile[]} files
 * @param {string} pod
 * @returns {Promise<Manifest | undefined>} undefined if another pod was first
 */
export async function writeRelease(layout, release, files, pod) {
  const temporary = join(layout.temporary, `${release.folder}.${unique()}`);
  try {
    await mkdir(temporary);
    const made = await copyAll(files, join(release.dist, "static"), join(temporary, "static"), () =>
      writeFile(join(temporary, WRITING), pod),
    );
    const manifest = manifestOf(release, files, made);
    await writeFile(join(temporary, MANIFEST), JSON.stringify(manifest));
    await beat(temporary, pod);
    await unlink(join(temporary, WRITING));
    await rename(temporary, join(layout.releases, release.folder));
    return manifest;
  } catch (error) {
    await removeTree(temporary).catch(() => undefined);
    // A server that gets a repeated rename may answer that there is nothing to rename, because it has been done
    // already.
    if (isThere(error) || isMissing(error)) return undefined;
    throw error;
  }
}

/**
 * @param {readonly StaticFile[]} files
 * @param {string} from
 * @param {string} to
 * @param {() => Promise<void>} alive called from time to time
 * @returns {Promise<MadeFile[]>} the compressed twins
 */
async function copyAll(files, from, to, alive) {
  /** @type {MadeFile[]} */
  const made = [];
  let nextSign = 0;
  const names = namesOf(files);
  await makeFolders(to, files);
  await forEach(files, async (file) => {
    if (Date.now() >= nextSign) {
      nextSign = Date.now() + 10_000;
      await alive();
    }
    await copyFile(join(from, file.path), join(to, file.path));
    const bytes = await compressed(join(from, file.path), file, names);
    if (bytes === undefined) return;
    const path = twinOf(file.path);
    await writeFile(join(to, path), bytes);
    made.push({ path, size: bytes.length });
  });
  return made;
}

/** @param {readonly { path: string }[]} files */
const namesOf = (files) => new Set(files.map(({ path }) => path));

/** @param {string} root @param {readonly { path: string }[]} files */
export async function makeFolders(root, files) {
  const folders = new Set(files.map(({ path }) => dirname(join(root, path))));
  await forEach([...folders], (folder) => mkdir(folder, { recursive: true }));
}

/**
 * Repairs a release in place, file by file, with the manifest last, so that others can keep reading it.
 * @param {Layout} layout
 * @param {Release} release
 * @param {readonly StaticFile[]} files
 * @param {Manifest | undefined} manifest the one that is there, if any
 * @returns {Promise<{ manifest: Manifest, mended: number }>}
 */
export async function mendRelease(layout, release, files, manifest) {
  const folder = join(layout.releases, release.folder);
  const from = join(release.dist, "static");
  const names = namesOf(files);
  const known = new Set(manifest?.files.map(({ path }) => path));
  /** @type {Map<string, number>} */
  const twins = new Map(manifest?.made.map(({ path, size }) => [path, size]));
  let mended = 0;
  await makeFolders(join(folder, "static"), files);
  await forEach(files, async (file) => {
    const to = join(folder, "static", file.path);
    if ((await sizeOf(to)) !== file.size) {
      await replaceByCopy(layout, join(from, file.path), to);
      mended += 1;
    }
    const twin = twinOf(file.path);
    const asKnown = twins.has(twin) ? twins.get(twin) : undefined;
    if (known.has(file.path) && (await sizeOf(twinOf(to))) === asKnown) return;
    const bytes = await compressed(join(from, file.path), file, names);
    twins.delete(twin);
    if (bytes === undefined) return;
    await replaceByBytes(layout, bytes, twinOf(to));
    twins.set(twin, bytes.length);
    mended += 1;
  });
  if (mended > 0 || manifest === undefined) {
    const made = [...twins].map(([path, size]) => ({ path, size }));
    manifest = manifestOf(release, files, made);
    await replaceByBytes(layout, JSON.stringify(manifest), join(folder, MANIFEST));
    mended += 1;
  }
  return { manifest, mended };
}

/**
 * The files of a release that go into the union. If the release has a deployment id, the folder of the build id does
 * not: Next.js gives all of those builds one build id, so these names mean different files in each release. They are
 * found by the deployment id in their requests.
 * @param {Manifest} manifest
 * @returns {(StaticFile | MadeFile)[]}
 */
export function unionFiles({ release, buildId, files, made }) {
  const all = [...files.filter(({ apart }) => !apart), ...made];
  return buildId === undefined || buildId === release
    ? all
    : all.filter(({ path }) => !path.startsWith(`${buildId}/`));
}

/**
 * Makes a complete file appear under a name: as a hard link, or as a copy if the file system has no hard links.
 * @param {Layout} layout
 * @param {string} from
 * @param {string} to
 * @returns {Promise<boolean>} false if somebody else was first
 */
export async function place(layout, from, to) {
  for (let tries = 1; ; tries += 1) {
    try {
      await link(from, to);
      return true;
    } catch (error) {
      if (isThere(error)) return false;
      if (isMissing(error) && tries < 5) {
        // The pruner removes folders that have become empty.
        await mkdir(dirname(to), { recursive: true });
      } else if (isMissing(error) || isFull(error) || codeOf(error) === "EROFS") {
        throw error;
      } else {
        await replaceByCopy(layout, from, to);
        return true;
      }
    }
  }
}

/** @param {Layout} layout @param {string} from @param {string} to */
export function replaceByCopy(layout, from, to) {
  return replace(layout, to, (temporary) => copyFile(from, temporary));
}

/** @param {Layout} layout @param {Buffer | string} bytes @param {string} to */
export function replaceByBytes(layout, bytes, to) {
  return replace(layout, to, (temporary) => writeFile(temporary, bytes));
}

/**
 * @param {Layout} layout
 * @param {string} to
 * @param {(temporary: string) => Promise<void>} write
 */
async function replace(layout, to, write) {
  const temporary = join(layout.temporary, `file.${unique()}`);
  try {
    await write(temporary);
    await mkdir(dirname(to), { recursive: true });
    await rename(temporary, to);
  } catch (error) {
    await removeTree(temporary).catch(() => undefined);
    throw error;
  }
}
