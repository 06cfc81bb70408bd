import * as assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Project } from "./project";

describe("preview --against", function () {
  this.timeout(300_000);
  let project: Project;

  before(() => (project = new Project()));
  beforeEach(() => project.restore());
  after(() => project.remove());

  /** Standard output of a preview that succeeds and leaves nothing behind. */
  function told(...args: string[]): string {
    return toldWith(0, ...args);
  }

  function toldWith(expected: number, ...args: string[]): string {
    const { code, stdout, stderr } = project.preview("--against", ...args);
    assert.equal(code, expected, stderr);
    assert.equal(stderr, "");
    assert.equal(project.git("worktree", "list").trim().split("\n").length, 1);
    return stdout;
  }

  it("says in one line that nothing changes", () => {
    assert.equal(told("main"), "no change in dev, local, prod\n");
  });

  it("says what changes in each stack, what that does, and by which key", () => {
    project.edit("Pulumi.prod.yaml", "sessions: own", "sessions: shared");
    project.edit("Pulumi.local.yaml", "min: 2, max: 4", "min: 3, max: 5");
    project.edit("Pulumi.local.yaml", "image: web:local", "image: web:next");
    // 1: what is left breaks a rule of production
    const text = toldWith(1, "--markdown", join(project.folder, "comment.md"));
    assert.match(
      text,
      /^prod: the sessions' Redis is DELETED: all visitors are logged out \(pulumi up refuses this as it is; it breaks the rule sessions-evicted\)/m,
    );
    assert.match(
      text,
      /updated HorizontalPodAutoscaler web\n {4}web has 3 to 5 pods, and had 2 to 4\n {4}spec\.maxReplicas: 4 -> 5\n {4}spec\.minReplicas: 2 -> 3\n {4}by next-on-eks:app\.replicas\.max, next-on-eks:app\.replicas\.min\n/,
    );
    assert.match(
      text,
      /\[next\]\.image: web:local -> web:next\n[^]*? {4}by next-on-eks:app\.image\n/,
    );
    assert.match(text, /\nno change in dev\n$/);
    const comment = readFileSync(join(project.folder, "comment.md"), "utf8");
    assert.match(comment, /^### prod: the sessions' Redis is DELETED/m);
  });

  it("names the file of the code that changes a plan, committed or not", () => {
    project.edit("components/nextApp/autoscaler.ts", "value: 25", "value: 50");
    // by its default, where this branch left main, named in both ways
    const text = told("--stack", "local");
    assert.equal(told("", "--stack", "local"), text);
    assert.match(
      text,
      /\.policies\[0\]\.value: 25 -> 50\n {4}by components\/nextApp\/autoscaler\.ts/,
    );
  });

  it("compares encrypted values by how they are written, and shows neither", () => {
    project.edit(
      "Pulumi.local.yaml",
      "next-on-eks:app:\n",
      "next-on-eks:app:\n    secretEnv: { TOKEN: { secure: v1:OLD } }\n",
    );
    project.commit("a secret");
    project.edit("Pulumi.local.yaml", "v1:OLD", "v1:NEW");
    const text = told("HEAD", "--stack", "local");
    assert.match(text, /next-on-eks:app\.secretEnv\.TOKEN: its encrypted value is another/);
    assert.doesNotMatch(text, /v1:|OLD|NEW/);
  });

  it("says of a new and of a removed stack what they are, and why one cannot be planned", () => {
    writeFileSync(project.file("eu"), readFileSync(project.file("local")));
    rmSync(project.file("dev"));
    project.edit("Pulumi.prod.yaml", "min: 3", "min: 30");
    const text = toldWith(1, "main");
    assert.match(text, /^eu: new stack, \d+ created$/m);
    assert.match(text, /^dev: its file is removed; what runs stays until pulumi destroy$/m);
    assert.match(
      text,
      /^prod: cannot be planned with this change\n {2}The config of stack 'prod' has 1 problem:/m,
    );
  });

  it("fails on what it is asked to fail on, and writes JSON", () => {
    project.edit("Pulumi.dev.yaml", "min: 2, max: 4", "min: 3, max: 4");
    toldWith(0, "main", "--stack", "dev", "--fail-on", "replaced-state");
    toldWith(2, "main", "--stack", "dev", "--fail-on", "changes");
    toldWith(0, "main", "--stack", "local", "--fail-on", "changes");
    project.edit("Pulumi.dev.yaml", "10.20.0.0/16", "10.30.0.0/16");
    const text = toldWith(2, "main", "--json", "-", "--fail-on", "replaced-state");
    const { label, stacks } = JSON.parse(text) as {
      label: string;
      stacks: { stack: string; rows: { section: string; resources: { name: string }[] }[] }[];
    };
    assert.equal(label, "destroys-state");
    assert.deepEqual(
      stacks.map(({ stack }) => stack),
      ["dev", "local", "prod"],
    );
    assert.equal(stacks[0]?.rows[0]?.section, "state");
  });

  it("fails where the change breaks a rule that is an error", () => {
    project.edit("Pulumi.prod.yaml", "sessions: own", "sessions: shared");
    const text = toldWith(1, "main", "--stack", "prod", "--fail-on", "replaced-state");
    assert.match(text, /^prod: .*\bit breaks the rule sessions-evicted\)/m);
    const waiver =
      "{ rule: sessions-evicted, reason: sessions of a test may go, until: '2099-01-31' }";
    project.edit(
      "Pulumi.prod.yaml",
      "next-on-eks:app:\n",
      `next-on-eks:waivers: [${waiver}]\n  next-on-eks:app:\n`,
    );
    toldWith(2, "main", "--stack", "prod", "--fail-on", "replaced-state");
  });

  it("goes on where the base cannot be planned", () => {
    project.edit("Pulumi.local.yaml", "image: web:local", "imag: web:local");
    project.commit("broken");
    project.edit("Pulumi.local.yaml", "imag: web:local", "image: web:local");
    assert.match(
      told("HEAD", "--stack", "local"),
      /^local: cannot be planned before this change; what is now is checked alone\n {2}The config[^]* {2}29 resources are planned now\n/,
    );
  });

  it("refuses in one line what it cannot compare with", () => {
    const refused = (...args: string[]) => {
      const { code, stdout, stderr } = project.preview(...args);
      assert.deepEqual([code, stdout], [1, ""]);
      return stderr;
    };
    assert.match(
      refused("--against", "nope"),
      /^--against: 'nope' is no branch, tag or commit that is known here; git fetch origin nope:refs\/remotes\/origin\/nope may get it\.\n$/,
    );
    assert.match(
      refused("--against", "main", "--fail-on", "x"),
      /^--fail-on: 'x' is refused: expected changes or replaced-state\.\n$/,
    );
    assert.match(
      refused("--against", "main", "--manifests", "x"),
      /^--manifests does not go together with --against\.\n$/,
    );
    assert.match(refused("--against", "-x"), /^Unknown option '-x'/);
    assert.match(
      refused("--against", "main", "--stack", "no"),
      /^--stack: neither version has Pulumi\.no\.yaml; there are: dev, local, prod\.\n$/,
    );
    assert.match(
      refused("--markdown", "x"),
      /^--markdown is about differences: add --against REF\.\n$/,
    );
  });
});
