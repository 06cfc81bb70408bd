/*
 * What a job knows of itself, and what it tells those who read its log. Nothing of a pull request reaches a shell here: titles and
 * names of branches are never asked for, and the rest comes from the event's file.
 */
import { appendFileSync, lstatSync, readFileSync, realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ApiError, client } from "./api.mjs";

/** @typedef {Readonly<Record<string, string | undefined>>} Environment */

/** @param {Environment} env @param {string} name @throws {Error} */
export function need(env, name) {
  const value = env[name];
  if (!value) throw new Error(`${name} is not set: the top of the script says what it is`);
  return value;
}

/** The event that started the run. @param {Environment} env @returns {any} */
export function eventOf(env) {
  return env.GITHUB_EVENT_PATH ? JSON.parse(readFileSync(env.GITHUB_EVENT_PATH, "utf8")) : {};
}

/**
 * GitHub, as this job may use it.
 * @param {Environment} env
 * @param {Partial<import("./api.mjs").Settings>} [settings]
 */
export function github(env, settings = {}) {
  const url = (env.GITHUB_API_URL || "https://api.github.com").replace(/\/$/, "");
  const repository = need(env, "GITHUB_REPOSITORY");
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) {
    throw new Error(`GITHUB_REPOSITORY: '${repository}' is refused: expected OWNER/NAME`);
  }
  return {
    client: client({ token: need(env, "GITHUB_TOKEN"), url, ...settings }),
    repository,
    author: env.COMMENT_AUTHOR || "github-actions[bot]",
  };
}

/**
 * The pull request of this job.
 * @param {Environment} env
 * @param {Partial<import("./api.mjs").Settings>} [settings]
 * @returns {import("./comments.mjs").Place}
 */
export function placeOf(env, settings) {
  const number = env.PULL_REQUEST || eventOf(env).pull_request?.number;
  const pull = Number(number);
  if (!Number.isSafeInteger(pull) || pull < 1) {
    throw new Error(`PULL_REQUEST: '${number}' is refused: expected the number of a pull request`);
  }
  return { ...github(env, settings), pull };
}

/** This run, and the commit that it is about. @param {Environment} env @returns {import("./body.mjs").Stamp} */
export function stampOf(env) {
  const commit = eventOf(env).pull_request?.head?.sha ?? need(env, "GITHUB_SHA");
  if (!/^[0-9a-f]{7,64}$/.test(commit)) throw new Error(`'${commit}' is no commit`);
  // Not the number: each workflow counts its own runs, and starts again when its file gets another name.
  const run = Number(need(env, "GITHUB_RUN_ID"));
  return { run, attempt: Number(env.GITHUB_RUN_ATTEMPT ?? 1), commit };
}

/** Address of this run's page. @param {Environment} env */
export function runUrl(env) {
  const server = env.GITHUB_SERVER_URL || "https://github.com";
  return `${server}/${env.GITHUB_REPOSITORY}/actions/runs/${env.GITHUB_RUN_ID}`;
}

/**
 * The text of a file that a job before has left, which ran the pull request's code. A link could lead to a file of this job, with its token
 * in it, and what stands there is posted.
 * @param {string} file
 * @throws {Error} if it is not there, or is no file of its own
 */
export function textIn(file) {
  if (!lstatSync(file).isFile()) throw new Error(`${file} is no file`);
  return readFileSync(file, "utf8");
}

/** Sets an output of the step. @param {Environment} env @param {string} name @param {string} value of one line */
export function output(env, name, value) {
  appendFileSync(need(env, "GITHUB_OUTPUT"), `${name}=${value}\n`);
}

/** GitHub takes no more of a step. */
const SUMMARY_LIMIT = 1024 * 1024;

/** Adds to the job's summary, or without one prints. @param {Environment} env @param {string} text */
export function summarize(env, text) {
  const file = env.GITHUB_STEP_SUMMARY;
  const fits = Buffer.byteLength(text) < SUMMARY_LIMIT;
  const told = fits ? text : `${text.slice(0, 1000)}\n\n_Too long for a summary._`;
  if (file) appendFileSync(file, `${told}\n`);
  else process.stdout.write(`${told}\n`);
}

/**
 * A line that GitHub shows on the run's page.
 * @param {"notice" | "warning" | "error"} kind
 * @param {string} text
 * @param {string} [title]
 */
export function tell(kind, text, title) {
  const escaped = text.replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A");
  // GitHub ends a title at the first pair of colons.
  const named = title === undefined ? "" : ` title=${title.replace(/[%\r\n:,]/g, " ")}`;
  process.stdout.write(`::${kind}${named}::${escaped}\n`);
}

/**
 * Writes to GitHub; where the token may not, or GitHub cannot be reached, the text goes to the job's summary instead.
 * @param {Environment} env
 * @param {string} text
 * @param {() => Promise<string>} write returns what became of it
 * @returns {Promise<string>} as `write`, or `summary`
 */
export async function orSummary(env, text, write) {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof ApiError) || !(error.refused || error.unknown || error.limited))
      throw error;
    summarize(env, text);
    const why = error.refused
      ? "the token may not write it, as in a pull request from a fork"
      : "GitHub did not take it";
    tell("notice", `In the job's summary and not in a comment: ${why}. ${error.message}`);
    return "summary";
  }
}

/**
 * Runs a script, and makes an error its last line; does nothing where another module imports the file.
 * @param {string} url of the script's module
 * @param {(args: string[]) => Promise<void> | void} main
 */
export async function script(url, main) {
  const [, started = "", ...args] = process.argv;
  if (started === "" || realpathSync(started) !== fileURLToPath(url)) return;
  try {
    await main(args);
  } catch (error) {
    tell("error", /** @type {Error} */ (error).message);
    process.exitCode = 1;
  }
}
