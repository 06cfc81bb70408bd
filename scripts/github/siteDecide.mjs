/*
 * node scripts/github/siteDecide.mjs: what becomes of the site of this pull request, as outputs of the step:
 *   action     deploy, remove, or nothing
 *   commit     what is deployed
 *   approval   true: a person must approve it first
 */
import { readFileSync } from "node:fs";
import { ApiError } from "./api.mjs";
import { eventOf, output, placeOf, script, tell } from "./job.mjs";
import { pullOf, wantsSite } from "./sitePull.mjs";

/** Its code runs with the rights of dev; only main's workflows may enter it, and nobody approves. */
const RIGHTS = "review";
/** It has nothing but reviewers. */
const APPROVAL = "review-approval";
/** Its runs by this event have no secrets and a token that only reads, so that they can neither deploy nor remove. */
const DEPENDABOT = "dependabot[bot]";
/** Who may deploy dev: whoever can change this file on main can. */
const DEPLOYERS = ".github/dev-deployers";

/**
 * @typedef {{ action: "deploy" | "remove" | "nothing", why: string, commit?: string, approval?: boolean }} Decision
 * @typedef {{ commit: string, sender: string, main?: string }} Event
 * the head of the pull request when it happened, who did it, and the repository's default branch
 */

/**
 * @param {import("./comments.mjs").Place} place
 * @param {Event} event
 * @param {ReadonlySet<string>} deployers logins, in lower case
 * @returns {Promise<Decision>}
 * @throws {Error} if an environment would let code in that nobody has approved
 */
export async function decide(place, event, deployers) {
  if (event.sender === DEPENDABOT) {
    const why =
      "Dependabot's runs have no secrets: set the label anew; what is closed goes within the hour";
    return { action: "nothing", why };
  }
  const pull = await pullOf(place);
  if (pull.fork) return { action: "nothing", why: "it comes from a fork" };
  if (!pull.open) return { action: "remove", why: "it is closed" };
  if (!wantsSite(pull)) return { action: "remove", why: "it has no label 'preview'" };
  if (pull.commit !== event.commit) {
    // Who has pushed it is known to the run that it has started.
    return { action: "nothing", why: `${pull.commit} came after it, and has a run of its own` };
  }
  await checkRights(place, event.main ?? "main");
  const doubt = await doubtOf(place, pull, event.sender, deployers);
  const approval = doubt !== undefined;
  // Not every plan of GitHub's has reviewers, and a deployer's own needs none.
  if (approval) await checkApproval(place, doubt);
  const why = approval ? `${doubt}, so somebody approves it` : "all who wrote it may deploy dev";
  return { action: "deploy", why, commit: pull.commit, approval };
}

/**
 * Why the code of a pull request is not taken for a deployer's own: who sets a label or opens it again has not written it, so
 * all count who have pushed to its branch.
 * @param {import("./comments.mjs").Place} place
 * @param {import("./sitePull.mjs").Pull} pull
 * @param {string} sender who has started the run
 * @param {ReadonlySet<string>} deployers
 * @returns {Promise<string | undefined>} undefined: it is
 */
async function doubtOf(place, { author, branch, commit }, sender, deployers) {
  const stranger = (/** @type {string[]} */ people) =>
    people.find((login) => !deployers.has(login.toLowerCase()));
  const known = stranger([author, sender]);
  if (known !== undefined) return `'${known}' is not in ${DEPLOYERS}`;
  const pushes = await pushesTo(place, branch);
  if (typeof pushes === "string") return pushes;
  if (!pushes.some(({ after }) => after === commit)) return `nobody knows who has pushed ${commit}`;
  const pushed = stranger(pushes.map(({ actor }) => actor));
  return pushed === undefined
    ? undefined
    : `'${pushed}' has pushed to it and is not in ${DEPLOYERS}`;
}

/**
 * What has happened to a branch, by GitHub's record. Authors in commits are what their writers say.
 * https://docs.github.com/rest/repos/repos#list-repository-activities
 * @param {import("./comments.mjs").Place} place @param {string} branch
 * @returns {Promise<{ actor: string, after: string }[] | string>} a text: GitHub does not say
 */
