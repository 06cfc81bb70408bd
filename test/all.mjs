/*
 * npm run test:all [-- GROUP...]: every suite that needs no cluster and no account, with a table at the end, and the line
 * "N passed, N failed".
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

/** @type {Readonly<Record<string, readonly (readonly Suite[])[]>>} */
const GROUPS = {
  static: [
    [
      ["lint", "npm run -s lint"],
      ["types", "npm run -s typecheck"],
      ["unit", "npm test"],
      ["preview of dev", "npm run -s preview -- --stack dev"],
      ["preview of prod", "npm run -s preview -- --stack prod"],
      ["preview of local", "npm run -s preview -- --stack local"],
    ],
  ],
  // It measures, so it runs alone.
  speed: [[["speed of the preview", "npm run -s test:speed"]]],
  processes: [
    [
      ["publisher under faults", "npm run -s test:pod"],
      ["example's modules", "npm ci --prefix example --no-audit --no-fund"],
      ["releases with real builds", "npm run -s test:releases"],
      ["agent with real servers", "npm run -s test:agent"],
    ],
    [
      ["stores with a real Redis", "npm run -s test:stores"],
      ["shared cache with real servers", "npm run -s test:runtime"],
      ["behaviours of stock Next.js", "npm run -s test:next"],
    ],
  ],
};

/** @type {readonly (readonly [command: string, why: string])[]} */
const ELSEWHERE = [
  ["npm run test:cluster", "needs a Kubernetes cluster (KUBECONFIG) and the Pulumi CLI"],
  ["npm run test:aws", "needs an AWS account and the Pulumi CLI: docs/aws.md"],
];

const given = process.env.TEST_RESULTS;
const folder = given ?? mkdtempSync(join(tmpdir(), "test-all-"));
/** One line a suite: result, seconds, name. */
const RESULTS = join(folder, "results");
const SAID = join(folder, "said");

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
    const child = spawn(command, { shell: true, stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    const end = (/** @type {number | null} */ status) => {
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
const unknown = asked.filter((group) => !(group in GROUPS));
if (unknown.length > 0) {
  console.error(`there is no group ${unknown.join(", ")}: ${Object.keys(GROUPS).join(", ")}`);
  process.exit(1);
}
for (const [group, lanes] of Object.entries(GROUPS)) {
  if (asked.length === 0 || asked.includes(group)) await runGroup(lanes);
}
process.exitCode = report() ? 0 : 1;
if (given === undefined) rmSync(folder, { recursive: true });
