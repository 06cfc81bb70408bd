/*
 * Labels of pull requests and issues. docs/pull-requests.md has them too, which a test holds.
 */
import { ApiError, goneIsNothing } from "./api.mjs";

/** @typedef {Pick<import("./comments.mjs").Place, "client" | "repository">} Repository */

/** The labels of a pull request, of which it has one: review/gate.ts, which a test holds. */
export const LABELS = {
  "no-changes": { color: "0e8a16", description: "No stack changes" },
  changes: { color: "1d76db", description: "Stacks change; no state is lost" },
  "destroys-state": {
    color: "b60205",
    description: "Data, sessions or a cluster is deleted or replaced",
  },
};
/** The label of the issue about drift. */
export const DRIFT_LABEL = "drift";

/** @type {Readonly<Record<string, { color: string, description: string }>>} */
const ALL = {
  ...LABELS,
  [DRIFT_LABEL]: { color: "fbca04", description: "What runs differs from main" },
};

/**
 * Gives a pull request one of our labels and takes the others away. Labels of others stay.
 * @param {Repository & { pull: number }} place
 * @param {string} label
 * @throws {ApiError | Error}
 */
export async function setLabel(place, label) {
  if (!Object.hasOwn(LABELS, label)) {
    throw new Error(`label '${label}' is refused: expected ${Object.keys(LABELS).join(", ")}`);
  }
  const { client, repository, pull } = place;
  const path = `/repos/${repository}/issues/${pull}/labels`;
  /** @type {string[]} */
  const names = (await client.list(path)).map(({ name }) => name);
  // GitHub takes `Changes` for the same label, and keeps it as the repository has it.
  const there = (/** @type {string} */ one) => names.find((name) => name.toLowerCase() === one);
  // The new one first: at no time has the pull request none.
  if (there(label) === undefined) {
    await makeLabel(place, label);
    await client.send("POST", path, { body: { labels: [label] }, again: true });
  }
  for (const other of Object.keys(LABELS)) {
    const name = there(other);
    if (other === label || name === undefined) continue;
    await client.send("DELETE", `${path}/${encodeURIComponent(name)}`).catch(goneIsNothing);
  }
}

/**
 * Makes a label of the repository where it is missing. One that is there keeps its colour and description.
 * @param {Repository} place
 * @param {string} name one of ours
 * @throws {ApiError} that says the command, where the token may not
 */
export async function makeLabel({ client, repository }, name) {
  const path = `/repos/${repository}/labels`;
  if (await client.send("GET", `${path}/${encodeURIComponent(name)}`).catch(goneIsNothing)) return;
  try {
    await client.send("POST", path, { body: { name, ...ALL[name] }, again: true });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // Another run has made it since.
    if (error.status === 422 && /already_exists/.test(error.message)) return;
    if (error.refused) {
      const { color, description } = /** @type {{ color: string, description: string }} */ (
        ALL[name]
      );
      error.message = `the repository has no label '${name}', and the token may not make it (issues: write); once: gh label create ${name} --repo ${repository} --color ${color} --description '${description}' (${error.message})`;
    }
    throw error;
  }
}
