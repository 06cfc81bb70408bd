/*
 * node scripts/github/driftIssue.mjs FOLDER: one issue for all stacks that differ from main, of what checkDrift.mjs left in FOLDER. It is
 * opened, kept up to date, and closed once no stack differs. LOOKED is the result of the jobs before: with all but `success`, a stack without
 * a file was not checked. It needs a token with issues: write.
 */
import { bytes, fenced } from "./body.mjs";
import { driftOf } from "./checkDrift.mjs";
import { github, runUrl, script, tell } from "./job.mjs";
import { DRIFT_LABEL, makeLabel } from "./labels.mjs";
import { kept, shortened, summaryOf } from "./pulumiCli.mjs";

/** By this the issue is found again. */
export const DRIFT_MARKER = "<!-- next-on-eks: what runs differs from main -->";
/** Of what Pulumi says of one stack, in bytes. */
const STACK_LIMIT = 8_000;
const LIMIT = 60_000;

/** @typedef {{ stack: string, drift: import("./checkDrift.mjs").Drift, result?: import("./pulumiCli.mjs").Result }} Found */
/** @typedef {ReturnType<typeof github>} Place */

/**
 * @param {string} folder
 * @param {import("./job.mjs").Environment} env
 * @param {Partial<import("./api.mjs").Settings>} [settings]
 */
export async function driftIssue(folder, env, settings) {
  const found = foundIn(folder, env.LOOKED === "success");
  const drifted = found.filter(({ drift }) => drift === "drift");
  const all = found.length > 0 && found.every(({ drift }) => drift !== "unknown");
  if (found.length === 0) return tell("notice", "No stack was checked.");
  const place = github(env, settings);
  const issues = await oursIn(place);
  if (drifted.length > 0) await say(place, issues, found, runUrl(env));
  else if (all)
    await close(place, issues, `No stack differs from main any more: [run](${runUrl(env)}).`);
  else tell("warning", "Not every stack could be checked: the issue stays as it is.");
}

/** @param {string} folder @param {boolean} whole whether every job before has ended well @returns {Found[]} */
function foundIn(folder, whole) {
  const found = kept(folder).map((result) => ({
    stack: result.stack,
    drift: driftOf(result),
    result,
  }));
  const explained = found.some(({ drift }) => drift === "unknown");
  return !whole && !explained ? [...found, { stack: "another stack", drift: "unknown" }] : found;
}

/** Our open issues, the oldest first. @param {Place} place @returns {Promise<{ number: number }[]>} */
async function oursIn({ client, repository, author }) {
  const open = await client.list(`/repos/${repository}/issues?state=open`);
  return open
    .filter((issue) => !issue.pull_request && issue.user?.login === author)
    .filter(({ body }) => body?.startsWith(DRIFT_MARKER))
    .sort((a, b) => a.number - b.number);
}

/** @param {Place} place @param {{ number: number }[]} issues @param {readonly Found[]} found @param {string} run */
async function say(place, issues, found, run) {
  const { client, repository } = place;
  const path = `/repos/${repository}/issues`;
  const stacks = found.filter(({ drift }) => drift === "drift").map(({ stack }) => stack);
  const title = `${stacks.join(", ")} ${stacks.length > 1 ? "differ" : "differs"} from main`;
  const body = bodyOf(found, run);
  const [first] = issues;
  if (first) {
    await client.send("PATCH", `${path}/${first.number}`, { body: { title, body } });
  } else {
    await makeLabel(place, DRIFT_LABEL).catch((error) => tell("warning", error.message));
    await client.send("POST", path, { body: { title, body, labels: [DRIFT_LABEL] } });
  }
  // Two runs that found none have opened one each: the older one stays.
  const [kept, ...others] = await oursIn(place);
  await close(place, others, `The same as #${kept?.number}.`, "not_planned");
}

/** @param {Place} place @param {readonly { number: number }[]} issues @param {string} why @param {string} reason */
async function close({ client, repository }, issues, why, reason = "completed") {
  for (const { number } of issues) {
    const path = `/repos/${repository}/issues/${number}`;
    await client.send("PATCH", path, { body: { state: "closed", state_reason: reason } });
    await client.send("POST", `${path}/comments`, { body: { body: why } });
  }
}

/** @param {readonly Found[]} found @param {string} run */
function bodyOf(found, run) {
  const head = `${DRIFT_MARKER}
\`pulumi preview --refresh\` of main would change what runs. Either somebody changed it by hand, or main is not deployed yet.

- Deploy main: \`pulumi up --refresh --stack STACK\`; what was done by hand is undone.
- Or write what was done by hand into the config or the code.

This issue is closed once no stack differs. Last seen in [this run](${run}).`;
  const parts = found.map(partOf);
  let text = head;
  for (const { whole, line } of parts) {
    const next = `${text}\n\n${whole}`;
    text = bytes(next) <= LIMIT ? next : `${text}\n\n${line}`;
  }
  return text;
}

/** @param {Found} found */
function partOf({ stack, drift, result }) {
  const said = result?.said ?? "";
  const words = {
    none: "no difference",
    drift: summaryOf(said) ?? "differs",
    unknown: "could not be checked",
  };
  const line = `**${stack}**: ${words[drift]}`;
  if (drift !== "drift") return { whole: line, line };
  const text = fenced(shortened(said, STACK_LIMIT));
  return {
    whole: `${line}\n\n<details><summary>what Pulumi says</summary>\n\n${text}\n\n</details>`,
    line,
  };
}

await script(import.meta.url, ([folder = "drift"]) => driftIssue(folder, process.env));
