/*
 * Whether a pull request is to have a site, by what GitHub says now and not by the event that started the run: events come late, twice,
 * or not at all. docs/decisions/review-sites.md
 */

import { goneIsNothing } from "./api.mjs";

/** Who reviews puts it on a pull request that is to have a site. */
export const LABEL = "preview";
/** A site with it stays after its days, and where there is no room for all. */
export const KEEP = "keep";

/**
 * @typedef {{ client: import("./api.mjs").Client, repository: string }} Repository
 * @typedef {{
 *   number: number,
 *   open: boolean,
 *   fork: boolean,
 *   labels: readonly string[],
 *   commit: string,
 *   branch: string,
 *   author: string,
 * }} Pull `commit` and `branch` at its head, `author` a login, `labels` in lower case: GitHub takes no other for a second one
 */

/** @param {Repository & { pull: number }} place @returns {Promise<Pull>} */
export async function pullOf({ client, repository, pull }) {
  const { data } = await client.send("GET", `/repos/${repository}/pulls/${pull}`);
  return asPull(data, repository);
}

/**
 * Those of these pull requests that are open. An empty list is an answer; whatever else GitHub says is an error.
 * A list of several pages lacks one where another is closed between two of them, and one that is just opened again: what is
 * not in it is asked for by itself.
 * @param {Repository} repository
 * @param {readonly number[]} numbers
 * @returns {Promise<Pull[]>}
 */
export async function openOf({ client, repository }, numbers) {
  const all = await client.list(`/repos/${repository}/pulls?state=open`);
  const pulls = all.map((data) => asPull(data, repository));
  for (const pull of numbers) {
    if (pulls.some(({ number }) => number === pull)) continue;
    const one = await pullOf({ client, repository, pull }).catch(goneIsNothing);
    if (one?.open) pulls.push(one);
  }
  return pulls;
}

/** Whether a new commit of it gets a site. @param {Pull} pull */
export function wantsSite({ open, fork, labels }) {
  return open && !fork && labels.includes(LABEL);
}

/** @param {any} data as the API has it @param {string} repository @returns {Pull} */
function asPull(data, repository) {
  return {
    number: data.number,
    open: data.state === "open",
    // A fork that is deleted has no repository.
    fork: data.head.repo?.full_name?.toLowerCase() !== repository.toLowerCase(),
    labels: data.labels.map((/** @type {{ name: string }} */ { name }) => name.toLowerCase()),
    commit: data.head.sha,
    branch: data.head.ref ?? "",
    author: data.user?.login ?? "",
  };
}
