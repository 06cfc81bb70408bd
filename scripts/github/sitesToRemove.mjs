/*
 * node scripts/github/sitesToRemove.mjs FILE [NUMBER]: which of the sites that there are have to go. FILE is what `npm run stack -- list
 * --json FILE` wrote. Outputs of the step:
 *   remove   their numbers, as JSON
 *   go, there  with NUMBER: true if that one has to go, and if there is one
 * MAX_SITES is how many there may be (default 10).
 */
import { readFileSync } from "node:fs";
import { github, output, script, summarize, tell } from "./job.mjs";
import { KEEP, LABEL, openOf } from "./sitePull.mjs";

/**
 * @typedef {{ number: number, until: number | undefined, going: boolean, stack: boolean }} Site
 * `until` in milliseconds; `going`: its namespace is being deleted; `stack`: Pulumi knows it
 * @typedef {{ number: number, why: string }} Removal
 */

/**
 * The sites in what `npm run stack -- list` says, by Pulumi's state and by the cluster.
 * @param {string} json
 * @returns {{ now: number, sites: Site[] }}
 */
export function sitesIn(json) {
  const { now, stacks, namespaces } = JSON.parse(json);
  /** @type {Map<number, Site>} */
  const sites = new Map();
  for (const { pullRequest } of stacks) {
    sites.set(pullRequest, { number: pullRequest, until: undefined, going: false, stack: true });
  }
  for (const { pullRequest, until, goingSince } of namespaces) {
    const time = Date.parse(until ?? "");
    sites.set(pullRequest, {
      number: pullRequest,
      until: Number.isNaN(time) ? undefined : time,
      going: goingSince !== undefined,
      stack: sites.has(pullRequest),
    });
  }
  return { now: Date.parse(now), sites: [...sites.values()].sort((a, b) => a.number - b.number) };
}

/**
 * Stacks minus open pull requests; then those whose days are over; then, where there are too many, those that end first.
 * @param {{ now: number, sites: readonly Site[] }} there
 * @param {readonly import("./sitePull.mjs").Pull[]} pulls that are open
 * @param {number} most how many sites there may be
 * @returns {Removal[]}
 */
export function toRemove({ now, sites }, pulls, most) {
  /** @type {Removal[]} */
  const removals = [];
  /** @type {Site[]} */
  const replaceable = [];
  let staying = 0;
  for (const site of sites) {
    // Its namespace goes already, and Pulumi knows nothing of it.
    if (site.going && !site.stack) continue;
    const pull = pulls.find(({ number }) => number === site.number);
    const why = reason(site, pull, now);
    if (why !== undefined) {
      removals.push({ number: site.number, why });
      continue;
    }
    staying += 1;
    if (!pull?.labels.includes(KEEP)) replaceable.push(site);
  }
  replaceable.sort((a, b) => (a.until ?? 0) - (b.until ?? 0));
  for (const { number } of replaceable.slice(0, Math.max(0, staying - most))) {
    removals.push({
      number,
      why: `there are ${staying} sites, ${most} at most, and it ends first`,
    });
  }
  return removals.sort((a, b) => a.number - b.number);
}

/** @param {Site} site @param {import("./sitePull.mjs").Pull | undefined} pull @param {number} now */
function reason({ until }, pull, now) {
  if (pull === undefined) return "its pull request is not open";
  if (pull.fork) return "its pull request comes from a fork";
  if (pull.labels.includes(KEEP)) return undefined;
  if (!pull.labels.includes(LABEL)) return `its pull request has no label '${LABEL}'`;
  if (until !== undefined && until <= now) {
    return `its days were over at ${new Date(until).toISOString()}`;
  }
  return undefined;
}

/** @param {string | undefined} text @throws {Error} */
function mostSites(text) {
  const most = Number(text || 10);
  if (Number.isSafeInteger(most) && most >= 1) return most;
  throw new Error(`MAX_SITES: '${text}' is refused: expected a whole number from 1, such as 10`);
}

await script(import.meta.url, async ([file, number, ...rest]) => {
  if (!file || rest.length > 0) {
    throw new Error("usage: node scripts/github/sitesToRemove.mjs FILE [NUMBER]");
  }
  const { env } = process;
  const most = mostSites(env.MAX_SITES);
  const there = sitesIn(readFileSync(file, "utf8"));
  const numbers = there.sites.map((site) => site.number);
  const removals = toRemove(there, await openOf(github(env), numbers), most);
  const lines = removals.map(({ number, why }) => `pr-${number}: ${why}`);
  if (number !== undefined) {
    const removal = removals.find((one) => String(one.number) === number);
    const known = there.sites.some((one) => String(one.number) === number);
    const stays = known ? "stays" : "is not there";
    tell("notice", `pr-${number} ${removal ? `is removed: ${removal.why}` : stays}`);
    output(env, "there", String(known));
    return output(env, "go", String(removal !== undefined));
  }
  summarize(
    env,
    `${there.sites.length} review sites, ${most} at most\n\n${lines.join("\n") || "None has to go."}`,
  );
  output(env, "remove", JSON.stringify(removals.map(({ number }) => number)));
});
