/*
 * The Pulumi CLI: what it said, and how it ended.
 */
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fenced } from "./body.mjs";
import { textIn } from "./job.mjs";

/**
 * @typedef {{ stack: string, code: number, said: string, errors: string }} Result
 * of one command on one stack: its exit code, standard output, and standard error
 */

/**
 * Runs the CLI, shows what it says, and keeps it.
 * @param {string} stack
 * @param {readonly string[]} args
 * @param {Readonly<Record<string, string | undefined>>} env
 * @returns {Promise<Result>}
 * @throws {Error} if there is no CLI
 */
export async function pulumi(stack, args, env) {
  const child = spawn(
    "pulumi",
    [...args, "--stack", stack, "--non-interactive", "--color", "never"],
    {
      // GitHub sets what is not configured to nothing, which is no backend and no passphrase.
      env: Object.fromEntries(Object.entries(env).filter(([, value]) => value !== "")),
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const said = collected(child.stdout, process.stdout);
  const errors = collected(child.stderr, process.stderr);
  const code = await new Promise((resolve, reject) => {
    child.on("error", (error) => reject(new Error(`pulumi cannot be started: ${error.message}`)));
    // Ended by a signal: no exit code, and no success.
    child.on("close", (status) => resolve(status ?? 255));
  });
  return { stack, code, said: said(), errors: errors() };
}

/** @param {import("node:stream").Readable} stream @param {NodeJS.WritableStream} shown */
function collected(stream, shown) {
  let text = "";
  stream.setEncoding("utf8").on("data", (chunk) => {
    text += chunk;
    shown.write(chunk);
  });
  return () => text;
}

/** The counts at the end of a preview, in one line: `1 to create, 3 to replace, 4 changes. 1 unchanged`. @param {string} said */
export function summaryOf(said) {
  const lines = said.trimEnd().split("\n");
  const at = lines.lastIndexOf("Resources:");
  if (at === -1) return undefined;
  const counts = [];
  for (const line of lines.slice(at + 1)) {
    const [, count] = /^ {4}(?:[-+~<>=]+ ?)?(\d.*)$/.exec(line.trimEnd()) ?? [];
    if (count === undefined) break;
    counts.push(count);
  }
  return counts.join(", ") || undefined;
}

/** Whole, but for what is too long for the summary of a job, in bytes. */
const SUMMARY_LIMIT = 900_000;

/**
 * The result for the summary of a job, its end included.
 * @param {string} headline
 * @param {Result} result
 */
export function forSummary(headline, { code, said, errors }) {
  const text = code === 0 ? said : `${said}\n${errors}`;
  return `### ${headline}\n\n${fenced(shortened(text, SUMMARY_LIMIT))}`;
}

/** @param {string} folder @param {Result} result */
export function keep(folder, result) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${result.stack}.json`), JSON.stringify(result));
}

/** What jobs before have kept, by stack; none where there is no folder. @param {string} folder @returns {Result[]} */
export function kept(folder) {
  /** @type {string[]} */
  let files;
  try {
    files = readdirSync(folder).sort();
  } catch {
    return [];
  }
  return files.filter((file) => file.endsWith(".json")).map((file) => resultIn(join(folder, file)));
}

/** What cannot be read is a failure of its stack, and hides no other. @param {string} file @returns {Result} */
function resultIn(file) {
  try {
    const { stack, code, said, errors } = JSON.parse(textIn(file));
    return { stack: String(stack), code: Number(code), said: String(said), errors: String(errors) };
  } catch (error) {
    const why = `${basename(file)} cannot be read: ${/** @type {Error} */ (error).message}`;
    return { stack: basename(file, ".json"), code: 255, said: "", errors: why };
  }
}

/**
 * A text of at most so many bytes: its beginning and, longer, its end. What is left out is said.
 * @param {string} text
 * @param {number} limit in bytes, at least 200
 */
export function shortened(text, limit) {
  const lines = text.trim().split("\n");
  if (Buffer.byteLength(lines.join("\n")) <= limit) return lines.join("\n");
  const room = limit - 60;
  const front = upTo(lines, room / 4);
  const end = upTo([...lines].reverse(), room - room / 4).reverse();
  const left = lines.length - front.length - end.length;
  return [...front, `… ${left} lines are left out …`, ...end].join("\n");
}

/** @param {readonly string[]} lines @param {number} room in bytes */
function upTo(lines, room) {
  const taken = [];
  let used = 0;
  for (const line of lines) {
    used += Buffer.byteLength(line) + 1;
    if (used > room) break;
    taken.push(line);
  }
  return taken;
}
