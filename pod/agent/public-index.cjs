"use strict";
const { readdir, stat } = require("node:fs/promises");
const { join } = require("node:path");
const { CONTENTS, LIST, readPublicList } = require("./public-list.cjs");
const { decoded } = require("./request-path.cjs");

/**
 * @typedef {import("./public-list.cjs").PublicFile} PublicFile
 * @typedef {import("./public-list.cjs").PublicList} PublicList
 * @typedef {PublicFile & { place: string, release: string }} KeptFile `place` is below the folder of the releases
 * @typedef {{ stamp: string, at: number, list: PublicList }} Known
 */

/**
 * Which `public/` files other releases have, by the paths that browsers request. Kept in memory, because misses are
 * frequent.
 */
class PublicIndex {
  /** @type {Map<string, Known>} by folder */
  #known = new Map();
  /** @type {Map<string, KeptFile[]>} by path of the site; the newest release first */
  #files = new Map();
  /** @type {Set<string>} */
  #releases = new Set();
  /** @type {Map<string, boolean>} by path below `public/`: whether the image has it, whether kept or not */
  #own = new Map();

  /**
   * @param {string} releases folder
   * @param {import("./release.cjs").Release} own
   * @param {string} root the image's `public/`
   */
  constructor(releases, own, root) {
    this.releases = releases;
    this.own = own;
    this.root = root;
  }

  get size() {
    return this.#files.size;
  }

  /** Reads the lists that are new or have changed. */
  async refresh() {
    const entries = await readdir(this.releases, { withFileTypes: true }).catch(() => []);
    const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith("."));
    let changed = false;
    for (const { name } of folders) {
      // A list that cannot be read now keeps its last state and is read next time. It does not affect the others.
      changed = (await this.#look(name).catch(() => false)) || changed;
    }
    for (const name of this.#known.keys()) {
      if (folders.some((folder) => folder.name === name)) continue;
      this.#known.delete(name);
      changed = true;
    }
    if (changed) await this.#build();
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

  /** @param {string} path below `public/` */
  async #isOwn(path) {
    const known = this.#own.get(path);
    if (known !== undefined) return known;
    const there = await stat(join(this.root, path)).then(
      (found) => found.isFile(),
      () => false,
    );
    this.#own.set(path, there);
    return there;
  }

  async #build() {
    /** @type {Map<string, KeptFile[]>} */
    const files = new Map();
    const own = this.#known.get(this.own.folder)?.list;
    for (const { path } of own?.files ?? []) this.#own.set(path, true);
    const others = [...this.#known].filter(([folder]) => folder !== this.own.folder);
    this.#releases = new Set(others.map(([, { list }]) => list.release));
    for (const [folder, { list }] of others.sort(([, a], [, b]) => b.at - a.at)) {
      for (const file of list.files) {
        // The application's own files are requested often, and it has them.
        if (list.basePath === this.own.basePath && (await this.#isOwn(file.path))) continue;
        const path = `${list.basePath}/${file.path}`;
        const kept = {
          ...file,
          release: list.release,
          place: join(folder, CONTENTS, file.sha256),
        };
        files.set(path, [...(files.get(path) ?? []), kept]);
      }
    }
    this.#files = files;
  }

  /**
   * The file that a page of an older release asks for: from the release that the request names, else the newest.
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
const encoded = (path) => path.split("/").map(encodeURIComponent).join("/");

module.exports = { PublicIndex };
