/* The page cache that the runtime package's files store keeps on the claim, as far as the pruner removes it. */
import { join } from "node:path";
import { PAGES_RELEASES, pagesName } from "./pod-contract.cjs";
import { foldersIn, removeTree } from "./volume.mjs";

/** @typedef {import("./pod-contract.cjs").Layout} Layout */

/** What the files store of the runtime package kept for a release. @param {Layout} layout @param {string} id */
export async function removePages(layout, id) {
  await removePagesWhere(layout, (name) => name === pagesName(id));
}

/**
 * The last resort on a full volume: pages and data can be rendered again, but a pod must start.
 * @param {Layout} layout
 * @param {string} [spared] id of a release whose pages stay
 */
export async function clearPages(layout, spared) {
  await removePagesWhere(layout, (name) => spared === undefined || name !== pagesName(spared));
}

/** @param {Layout} layout @param {(name: string) => boolean} isDoomed */
async function removePagesWhere(layout, isDoomed) {
  for (const app of await foldersIn(layout.pages)) {
    if (!(await foldersIn(join(layout.pages, app))).includes(PAGES_RELEASES)) continue;
    const releases = join(layout.pages, app, PAGES_RELEASES);
    for (const name of await foldersIn(releases)) {
      if (isDoomed(name)) await removeTree(join(releases, name));
    }
  }
}
