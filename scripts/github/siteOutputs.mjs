/*
 * node scripts/github/siteOutputs.mjs FILE: what `npm run stack -- new --json FILE` wrote, as the outputs `url` and `until` of the step.
 */
import { readFileSync } from "node:fs";
import { output, script } from "./job.mjs";

await script(import.meta.url, ([file, ...rest]) => {
  if (!file || rest.length > 0) throw new Error("usage: node scripts/github/siteOutputs.mjs FILE");
  const { url, until } = JSON.parse(readFileSync(file, "utf8"));
  output(process.env, "url", String(url).replace(/\s/g, ""));
  output(process.env, "until", String(until).replace(/\s/g, ""));
});
