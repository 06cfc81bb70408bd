/*
 * The one comment of a pull request: found, made, edited, and found whole afterwards, whatever else happens meanwhile.
 * docs/decisions/pull-request-slots.md, "Rules that hold it together"
 */
import { ApiError, goneIsNothing } from "./api.mjs";
import { isNewer, MARKER, parse, print } from "./body.mjs";

/**
 * @typedef {{ client: import("./api.mjs").Client, repository: string, pull: number, author: string }} Place
 * `repository` as OWNER/NAME; `author`: login of who writes our comments
 *
 * @typedef {import("./body.mjs").Body} Body
 * @typedef {{ open: boolean, commit: string }} Pull `commit` at its head
 * @typedef {"closed" | "outdated" | "nothing"} Skipped
 *
 * @typedef {{
 *   change: (now: Body | undefined, pull: Pull) => Body | Skipped,
 *   holds: (now: Body) => boolean,
 * }} Edit
 * `change` makes the new body of the one that is there, or says why nothing is to be written;
 * `holds`: whether a body that was read again still says it, or something newer
 */

/** Two writers and a comment that somebody deletes are done after two; more means that something fights us. */
const TRIES = 6;
/** Longer than the time between the reading and the writing of another writer. */
const SETTLE_MS = 3_000;

/** Heading of `pulumi/actions`, which once wrote a comment for each stack here. */
const OLDER = /^#### :tropical_drink: `preview` on next-on-eks\//;

/**
 * Changes the comment.
 * @param {Place} place
 * @param {Edit} edit
 * @returns {Promise<Skipped | "written">}
 * @throws {ApiError} where GitHub refuses
 * @throws {Error} where others overwrite it again and again
 */
export async function writeComment(place, { change, holds }) {
  const { client } = place;
  /** @type {number | undefined} */
  let made;
  for (let tries = 0; tries < TRIES; tries++) {
    const pull = await pullOf(place);
    const { ours, older } = await commentsOf(place, made);
    const now = merged(ours);
    const next = change(now, pull);
    const skipped = typeof next === "string" ? next : undefined;
    // Who has nothing to write still makes one comment of two.
    if (skipped && (now === undefined || ours.length < 2)) return skipped;
    const text = print(/** @type {Body} */ (skipped ? now : next));
    const [first, ...others] = ours;
    try {
      if (first === undefined) made = await create(place, text);
      else if (first.body !== text) await update(place, first.id, text);
    } catch (error) {
      // Deleted since it was read, or made without an answer: what there is now says which.
      if (!(error instanceof ApiError) || !(error.gone || error.unknown)) throw error;
      if (error.gone && first === undefined) throw error;
      await client.sleep(SETTLE_MS);
      continue;
    }
    for (const { id } of [...others, ...older]) await remove(place, id);
    if (skipped) return skipped;
    await client.sleep(SETTLE_MS);
    const after = (await commentsOf(place, made)).ours;
    if (after.length === 1 && after[0] && holds(parse(after[0].body))) return "written";
  }
  throw new Error(
    `pull request ${place.pull}: after ${TRIES} tries its comment still does not say what was written`,
  );
}

/** What the comment says now. @param {Place} place @returns {Promise<Body | undefined>} */
export async function readComment(place) {
  return merged((await commentsOf(place, undefined)).ours);
}

/** @param {Place} place @returns {Promise<Pull>} */
async function pullOf({ client, repository, pull }) {
  const { data } = await client.send("GET", `/repos/${repository}/pulls/${pull}`);
  return { open: data.state === "open", commit: data.head.sha };
}

/**
 * Our comments, the oldest first, and those of earlier versions.
 * @param {Place} place
 * @param {number | undefined} made a comment that a list perhaps does not show yet
 * @returns {Promise<{ ours: { id: number, body: string }[], older: { id: number }[] }>}
 */
async function commentsOf({ client, repository, pull, author }, made) {
  const all = await client.list(`/repos/${repository}/issues/${pull}/comments`);
  const own = all.filter(({ user }) => user?.login === author);
  const ours = own.filter(({ body }) => body?.startsWith(MARKER));
  if (made !== undefined && !ours.some(({ id }) => id === made)) {
    const seen = await client
      .send("GET", `/repos/${repository}/issues/comments/${made}`)
      .catch(goneIsNothing);
    if (seen) ours.push(seen.data);
  }
  ours.sort((a, b) => a.id - b.id);
  return { ours, older: own.filter(({ body }) => OLDER.test(body ?? "")) };
}

/**
 * What several comments say as one: the newest body, and the slots of all.
 * @param {readonly { body: string }[]} comments
 * @returns {Body | undefined}
 */
function merged(comments) {
  const [first, ...others] = comments.map(({ body }) => parse(body));
  if (first === undefined) return undefined;
  return others.reduce((all, one) => {
    const newest = one.stamp !== undefined && isNewer(one.stamp, all.stamp) ? one : all;
    return { ...newest, slots: new Map([...all.slots, ...one.slots]) };
  }, first);
}

/** @param {Place} place @param {string} text @returns {Promise<number>} */
async function create(place, text) {
  const { client, repository, pull, author } = place;
  const path = `/repos/${repository}/issues/${pull}/comments`;
  const { data } = await client.send("POST", path, { body: { body: text } });
  if (data.user.login !== author) {
    await remove(place, data.id);
    throw new Error(
      `the token writes as '${data.user.login}', whose comments would not be found again: set COMMENT_AUTHOR to that name`,
    );
  }
  return data.id;
}

/** @param {Place} place @param {number} id @param {string} text */
async function update({ client, repository }, id, text) {
  await client.send("PATCH", `/repos/${repository}/issues/comments/${id}`, {
    body: { body: text },
  });
}

/** @param {Place} place @param {number} id */
async function remove({ client, repository }, id) {
  await client.send("DELETE", `/repos/${repository}/issues/comments/${id}`).catch(goneIsNothing);
}
