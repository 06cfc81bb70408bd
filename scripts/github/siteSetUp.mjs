/*
 * node scripts/github/siteSetUp.mjs [required]: whether the environment `review` has what a site needs, as the output `ready`, which is
 * 'true' or not there. With `required` what is missing is an error. docs/review-sites.md has the variables.
 */
import { output, script, tell } from "./job.mjs";

/** @typedef {import("./job.mjs").Environment} Environment */

/** What is missing. @param {Environment} env @returns {string[]} */
export function missing({ STATE, DEV_CLUSTER, AWS_ROLE, DEV_KUBECONFIG }) {
  const cluster = DEV_CLUSTER
    ? AWS_ROLE
      ? []
      : ["AWS_REVIEW_ROLE, which signs in to DEV_CLUSTER"]
    : DEV_KUBECONFIG
      ? []
      : ["DEV_CLUSTER (the name of an EKS cluster) or DEV_KUBECONFIG (a secret)"];
  return [...(STATE ? [] : ["PULUMI_BACKEND_URL or PULUMI_ACCESS_TOKEN"]), ...cluster];
}

await script(import.meta.url, ([required, ...rest]) => {
  if ((required !== undefined && required !== "required") || rest.length > 0) {
    throw new Error("usage: node scripts/github/siteSetUp.mjs [required]");
  }
  const lacking = missing(process.env);
  if (lacking.length === 0) return output(process.env, "ready", "true");
  const text = `The environment 'review' has no ${lacking.join(", and no ")}: see docs/review-sites.md.`;
  if (required) throw new Error(text);
  tell("notice", text, "there are no review sites");
});
