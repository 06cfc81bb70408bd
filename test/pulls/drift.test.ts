import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../helpers/configs";
import { Scratch } from "../pod/volume";
import { FakeGithub } from "../scripts/github/fakeGithub";
import { SCRIPTS } from "../scripts/github/load";
import { Expressions } from "./expressions";
import { FakePulumi, Repository } from "./repository";
import { Runner } from "./runner";

const DIFFERS = { text: "    ~ replicas: 5 => 3\nResources:\n    ~ 1 to update\n", code: 7 };
const CLEAN = { text: "Resources:\n    85 unchanged\n" };

describe("drift, by the steps of drift.yml", function () {
  this.timeout(120_000);
  const github = new FakeGithub();
  const pulumi = new FakePulumi();
  let runner: Runner;
  let repository: Repository;
  let number = 0;

  before(async () => {
    await github.start();
    runner = new Runner(await Expressions.load(), github);
    repository = new Repository();
  });
  after(() => {
    github.stop();
    runner.remove();
    repository.remove();
    pulumi.remove();
  });

  const run = (vars: Readonly<Record<string, string>>) => {
    const drift = { vars, secrets: { PULUMI_CONFIG_PASSPHRASE: "p" } };
    number += 1;
    return runner.run({
      ...{ workflow: "drift", event: {}, number, repository: repository.folder },
      commit: repository.git("rev-parse", "main").trim(),
      tools: pulumi.folder,
      vars: { PULUMI_BACKEND_URL: "s3://state", DRIFT_STACKS: '["dev","prod"]' },
      environments: { drift },
    });
  };
  const role = { AWS_DRIFT_ROLE: "arn:aws:iam::111122223333:role/drift" };
  const issues = () => github.issues.map(({ title, state }) => `${state}: ${title}`);

  it("is an issue while a stack differs, and a closed one afterwards", async () => {
    pulumi.says({ dev: CLEAN, prod: DIFFERS });
    const ended = await run(role);
    assert.deepEqual(ended.results, { look: "success", issue: "success" });
    assert.deepEqual(issues(), ["open: prod differs from main"]);
    assert.match(
      github.issues[0]?.body ?? "",
      /preview --refresh --expect-no-changes --diff [^]*replicas: 5 => 3/,
    );
    pulumi.says({ dev: CLEAN, prod: { text: "", errors: "error: locked\n", code: 255 } });
    assert.deepEqual((await run(role)).results, { look: "failure", issue: "success" });
    assert.deepEqual(issues(), ["open: prod differs from main"]);
    pulumi.says({ dev: CLEAN, prod: CLEAN });
    await run(role);
    assert.deepEqual(issues(), ["closed: prod differs from main"]);
  });

  it("is not looked for where no role is set, which is no failure", async () => {
    const before = github.issues.length;
    const ended = await run({});
    assert.deepEqual(ended.results, { look: "success", issue: "success" });
    assert.match(ended.told.look ?? "", /prod is not checked for drift::.* has no AWS_DRIFT_ROLE/);
    assert.match(ended.told.issue ?? "", /No stack was checked/);
    assert.equal(github.issues.length, before);
  });
});

describe("drift, by the real CLI", function () {
  this.timeout(120_000);
  const scratch = new Scratch();
  after(() => scratch.clean());

  before(function () {
    if (spawnSync("pulumi", ["version"]).status === 0) return;
    const why = "pulumi is not on PATH: https://www.pulumi.com/docs/install/";
    if (process.env.REQUIRE_PULUMI) throw new Error(why);
    console.log(`      not run: ${why}`);
    this.skip();
  });

  it("is none after an up, is found when the program asks for more, and is unknown of no stack", () => {
    const folder = scratch.folder();
    writeFileSync(join(folder, "Pulumi.yaml"), "name: tiny\nruntime: nodejs\n");
    writeFileSync(join(folder, "package.json"), '{ "name": "tiny", "main": "index.js" }');
    writeFileSync(
      join(folder, "index.js"),
      'const { ComponentResource } = require("@pulumi/pulumi");\n' +
        'for (let i = 0; i < Number(process.env.PARTS); i++) new ComponentResource("tiny:Part", `p${i}`);\n',
    );
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
    for (const name of ["state", "home"]) mkdirSync(join(folder, name));
    const run = (parts: number, command: string, ...args: string[]) =>
      spawnSync(command, args, {
        cwd: folder,
        encoding: "utf8",
        env: {
          ...{ PATH: process.env.PATH, HOME: folder, PARTS: String(parts) },
          ...{ PULUMI_HOME: join(folder, "home"), PULUMI_BACKEND_URL: `file://${folder}/state` },
          ...{ PULUMI_CONFIG_PASSPHRASE: "p", PULUMI_ACCESS_TOKEN: "" },
          PULUMI_SKIP_UPDATE_CHECK: "true",
        },
      });
    const check = (parts: number, stack = "dev") =>
      run(parts, process.execPath, join(SCRIPTS, "checkDrift.mjs"), stack, "drift");
    const up = run(2, "pulumi", "stack", "init", "dev");
    assert.equal(up.status, 0, up.stderr);
    const made = run(2, "pulumi", "up", "--yes", "--skip-preview", "--stack", "dev");
    assert.equal(made.status, 0, made.stdout + made.stderr);
    const [none, drift, unknown] = [check(2), check(3), check(2, "nope")];
    assert.match(none.stdout, /### drift of dev: none/);
    assert.match(drift.stdout, /### drift of dev: drift[^]*\+ 1 to create/);
    assert.match(unknown.stdout, /### drift of nope: unknown/);
    assert.deepEqual([none.status, drift.status, unknown.status], [0, 0, 1]);
  });
});