async function pushesTo({ client, repository }, branch) {
  const ref = encodeURIComponent(`refs/heads/${branch}`);
  try {
    const all = await client.list(`/repos/${repository}/activity?ref=${ref}`);
    return all.map(({ actor, after }) => ({ actor: actor?.login ?? "", after }));
  } catch (error) {
    if (!(error instanceof ApiError) || !(error.refused || error.gone || error.limited))
      throw error;
    return `GitHub does not say who has pushed to its branch (${error.message})`;
  }
}

/** Logins of a file, one on a line; what follows a # is a comment. @param {string} text */
export function deployersIn(text) {
  const lines = text.split("\n").map((line) => line.replace(/#.*/, "").trim().toLowerCase());
  return new Set(lines.filter((line) => line !== ""));
}

/**
 * GitHub makes an environment that a job names and that is not there: without reviewers, and open to every branch.
 * @param {import("./comments.mjs").Place} place
 * @param {string} main the default branch
 */
async function checkRights(place, main) {
  const others = await enteredBy(place, main);
  if (others !== undefined) {
    throw new Error(
      `${others} may enter the environment '${RIGHTS}', and with it a workflow that nobody has approved. ` +
        `Settings, Environments, ${RIGHTS}, Deployment branches and tags: select ${main} alone. docs/review-sites.md`,
    );
  }
}

/** @param {import("./comments.mjs").Place} place @param {string} doubt why somebody has to approve */
async function checkApproval(place, doubt) {
  const approval = await environment(place, APPROVAL);
  const rules = approval.protection_rules ?? [];
  const reviewers = rules.find(
    (/** @type {{ type: string }} */ { type }) => type === "required_reviewers",
  );
  if (!reviewers?.reviewers?.length) {
    throw new Error(
      `${doubt}, and nobody has to approve what enters the environment '${APPROVAL}'. ` +
        `Settings, Environments, ${APPROVAL}, Required reviewers: name who may deploy dev. docs/review-sites.md`,
    );
  }
}

/**
 * Who may enter the environment beside main's own workflows; undefined: nobody.
 * @param {import("./comments.mjs").Place} place @param {string} main
 */
async function enteredBy(place, main) {
  const { deployment_branch_policy: policy } = await environment(place, RIGHTS);
  if (!policy) return "every branch";
  // A rule that protects branches may be for a pattern, and who may push can name a branch after it.
  if (!policy.custom_branch_policies) return "every protected branch";
  const { client, repository } = place;
  const path = `/repos/${repository}/environments/${RIGHTS}/deployment-branch-policies`;
  const { branch_policies: all = [] } = (await client.send("GET", path)).data;
  const other = all.find(
    (/** @type {{ name: string, type?: string }} */ { name, type = "branch" }) =>
      name !== main || type !== "branch",
  );
  return other && `${other.type ?? "branch"} '${other.name}'`;
}

/** @param {import("./comments.mjs").Place} place @param {string} name */
async function environment({ client, repository }, name) {
  try {
    return (await client.send("GET", `/repos/${repository}/environments/${name}`)).data;
  } catch (error) {
    const { gone, message } = /** @type {import("./api.mjs").ApiError} */ (error);
    if (!gone) throw error;
    throw new Error(
      `there is no environment '${name}' (${message}): create it in Settings, Environments. docs/review-sites.md`,
      { cause: error },
    );
  }
}

await script(import.meta.url, async () => {
  const { env } = process;
  const place = placeOf(env);
  const { pull_request: pull, sender, repository } = eventOf(env);
  const main = repository?.default_branch;
  const event = { commit: pull.head.sha, sender: sender.login, main };
  const deployers = deployersIn(readFileSync(DEPLOYERS, "utf8"));
  const { action, why, commit = "", approval = false } = await decide(place, event, deployers);
  tell("notice", `pull request ${place.pull}: ${action}: ${why}`);
  output(env, "action", action);
  output(env, "commit", commit);
  output(env, "approval", String(approval));
});
