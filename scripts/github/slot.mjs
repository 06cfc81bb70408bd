/*
 * node scripts/github/slot.mjs NAME FILE: puts the Markdown of a file into a slot of the pull request's comment; an empty file, or -,
 * removes the slot. docs/decisions/pull-request-slots.md has the variables that it reads.
 */
import { readFileSync } from "node:fs";
import { orSummary, placeOf, script, tell } from "./job.mjs";
import { editSlot } from "./slots.mjs";

await script(import.meta.url, async ([name, file, ...rest]) => {
  if (!name || !file || rest.length > 0) {
    throw new Error("usage: node scripts/github/slot.mjs NAME FILE (- removes the slot)");
  }
  const text = file === "-" ? "" : readFileSync(file, "utf8");
  const place = placeOf(process.env);
  const outcome = await orSummary(process.env, text, () => editSlot(place, name, text));
  tell("notice", `slot ${name} of pull request ${place.pull}: ${outcome}`);
});
