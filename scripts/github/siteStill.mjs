/*
 * node scripts/github/siteStill.mjs before|after COMMIT: while somebody approved the commit, or while it was deployed, the pull request may
 * have been closed. Outputs of the step:
 *   go     before: true if the commit is still to be deployed
 *   late   after: true if the site must go again
 */
import { output, placeOf, script, tell } from "./job.mjs";
import { KEEP, pullOf, wantsSite } from "./sitePull.mjs";

/**
 * @param {import("./comments.mjs").Place} place
 * @param {string} commit
 * @returns {Promise<{ go: boolean, late: boolean, why: string }>} `why` not, or why so
 */
export async function still(place, commit) {
  const pull = await pullOf(place);
  const wanted = wantsSite(pull);
  const late = !wanted && !(pull.open && pull.labels.includes(KEEP));
  if (!wanted) return { go: false, late, why: "its pull request wants no site any more" };
  const go = pull.commit === commit;
  return { go, late, why: `the newest commit of its pull request is ${pull.commit}` };
}

await script(import.meta.url, async ([when, commit, ...rest]) => {
  if ((when !== "before" && when !== "after") || !commit || rest.length > 0) {
    throw new Error("usage: node scripts/github/siteStill.mjs before|after COMMIT");
  }
  const { env } = process;
  const { go, late, why } = await still(placeOf(env), commit);
  if (when === "before") {
    if (!go) tell("notice", `${commit} is not deployed: ${why}`);
    output(env, "go", String(go));
  } else {
    if (late) tell("notice", `the site goes again: ${why}`);
    output(env, "late", String(late));
  }
});
