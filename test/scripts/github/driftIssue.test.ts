import assert from "node:assert/strict";
import { Job, NO_WAITING } from "./job";
import { load, type CheckDrift, type DriftIssue, type Labels } from "./load";

const DIFFERS = {
  code: 7,
  said: "    ~ spec.replicas: 5 => 3\nResources:\n    ~ 1 to update\n",
  errors: "",
};
const CLEAN = { code: 0, said: "Resources:\n    85 unchanged\n", errors: "" };
const BROKEN = { code: 255, said: "", errors: "error: ExpiredToken" };

describe("node scripts/github/driftIssue.mjs", () => {
  const job = new Job();
  let script: DriftIssue;
  let check: CheckDrift;
  let labels: Labels;
  before(async () => {
    script = await load<DriftIssue>("driftIssue.mjs");
    check = await load<CheckDrift>("checkDrift.mjs");
    labels = await load<Labels>("labels.mjs");
  });
  beforeEach(() => job.start());
  afterEach(() => job.stop());
  after(() => job.clean());

  const run = (stacks: Readonly<Record<string, typeof CLEAN>>, looked = "success", number = 1) => {
    const files = Object.entries(stacks).map(([stack, it]) => [
      `${stack}.json`,
      JSON.stringify({ stack, ...it }),
    ]);
    const env = { ...job.env(number), LOOKED: looked };
    const folder = job.folder(Object.fromEntries(files) as Record<string, string>);
    return job.run(() => script.driftIssue(folder, env, NO_WAITING));
  };
  const open = () => job.github.issues.filter(({ state }) => state === "open");

  it("opens one issue for all stacks that differ, with what differs", async () => {
    await run({ dev: DIFFERS, prod: CLEAN });
    const [issue, ...others] = open();
    assert.deepEqual(others, []);
    assert.equal(issue?.title, "dev differs from main");
    assert.deepEqual(issue?.labels, [{ name: "drift" }]);
    assert.deepEqual(job.github.repositoryLabels, [
      { name: "drift", color: "fbca04", description: "What runs differs from main" },
    ]);
    assert.match(issue?.body ?? "", /\*\*dev\*\*: 1 to update\n[^]*spec\.replicas: 5 => 3/);
    assert.match(issue?.body ?? "", /\*\*prod\*\*: no difference/);
    assert.match(issue?.body ?? "", /actions\/runs\/9001\)/);
    assert.equal(labels.DRIFT_LABEL, "drift");
  });

  it("edits it while stacks differ, and closes it once none does", async () => {
    await run({ dev: DIFFERS, prod: CLEAN });
    await run({ dev: DIFFERS, prod: DIFFERS }, "success", 2);
    assert.deepEqual(
      job.github.issues.map(({ title, state }) => [title, state]),
      [["dev, prod differ from main", "open"]],
    );
    await run({ dev: CLEAN, prod: CLEAN }, "success", 3);
    const [issue] = job.github.issues;
    assert.deepEqual([issue?.state, issue?.state_reason], ["closed", "completed"]);
    assert.deepEqual(
      job.github.comments.map(({ body, on }) => [body, on]),
      [
        [
          "No stack differs from main any more: [run](https://github.com/acme/shop/actions/runs/9003).",
          issue?.number,
        ],
      ],
    );
    await run({ dev: CLEAN, prod: CLEAN }, "success", 4);
    assert.equal(job.github.comments.length, 1);
    assert.equal(job.github.issues.length, 1);
  });

  it("opens another where somebody closed it and the stack still differs", async () => {
    await run({ dev: DIFFERS });
    job.github.issues.forEach((issue) => (issue.state = "closed"));
    await run({ dev: DIFFERS }, "success", 2);
    assert.equal(open().length, 1);
    assert.equal(job.github.issues.length, 2);
  });

  it("closes nothing while a stack could not be checked", async () => {
    await run({ dev: DIFFERS, prod: DIFFERS });
    await run({ dev: CLEAN, prod: BROKEN }, "failure", 2);
    await run({ dev: CLEAN }, "failure", 3); // prod's job ended before it left anything
    await run({}, "failure", 4);
    assert.equal(open()[0]?.title, "dev, prod differ from main");
    assert.equal(job.told.match(/::warning::Not every stack could be checked/g)?.length, 3);
    await run({ dev: DIFFERS, prod: BROKEN }, "failure", 5);
    assert.equal(open()[0]?.title, "dev differs from main");
    assert.match(open()[0]?.body ?? "", /\*\*prod\*\*: could not be checked/);
  });

  for (const looked of ["cancelled", "skipped", ""]) {
    it(`closes nothing where the jobs before have ended as '${looked}', such as by their time limit`, async () => {
      await run({ dev: DIFFERS, prod: DIFFERS });
      await run({ dev: CLEAN }, looked, 2); // prod's job left nothing
      await run({}, looked, 3);
      assert.equal(open()[0]?.title, "dev, prod differ from main");
      assert.equal(job.told.match(/::warning::Not every stack could be checked/g)?.length, 2);
    });
  }

  it("does nothing where no environment is set up", async () => {
    await run({}, "success");
    assert.match(job.told, /No stack was checked/);
    assert.deepEqual(job.github.asked, []);
  });

  it("finds its issue on the third page, and takes nobody else's, nor a pull request", async () => {
    const mallory = { user: { login: "mallory" } };
    job.github.issue("mine", script.DRIFT_MARKER, mallory);
    job.github.issue("pull", script.DRIFT_MARKER, { pull_request: {} });
    job.github.issue("quoted", `> ${script.DRIFT_MARKER}`);
    for (let i = 0; i < 220; i++) job.github.issue(`issue ${i}`, "", mallory);
    const ours = job.github.issue("old title", script.DRIFT_MARKER);
    await run({ dev: DIFFERS });
    assert.equal(ours.title, "dev differs from main");
    assert.equal(job.github.issues.length, 224);
    await run({ dev: CLEAN }, "success", 2);
    assert.equal(open().length, 223);
  });

  it("keeps the older of two that two runs have opened at once", async () => {
    job.github.after = ({ method, path }) => {
      if (method === "GET" && path.endsWith("/issues") && job.github.issues.length === 0) {
        job.github.issue("prod differs from main", script.DRIFT_MARKER);
      }
      return undefined;
    };
    await run({ dev: DIFFERS });
    const [older, newer] = job.github.issues;
    assert.deepEqual(
      [older?.state, newer?.state, newer?.state_reason],
      ["open", "closed", "not_planned"],
    );
    assert.equal(job.github.comments[0]?.body, `The same as #${older?.number}.`);
  });

  it("cuts what Pulumi says, and names each stack", async () => {
    const said = `${"    ~ something: 1 => 2\n".repeat(20_000)}${DIFFERS.said}`;
    const stacks = Array.from({ length: 12 }, (_, i) => [`s${i}`, { ...DIFFERS, said }] as const);
    await run(Object.fromEntries(stacks));
    const body = open()[0]?.body ?? "";
    assert.ok(Buffer.byteLength(body) <= 60_000);
    for (const [stack] of stacks)
      assert.match(body, new RegExp(`\\*\\*${stack}\\*\\*: 1 to update`));
    assert.equal(body.match(/<details>/g)?.length, body.match(/<\/details>/g)?.length);
  });

  it("fails where the token may not, and where GitHub does not answer", async () => {
    job.github.grants = {};
    await assert.rejects(run({ dev: DIFFERS }), /403 Resource not accessible/);
    job.github.grants = { issues: "write" };
    job.github.before = () => ({ status: 502 });
    await assert.rejects(run({ dev: DIFFERS }), /502/);
    job.github.before = () => ({ status: 410, body: { message: "Issues are disabled" } });
    await assert.rejects(run({ dev: DIFFERS }), /410 Issues are disabled/);
    assert.deepEqual(job.github.issues, []);
  });

  it("tells drift from an error of the CLI, older ones too", () => {
    const told = (it: Partial<typeof CLEAN>) => check.driftOf({ stack: "dev", ...CLEAN, ...it });
    const message = "error: no changes were expected but changes were proposed";
    assert.equal(told({}), "none");
    assert.equal(told(DIFFERS), "drift");
    assert.equal(told({ code: 255, errors: message }), "drift");
    assert.equal(told({ code: 1, errors: message.replace("but", "for preview but") }), "drift");
    assert.equal(told(BROKEN), "unknown");
    assert.equal(told({ code: 6, errors: "error: no stack named 'x' found" }), "unknown");
  });
});
