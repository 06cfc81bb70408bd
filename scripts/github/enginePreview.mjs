/*
 * node scripts/github/enginePreview.mjs STACK FOLDER: `pulumi preview` of a stack, kept in FOLDER for postEngine.mjs, and in the job's
 * summary whole. It needs what the CLI needs (credentials, PULUMI_BACKEND_URL or PULUMI_ACCESS_TOKEN) and no token of GitHub.
 */
import { script, summarize } from "./job.mjs";
import { forSummary, keep, pulumi, summaryOf } from "./pulumiCli.mjs";

await script(import.meta.url, async ([stack, folder, ...rest]) => {
  if (!stack || !folder || rest.length > 0) {
    throw new Error("usage: node scripts/github/enginePreview.mjs STACK FOLDER");
  }
  const result = await pulumi(stack, ["preview", "--diff", "--suppress-progress"], process.env);
  keep(folder, result);
  const ends = result.code === 0 ? (summaryOf(result.said) ?? "done") : "FAILED";
  summarize(process.env, forSummary(`pulumi preview of ${stack}: ${ends}`, result));
  process.exitCode = result.code;
});
