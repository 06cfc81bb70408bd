/*
 * node scripts/github/siteText.mjs FILE: what the pull request's comment says of its site, for `slot.mjs site FILE`. It reads
 *   WHAT                   waiting, made, failed, refused, removed, stuck, none; where it is not set, APPROVE and DEPLOY tell:
 *   APPROVE, DEPLOY        how these jobs ended, as GitHub says it
 *   COMMIT                 what is, or is not, deployed
 *   SITE_URL, SITE_UNTIL   for made, from the job that runs the pull request's code: taken only as the address of this pull request's site,
 *                          below a host of Pulumi.dev.yaml here, and as a time
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { eventOf, runUrl, script, tell } from "./job.mjs";

/** @typedef {import("./job.mjs").Environment} Environment */

/** @type {Readonly<Record<What, (values: Values) => string>>} */
const TEXTS = {
  waiting: ({ commit, run }) =>
    `**A site of ${commit} waits for [a reviewer's approval](${run})**: its code runs with dev's rights.`,
  made: ({ commit, url, until }) =>
    `**[${new URL(url).host}](${url})** runs ${commit}, until ${when(until)} or until this pull request is closed. ` +
    "A new commit renews it; with the label `keep` it stays longer.",
  failed: ({ commit, run }) =>
    `**No site of ${commit}**: [the run](${run}) says why. If there was one before, it is still there, updated as far as that got.`,
  refused: ({ commit, run }) => `**No site of ${commit}**: [it was not approved](${run}).`,
  removed: () =>
    "**The site of this pull request is removed.** The label `preview` makes it again.",
  stuck: ({ run }) =>
    `**The site of this pull request could not be removed**: [the run](${run}) says why. It is tried again each hour.`,
  none: () => "",
};

/**
 * @typedef {{ commit: string, run: string, url: string, until: string, pull: number, hosts: readonly string[] }} Values
 * `commit` in short; `run`: address of the workflow's run; `until` in ISO 8601; `pull`: number of the pull request;
 * `hosts`: of the stack whose cluster has the sites
 * @typedef {"waiting" | "made" | "failed" | "refused" | "removed" | "stuck" | "none"} What
 */

/** @param {What} what @param {Values} values @returns {string} Markdown of one paragraph @throws {Error} */
export function siteText(what, values) {
  if (what === "made") checkSite(values);
  return TEXTS[what](values);
}

/** @param {string} until */
function when(until) {
  const time = new Date(until);
  const day = time.toLocaleDateString("en-GB", { dateStyle: "long", timeZone: "UTC" });
  return `${day}, ${time.toISOString().slice(11, 16)} UTC`;
}

/** @param {Environment} env @returns {What} @throws {Error} */
export function whatOf({ WHAT, APPROVE, DEPLOY }) {
  const what =
    WHAT || (APPROVE === "failure" ? "refused" : DEPLOY === "success" ? "made" : "failed");
  if (what in TEXTS) return /** @type {What} */ (what);
  throw new Error(`WHAT: '${what}' is refused: expected ${Object.keys(TEXTS).join(", ")}`);
}

/** @param {Environment} env @returns {Values} */
function valuesOf(env) {
  const { COMMIT = "", SITE_URL: url = "", SITE_UNTIL: until = "" } = env;
  const pull = Number(eventOf(env).pull_request?.number);
  const hosts = existsSync(STACK) ? hostsIn(readFileSync(STACK, "utf8")) : [];
  return { commit: COMMIT.slice(0, 7), run: runUrl(env), url, until, pull, hosts };
}

/** The file of the stack whose cluster has the sites, as it is on main. */
const STACK = "Pulumi.dev.yaml";

/** Hosts in a stack's file. No package reads YAML here; a key more than `app.host` would be another host of the same stack. @param {string} text */
export function hostsIn(text) {
  const key = /(?<![\w.-])(["']?)host\1\s*:\s*(["']?)([a-z0-9.-]+)\2(?=[\s,}]|$)/g;
  return [...text.matchAll(key)].map(([, , , host = ""]) => host);
}

/** Both come from the pull request's own program. @param {Values} values @throws {Error} */
function checkSite({ url, until, pull, hosts }) {
  const [, number, host = ""] = /^https?:\/\/pr-(\d+)\.([a-z0-9.-]+)(?::\d+)?$/.exec(url) ?? [];
  if (Number(number) !== pull || !hosts.includes(host)) {
    throw new Error(
      `SITE_URL: '${url}' is refused: expected http(s)://pr-${pull}.HOST, with app.host of ${STACK} on main (${hosts.join(", ") || "none there"})`,
    );
  }
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(until)) {
    throw new Error(
      `SITE_UNTIL: '${until}' is refused: expected a time such as 2026-12-06T10:00:00Z`,
    );
  }
}

await script(import.meta.url, ([file, ...rest]) => {
  if (!file || rest.length > 0) throw new Error("usage: node scripts/github/siteText.mjs FILE");
  const values = valuesOf(process.env);
  try {
    writeFileSync(file, siteText(whatOf(process.env), values));
  } catch (error) {
    // An older text would be taken for this commit's.
    tell("error", /** @type {Error} */ (error).message);
    writeFileSync(file, siteText("failed", values));
  }
});
