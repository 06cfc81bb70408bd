/*
 * npm run test:all [-- LANE...]: every suite that needs no cluster and no account, or those of some lanes, with a table at
 * the end, and the line "N passed, N failed".
 *
 * Suites of a lane run one after the other, lanes of a group beside each other (they wait more than they compute), and
 * groups one after the other. What a lane prints is shown in one piece when it is over; what failing suites said is shown
 * again at the end, since a record of a long run may keep only that. TEST_RESULTS names a folder for both instead: .ci/run
 * adds suites of its own.
 */
import { spawn } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** @typedef {readonly [name: string, command: string]} Suite */

/** @type {readonly Readonly<Record<string, readonly Suite[]>>[]} */
const GROUPS = [
  {
    checks: [
      ["lint", "npm run -s lint"],
      ["types", "npm run -s typecheck"],
      ["unit", "npm test"],
      ["preview of dev", "npm run -s preview -- --stack dev"],
      ["preview of prod", "npm run -s preview -- --stack prod"],
      ["preview of local", "npm run -s preview -- --stack local"],
      ["golden scenarios", "npm run -s test:golden"],
    ],
    differences: [
      ["previews of differences", "npm run -s test:against"],
      ["pull requests by the workflows' steps", "npm run -s test:pulls"],
    ],
  },
  // It measures, so it runs alone.
  { speed: [["speed of the preview", "npm run -s test:speed"]] },
  {
    processes: [
      ["stores with a real Redis", "npm run -s test:stores"],
      ["publisher under faults", "npm run -s test:pod"],
      ["example's modules", "npm ci --prefix example --no-audit --no-fund"],
      ["releases with real builds", "npm run -s test:releases"],
      ["agent with real servers", "npm run -s test:agent"],
      ["behaviours of stock Next.js", "npm run -s test:next"],
    ],
    newest: [["shared cache, newest Next.js", "npm run -s test:runtime -- --versions newest"]],
    oldest: [["shared cache, oldest Next.js", "npm run -s test:runtime -- --versions oldest"]],
  },
];

/** @type {readonly (readonly [command: string, why: string])[]} */
const ELSEWHERE = [
  ["npm run test:checkov", "needs checkov, a Python package; the suite says how to install it"],
  ["npm run test:cluster", "needs a Kubernetes cluster (KUBECONFIG) and the Pulumi CLI"],
  ["npm run test:aws", "needs an AWS account and the Pulumi CLI: docs/aws.md"],
];

/** A suite that hangs fails, and the others still run. */
const LIMIT_S = Number(process.env.TEST_LIMIT_S ?? 2700);

const given = process.env.TEST_RESULTS;
const folder = given ?? mkdtempSync(join(tmpdir(), "test-all-"));
/** One line a suite: result, seconds, name. */
const RESULTS = join(folder, "results");
const SAID = join(folder, "said");

/** @typedef {import("node:child_process").ChildProcess} ChildProcess @type {Set<ChildProcess>} */
const running = new Set();

/** With all that it started. @param {ChildProcess} child */
function kill({ pid }) {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // it has just ended
  }
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    running.forEach(kill);
    process.exit(1);
  });
}

/** What mocha lists as failing, else the last lines. @param {string} output */
function failureIn(output) {
  const lines = output.trimEnd().split("\n");
  const at = lines.findIndex((line) => /\b\d+ failing/.test(line));
  const shown = at === -1 ? lines.slice(-40) : lines.slice(at, at + 50);
  return shown.map((line) => line.slice(0, 240)).join("\n");
}

/** @param {Suite} suite @param {(text: string) => void} print */
async function run([name, command], print) {
  const started = Date.now();
  let output = "";
  const take = (/** @type {Buffer} */ chunk) => {
    output += chunk;
    print(String(chunk));
  };
  print(`\n== ${name}: ${command}\n`);
  const code = await new Promise((resolve) => {
    // a process group of its own, so that the limit ends all of it
    const stdio = /** @type {const} */ (["ignore", "pipe", "pipe"]);
    const child = spawn(command, { shell: true, detached: true, stdio });
    running.add(child);
    const limit = setTimeout(() => {
      take(Buffer.from(`\n${name}: ended after ${LIMIT_S} s, its limit\n`));
      kill(child);
    }, LIMIT_S * 1000);
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    const end = (/** @type {number | null} */ status) => {
      clearTimeout(limit);
      running.delete(child);
      child.stdout.destroy();
      child.stderr.destroy();
      resolve(status);
    };
    child.on("close", end);
    // A process that a suite left behind holds its output open, and keeps nobody for longer than this.
    child.on("exit", (status) => setTimeout(end, 5_000, status).unref());
  });
  const seconds = Math.round((Date.now() - started) / 1000);
  const result = code === 0 ? "passed" : "failed";
  print(`== ${name} ${code === 0 ? "passed in" : "FAILED after"} ${seconds} s\n`);
  appendFileSync(RESULTS, `${result}\t${seconds}\t${name}\n`);
  if (code !== 0) {
    appendFileSync(SAID, `\n== what ${name} said of its failure\n${failureIn(output)}\n`);
  }
}

/** @param {readonly (readonly Suite[])[]} lanes */
async function runGroup(lanes) {
  await Promise.all(
    lanes.map(async (suites) => {
      let held = "";
      const print = (/** @type {string} */ text) => {
        if (lanes.length === 1) process.stdout.write(text);
        else held += text;
      };
      for (const suite of suites) await run(suite, print);
      process.stdout.write(held);
    }),
  );
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/** @returns {boolean} whether nothing failed; for a caller that gave the folder, that all were run */
function report() {
  const rows = read(RESULTS)
    .trimEnd()
    .split("\n")
    .map((line) => line.split("\t"));
  const failed = rows.filter(([result]) => result === "failed").length;
  if (given !== undefined) return true;
  process.stdout.write(`${read(SAID)}\n`);
  for (const [result = "", seconds = "", name] of rows) {
    console.log(`${result.padEnd(8)} ${seconds.padStart(5)} s  ${name}`);
  }
  for (const [command, why] of ELSEWHERE) console.log(`not run           ${command} ${why}`);
  console.log(`\n${rows.length - failed} passed, ${failed} failed`);
  return failed === 0;
}

const asked = process.argv.slice(2);
const known = GROUPS.flatMap((group) => Object.keys(group));
const unknown = asked.filter((lane) => !known.includes(lane));
if (unknown.length > 0) {
  console.error(`there is no lane ${unknown.join(", ")}: ${known.join(", ")}`);
  process.exit(1);
}
for (const group of GROUPS) {
  const lanes = Object.entries(group).filter(
    ([lane]) => asked.length === 0 || asked.includes(lane),
  );
  await runGroup(lanes.map(([, suites]) => suites));
}
process.exitCode = report() ? 0 : 1;
if (given === undefined) rmSync(folder, { recursive: true });
