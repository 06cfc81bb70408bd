/*
 * The union of static files: what browsers ask for by name, from any release that is kept.
 */
import { unlink } from "node:fs/promises";
import { join } from "node:path";
import { hashOf, MANIFEST, readManifest } from "./manifest.mjs";
import { makeFolders, place, replaceByCopy, unionFiles } from "./store.mjs";
import { twinOf } from "./twins.mjs";
import { foldersIn, forEach, ignoreMissing, sizeOf, writtenAt } from "./volume.mjs";

/** @typedef {import("./release.cjs").Release} Release */
/** @typedef {import("./pod-contract.cjs").Layout} Layout */
/** @typedef {import("./manifest.mjs").Manifest} Manifest */
/** @typedef {import("./manifest.mjs").StaticFile} StaticFile */

/** A file that another release has under the same name, with other content. @typedef {{ sha256: string, at: number }} Rival */

/**
 * Adds a release's files to the union. An existing file stays as it is, because names contain the hash of the content;
 * for names without one, the newest release wins.
 * @param {Layout} layout
 * @param {Release} release
 * @param {Manifest} manifest
 * @returns {Promise<{ added: number, replaced: string[] }>} `replaced` had other content under the same name
 */
export async function completeUnion(layout, release, manifest) {
  const folder = join(layout.releases, release.folder);
  const from = join(folder, "static");
  const all = unionFiles(manifest);
  const made = new Map(manifest.made.map((file) => [file.path, file]));
  const rivals = await rivalsOf(layout, release, manifest);
  const at = (await writtenAt(join(folder, MANIFEST))) ?? 0;
  let added = 0;
  /** @type {string[]} */
  const replaced = [];

  /** @param {{ path: string }} file */
  const add = async ({ path }) => {
    if (await place(layout, join(from, path), join(layout.union, path))) added += 1;
  };
  /** @param {string} path */
  const replace = async (path) => {
    await replaceByCopy(layout, join(from, path), join(layout.union, path));
    replaced.push(path);
    // nginx would send the twin of the old content to every browser that accepts it.
    const twin = twinOf(path);
    if (made.has(twin)) await replaceByCopy(layout, join(from, twin), join(layout.union, twin));
    else if (!all.some((file) => file.path === twin)) {
      await unlink(join(layout.union, twin)).catch(ignoreMissing);
    }
  };

  await makeFolders(layout.union, all);
  await forEach(all, async (file) => {
    const to = join(layout.union, file.path);
    const there = await sizeOf(to);
    if (there === undefined) return add(file);
    // Another Node.js may compress the same file to another size.
    if (!("sha256" in file))
      return there === 0 ? replaceByCopy(layout, join(from, file.path), to) : undefined;
    if (there !== file.size) return replace(file.path);
    const others = rivals.get(file.path);
    if (others === undefined) return undefined;
    const sha256 = await hashOf(to);
    const isNewer = others.some((rival) => rival.sha256 === sha256 && rival.at > at);
    return sha256 === file.sha256 || isNewer ? undefined : replace(file.path);
  });
  return { added, replaced: replaced.sort() };
}

/**
 * Names that another release uses for other content, from the manifests: reading all files of the union at every start
 * of a pod would cost more than everything else.
 * @param {Layout} layout
 * @param {Release} release
 * @param {Manifest} manifest
 * @returns {Promise<Map<string, Rival[]>>}
 */
async function rivalsOf(layout, release, manifest) {
  const own = new Map(manifest.files.map(({ path, sha256 }) => [path, sha256]));
  /** @type {Map<string, Rival[]>} */
  const rivals = new Map();
  for (const folder of await foldersIn(layout.releases)) {
    if (folder.startsWith(".") || folder === release.folder) continue;
    const path = join(layout.releases, folder);
    const other = await readManifest(path);
    if (other === undefined) continue;
    const at = (await writtenAt(join(path, MANIFEST))) ?? 0;
    for (const file of unionFiles(other)) {
      if (!("sha256" in file) || (own.get(file.path) ?? file.sha256) === file.sha256) continue;
      rivals.set(file.path, [...(rivals.get(file.path) ?? []), { sha256: file.sha256, at }]);
    }
  }
  return rivals;
}
