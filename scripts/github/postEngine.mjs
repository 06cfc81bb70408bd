/*
 * node scripts/github/postEngine.mjs FOLDER: puts what enginePreview.mjs left in FOLDER into slots of the pull request's comment, one for
 * each stack. It reads the variables of docs/decisions/pull-request-slots.md.
 */
import { createHash } from "node:crypto";
import { bytes, disarmed, fenced, isSlotName, LIMIT, print } from "./body.mjs";
import { writeComment } from "./comments.mjs";
import { orSummary, placeOf, runUrl, script, stampOf, summarize, tell } from "./job.mjs";
import { kept, shortened, summaryOf } from "./pulumiCli.mjs";

/** Longest text of one stack, in bytes. */
const ENGINE_LIMIT = 4_000;
/** What a slot takes beside its text and twice its name, at most. */
const MARKERS = 100;

/**
 * @param {string} folder
 * @param {import("./job.mjs").Environment} env
 * @param {Partial<import("./api.mjs").Settings>} [settings]
 */
export async function postEngine(folder, env, settings) {
  const results = kept(folder);
  if (results.length === 0) return tell("notice", "No stack was previewed by Pulumi.");
  const place = placeOf(env, settings);
  const mine = stampOf(env);
  const names = new Map(results.map((result) => [slotOf(result.stack), result]));
  const textOf = (/** @type {import("./pulumiCli.mjs").Result} */ result, room = ENGINE_LIMIT) =>
    engineText(result, runUrl(env), Math.min(room, ENGINE_LIMIT));
  const all = results.map((result) => textOf(result)).join("\n\n");
  /** @type {Map<string, string>} */
  let written = new Map();
  const outcome = await orSummary(env, all, () =>
    writeComment(place, {
      change(now, { open }) {
        if (!open) return "closed";
        const of = now?.stamp;
        // Only beside the comparison of this run: that of another is about another plan, and there may be none any more.
        if (!now || of?.run !== mine.run || of.attempt > mine.attempt) return "outdated";
        const slots = new Map([...now.slots].filter(([name]) => !names.has(name)));
        const longest = Math.max(...[...names.keys()].map(({ length }) => length));
        const markers = MARKERS + 2 * longest;
        const room = (LIMIT - bytes(print({ ...now, slots }))) / names.size - markers;
        written = new Map([...names].map(([name, result]) => [name, textOf(result, room)]));
        return { ...now, slots: new Map([...slots, ...written]) };
      },
      holds: (now) =>
        now.stamp?.run !== mine.run ||
        [...written].every(([name, text]) => now.slots.get(name)?.trim() === disarmed(text).trim()),
    }),
  );
  if (outcome === "written" || outcome === "summary") return;
  summarize(env, all);
  const why =
    outcome === "closed"
      ? "the pull request is closed"
      : "its comment is not of this run (any more)";
  tell("notice", `Not posted: ${why}. The job's summary has what Pulumi says.`);
}

/** A slot for each stack and no other: names of stacks have letters that names of slots have not. @param {string} stack */
function slotOf(stack) {
  if (isSlotName(stack)) return `engine-${stack}`;
  return `stack-${createHash("sha256").update(stack).digest("hex").slice(0, 32)}`;
}

/**
 * What Pulumi says of a stack: its counts always, and of the rest the beginning and the end.
 * @param {import("./pulumiCli.mjs").Result} result
 * @param {string} run address of the run's page
 * @param {number} limit in bytes
 */
function engineText({ stack, code, said, errors }, run, limit) {
  const ends = code === 0 ? (summaryOf(said) ?? "done") : `FAILED with exit code ${code}`;
  const headline = `**\`pulumi preview\` of ${stack}**: ${ends} · [the whole](${run})`;
  const open = "<details><summary>what Pulumi says</summary>\n\n";
  const close = "\n\n</details>";
  const [text, least] = [code === 0 ? said : `${said}\n${errors}`, 400];
  // The fence grows with the backticks in the text.
  for (let room = limit - bytes(headline + open + close) - 20; room >= least; room -= 100) {
    const whole = `${headline}\n\n${open}${fenced(shortened(text, room))}${close}`;
    if (bytes(whole) <= limit) return whole;
  }
  return headline;
}

await script(import.meta.url, ([folder = "engine"]) => postEngine(folder, process.env));
