/*
 * node scripts/github/checkDrift.mjs STACK FOLDER: whether what runs is what main says, by `pulumi preview --refresh --expect-no-changes`,
 * kept in FOLDER for driftIssue.mjs. The exit code is 0 with or without drift, and 1 where nobody knows.
 */
import { script, summarize, tell } from "./job.mjs";
import { forSummary, keep, pulumi } from "./pulumiCli.mjs";

/** @typedef {"none" | "drift" | "unknown"} Drift */

const ARGS = ["preview", "--refresh", "--expect-no-changes", "--diff", "--suppress-progress"];

/**
 * The CLI ends with 7 where it expected no changes; before it had codes of its own, only its message told. Every other error is no answer.
 * @param {import("./pulumiCli.mjs").Result} result
 * @returns {Drift}
 */
export function driftOf({ code, errors, said }) {
  if (code === 0) return "none";
  const told = /no changes were expected.* but changes were proposed/.test(`${said}\n${errors}`);
  return code === 7 || told ? "drift" : "unknown";
}

await script(import.meta.url, async ([stack, folder, ...rest]) => {
  if (!stack || !folder || rest.length > 0) {
    throw new Error("usage: node scripts/github/checkDrift.mjs STACK FOLDER");
  }
  const result = await pulumi(stack, ARGS, process.env);
  keep(folder, result);
  const drift = driftOf(result);
  summarize(process.env, forSummary(`drift of ${stack}: ${drift}`, result));
  if (drift !== "unknown") return;
  tell("error", `${stack} could not be checked: pulumi ended with ${result.code}, see above`);
  process.exitCode = 1;
});
