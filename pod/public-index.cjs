"use strict";
const { readdir, stat } = require("node:fs/promises");
const { join } = require("node:path");
const { CONTENTS, LIST, readPublicList } = require("./public-list.cjs");

/**
 * @typedef {import("./public-list.cjs").PublicFile} PublicFile
 * @typedef {import("./public-list.cjs").PublicList} PublicList
 * @typedef {PublicFile & { place: string, release: string }} KeptFile `place` is below the folder of the releases
 * @typedef {{ stamp: string, at: number, list: PublicList }} Known
 */

/** Which `public/` files other releases have, by the paths that browsers ask for. Kept in memory: misses are frequent. */
class PublicIndex {
  /** @type {Map<string, Known>} by folder */
  #known = new Map();
  /** @type {Map<string, KeptFile[]>} by path of the site; the newest release first */
  #files = new Map();
  /** @type {Set<string>} */
  #releases = new Set();

  /**
   * @param {string} releases folder
   * @param {import("./release.cjs").Release} own
   */
  constructor(releases, own) {
    this.releases = releases;
    this.own = own;
  }

  get size() {
    return this.#files.size;
  }

  /** Reads the lists that are new or have changed. */
  async refresh() {
    const entries = await readdir(this.releases, { withFileTypes: true }).catch(() => []);
    const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith("."));
    let changed = false;
    for (const { name } of folders) changed = (await this.#look(name)) || changed;
    for (const name of this.#known.keys()) {
      if (folders.some((folder) => folder.name === name)) continue;
      this.#known.delete(name);
      changed = true;
    }
    if (changed) this.#build();
  }

  /** @param {string} folder @returns {Promise<boolean>} whether something is new */
  async #look(folder) {
    const path = join(this.releases, folder);
    const found = await stat(join(path, LIST)).catch(() => undefined);
    const stamp = found && `${found.ino} ${found.size} ${found.mtimeMs}`;
    if (stamp === this.#known.get(folder)?.stamp) return false;
    const list = stamp === undefined ? undefined : await readPublicList(path);
    if (found === undefined || stamp === undefined || list === undefined) {
      return this.#known.delete(folder);
    }
    this.#known.set(folder, { stamp, at: found.mtimeMs, list });
    return true;
  }

  #build() {
    this.#files = new Map();
    const own = this.#known.get(this.own.folder)?.list;
    const ownPaths = new Set(own?.files.map(({ path }) => path));
    const others = [...this.#known].filter(([folder]) => folder !== this.own.folder);
    this.#releases = new Set(others.map(([, { list }]) => list.release));
    for (const [folder, { list }] of others.sort(([, a], [, b]) => b.at - a.at)) {
      for (const file of list.files) {
        // The application's own is asked for often, and has it.
        if (list.basePath === this.own.basePath && ownPaths.has(file.path)) continue;
        const path = `${list.basePath}/${file.path}`;
        const kept = {
          ...file,
          release: list.release,
          place: join(folder, CONTENTS, file.sha256),
        };
        this.#files.set(path, [...(this.#files.get(path) ?? []), kept]);
      }
    }
  }

  /**
   * The file that a page of an older release means: that of the release which the request names, else the newest.
   * @param {string} url of a request: path and query
   * @returns {(KeptFile & { url: string }) | undefined} `url` leads to it
   */
  find(url) {
    if (this.#files.size === 0) return undefined;
    const [path = "", query = ""] = url.split("?", 2);
    const all = this.#files.get(decoded(path));
    if (all === undefined) return undefined;
    const dpl = new URLSearchParams(query).get("dpl");
    if (dpl === this.own.id) return undefined;
    const named = dpl !== null && this.#releases.has(dpl);
    const file = named ? all.find(({ release }) => release === dpl) : all[0];
    return (
      file && { ...file, url: `${encoded(decoded(path))}?dpl=${encodeURIComponent(file.release)}` }
    );
  }
}

/** @param {string} path */
function decoded(path) {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** @param {string} path */
const encoded = (path) => path.split("/").map(encodeURIComponent).join("/");

module.exports = { PublicIndex };
