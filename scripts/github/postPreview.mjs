/*
 * node scripts/github/postPreview.mjs FOLDER: posts what offlinePreview.mjs left in FOLDER as the body of the pull request's comment, and
 * sets the label. A folder without a comparison is said too: silence would look like "no change".
 * It reads ARTIFACT_URL (where the whole can be downloaded) and the variables of docs/decisions/pull-request-slots.md.
 */
import { join } from "node:path";
import { ApiError } from "./api.mjs";
import { BODY_LIMIT, bytes, fenced, isNewer, MARKER, print } from "./body.mjs";
import { readComment, writeComment } from "./comments.mjs";
import { orSummary, placeOf, runUrl, script, stampOf, summarize, tell, textIn } from "./job.mjs";
import { LABELS, setLabel } from "./labels.mjs";

/** @typedef {import("./job.mjs").Environment} Environment */

/** Where nothing is known; the label of an earlier commit would be a lie, and `no-changes` another. */
const UNKNOWN = "changes";

/**
 * @param {string} folder
 * @param {Environment} env
 * @param {Partial<import("./api.mjs").Settings>} [settings]
 */
export async function postPreview(folder, env, settings) {
  const place = placeOf(env, settings);
  const label = labelOf(folder);
  const stamp = { ...stampOf(env), label: label ?? UNKNOWN };
  const main = mainOf(folder, runUrl(env), label !== undefined);
  const mine = { main, slots: new Map(), stamp, foot: footOf(env, stamp.commit) };
  const outcome = await orSummary(env, print(mine), () =>
    writeComment(place, {
      change(now, { open, commit }) {
        if (!open) return "closed";
        if (commit !== stamp.commit || (now?.stamp && isNewer(now.stamp, stamp))) return "outdated";
        // The engine's previews of the body before are about another plan.
        const site = now?.slots.get("site");
        return { ...mine, slots: new Map(site === undefined ? [] : [["site", site]]) };
      },
      holds: (now) => now.stamp !== undefined && !isNewer(stamp, now.stamp),
    }),
  ).catch((error) => {
    summarize(env, print(mine));
    throw error;
  });
  if (outcome === "closed" || outcome === "outdated") {
    summarize(env, print(mine));
    const why =
      outcome === "closed" ? "the pull request is closed" : "it has a newer commit or run";
    tell("notice", `Nothing is posted: ${why}. The job's summary has the comparison.`);
    return;
  }
  if (outcome === "written") await labelAsCommented(place);
}

/**
 * Sets the label that the comment names. A run that wrote the comment later is right about the label too, so it is looked at again.
 * @param {import("./comments.mjs").Place} place
 */
async function labelAsCommented(place) {
  /** @type {string | undefined} */
  let label;
  try {
    for (let tries = 0; tries < 3; tries++) {
      const now = (await readComment(place))?.stamp?.label;
      if (now === undefined || now === label) return;
      label = now;
      await setLabel(place, label);
    }
  } catch (error) {
    // The comment says all that the label does: a label that cannot be set makes no job fail.
    if (!(error instanceof ApiError)) throw error;
    tell("warning", `The label ${label ?? "of the comment"} is not set: ${error.message}`);
  }
}

/**
 * What the comment says: the comparison, or why there is none.
 * @param {string} folder
 * @param {string} run
 * @param {boolean} labelled whether the comparison names a label
 */
function mainOf(folder, run, labelled) {
  const [markdown, failure] = ["preview.md", "failure.txt"].map((name) => textOf(folder, name));
  if (markdown) {
    const main = markdown.startsWith(MARKER) ? markdown.slice(MARKER.length).trim() : markdown;
    const unlabelled = `\n\n_\`preview.json\` of this comparison names no label, or one that the base branch does not know: [the run](${run}). So it is labelled \`${UNKNOWN}\`._`;
    const told = labelled ? main : `${main}${unlabelled}`;
    if (bytes(told) <= BODY_LIMIT) return told;
    return `${main.split("\n")[0]}\n\n_Too long for a comment: [the run](${run}) has the whole._`;
  }
  const why = failure ? `\n\n${fenced(failure.trim().slice(-4_000))}` : "";
  return `### Not compared: the comparison failed\n\nNobody knows what this changes. [The run](${run}) says why.${why}`;
}

/** @param {Environment} env @param {string} commit */
function footOf(env, commit) {
  const files = env.ARTIFACT_URL?.startsWith("https://")
    ? ` · [all files](${env.ARTIFACT_URL})`
    : "";
  return `<sub>For ${commit.slice(0, 9)}${files} · [run](${runUrl(env)})</sub>`;
}

/** The label that the comparison names, if it is one of ours: the file comes from the pull request's own program. @param {string} folder */
function labelOf(folder) {
  if (!textOf(folder, "preview.md")) return undefined;
  try {
    const { label } = JSON.parse(textOf(folder, "preview.json") ?? "{}");
    return typeof label === "string" && Object.hasOwn(LABELS, label) ? label : undefined;
  } catch {
    return undefined;
  }
}

/** @param {string} folder @param {string} name */
function textOf(folder, name) {
  try {
    return textIn(join(folder, name));
  } catch {
    // Not there, or no file: the comment says that nothing was compared.
    return undefined;
  }
}

await script(import.meta.url, ([folder = "preview"]) => postPreview(folder, process.env));
