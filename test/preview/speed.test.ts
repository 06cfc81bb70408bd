import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { Project } from "./against/project";
import { ROOT } from "./helpers";

const SDKS = ["pulumi", "aws", "eks", "kubernetes", "random", "docker-build", "tls"].map(
  (name) => `@pulumi/${name}`,
);
const IMPORTS = ["-e", [...SDKS, "zod"].map((name) => `require("${name}")`).join(";")];
const PREVIEW = ["--require", "./scripts/typescript.cjs", join(ROOT, "preview", "main.ts")];

/** The same stack as it is and as it was, in one process. */
const AGAINST = [...PREVIEW, "--against", "HEAD", "--stack", "dev"];

const MOST = 1.6;
const MOST_AGAINST = 2.5;
/** Of all stacks at once, beside a preview of each: what they share is loaded once. */
const MOST_OF_ALL = 1.3;
const ROUNDS = 3;
/** A machine that others use can disturb a measurement; it cannot make a slow preview fast three times. */
const ATTEMPTS = 3;

/** Runs these, one after the other. */
type Runs = readonly (readonly string[])[];

function milliseconds(runs: Runs, cwd = ROOT): number {
  const start = performance.now();
  for (const args of runs) {
    const { status, stderr } = spawnSync(process.execPath, args, { cwd, encoding: "utf8" });
    assert.equal(status, 0, stderr);
  }
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

/** How many times as long `measured` takes as `base`: medians of runs that alternate. */
function ratio(measured: Runs, base: Runs, rounds: number, cwd = ROOT): number {
  const times: [number, number][] = [];
  for (let round = 0; round < rounds; round++) {
    times.push([milliseconds(measured, cwd), milliseconds(base, cwd)]);
  }
  return median(times.map(([time]) => time)) / median(times.map(([, time]) => time));
}

describe("preview: speed", function () {
  this.timeout(300_000);

  function takesLess(most: number, measured: Runs, base: Runs, cwd = ROOT): void {
    // Whatever was never read since the machine started is not what this is about.
    milliseconds(base, cwd);
    milliseconds(measured, cwd);
    const found: number[] = [];
    do found.push(ratio(measured, base, ROUNDS, cwd));
    while (Math.min(...found) >= most && found.length < ATTEMPTS);
    const told = found.map((value) => value.toFixed(2)).join(", ");
    assert.ok(Math.min(...found) < most, `took ${told} times as long`);
  }

  it(`takes less than ${MOST} times as long as importing the SDKs`, () => {
    takesLess(MOST, [PREVIEW], [IMPORTS]);
  });

  it(`compares a stack with another commit in less than ${MOST_AGAINST} times a preview`, () => {
    takesLess(MOST_AGAINST, [AGAINST], [PREVIEW]);
  });

  it(`compares all stacks, and all of them change by code and config, in less than ${MOST_OF_ALL} times a preview of each`, () => {
    const project = new Project();
    try {
      project.edit("components/nextApp/autoscaler.ts", "value: 25", "value: 50");
      project.edit("Pulumi.dev.yaml", "min: 2, max: 4", "min: 2, max: 6");
      project.edit("Pulumi.local.yaml", "image: web:local", "image: web:next");
      project.edit("Pulumi.prod.yaml", "min: 3", "min: 4");
      const { code, stdout } = project.preview("--against", "main");
      assert.equal(code, 0);
      assert.equal(stdout.match(/^ {2}\d+ updated$/gm)?.length, 3, stdout);
      const previewOf = (...args: string[]) => [...PREVIEW.slice(0, 2), "preview/main.ts", ...args];
      takesLess(
        MOST_OF_ALL,
        [previewOf("--against", "main")],
        ["dev", "prod", "local"].map((stack) => previewOf("--stack", stack)),
        project.folder,
      );
    } finally {
      project.remove();
    }
  });

  it("would be seen to take longer", () => {
    const slow = ["-e", "const end = Date.now() + 400; while (Date.now() < end);"];
    assert.ok(ratio([slow], [["-e", "0"]], 3) > MOST);
  });

  it("does not load what only functions in the cloud need, until it is used", () => {
    const script = `
      // A stand-in in the cache has no paths; a module that was loaded has.
      const loaded = (name) => Object.values(require.cache).some(({ filename, paths }) =>
        filename.includes("/node_modules/" + name + "/") && paths !== undefined);
      require("./cli/startup");
      require("@pulumi/pulumi");
      const typescript = require("typescript");
      console.log(loaded("@npmcli/arborist"), loaded("typescript"), typeof typescript.version, loaded("typescript"));`;
    const { stdout, stderr } = spawnSync(process.execPath, ["--require", "tsx/cjs", "-e", script], {
      cwd: ROOT,
      encoding: "utf8",
    });
    assert.equal(stdout.trim(), "false false string true", stderr);
  });
});
