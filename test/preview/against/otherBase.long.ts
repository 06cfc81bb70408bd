import * as assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { hider } from "../../../plan/hidden";
import type { Plan } from "../../../plan/plan";
import { planned } from "../../../preview/against/planning";
import { plannedBase } from "../../../preview/against/plannedBase";
import { differenceOf } from "../../../review/difference";
import { Project } from "./project";

/** An environment variable whose value is secret, and stands in the file as it is. */
const secretInClear = (value: string) =>
  ["image: web:local\n", `image: web:local\n    secretEnv: { TOKEN: ${value} }\n`] as const;

/** A lookup that the base's program does, and that this version neither does nor answers. */
const LOOKUP = "aws:index/getPartition:getPartition";

describe("preview --against: a base that is not planned in this process", function () {
  this.timeout(120_000);
  let project: Project;
  before(() => (project = new Project()));
  beforeEach(() => project.restore());
  after(() => project.remove());

  async function plans(
    sameDependencies: boolean,
    change: () => void = () => undefined,
    stack = "local",
  ) {
    const [key, tree] = [randomBytes(32), { folder: project.folder, sameDependencies }];
    const before = await plannedBase(tree, stack, key);
    change();
    const now = await planned(project.folder, stack, hider(key));
    assert.ok("plan" in before && "plan" in now, JSON.stringify([before, now]));
    return { before: before.plan, now: now.plan, limited: before.limited };
  }
  const changed = ({ before, now }: { before: Plan; now: Plan }) =>
    differenceOf(before, now).changes.map(({ fate, name }) => `${fate} ${name}`);

  it("with other dependencies, has a plan that lacks nothing: options, and the values of secrets", async () => {
    project.edit("Pulumi.local.yaml", ...secretInClear("HUNTER2"));
    const here = await plans(true);
    const there = await plans(false);
    assert.equal(there.limited, undefined);
    assert.deepEqual(
      JSON.parse(JSON.stringify(there.before)),
      JSON.parse(JSON.stringify(here.before)),
    );
    const sources = there.before.resources.filter(
      ({ options }) => Object.keys(options.sources).length > 0,
    );
    assert.ok(sources.length > 10);
    assert.deepEqual(changed(there), []);
  });

  it("with other dependencies, shows that a secret is another, and not which", async () => {
    project.edit("Pulumi.local.yaml", ...secretInClear("HUNTER2"));
    const found = await plans(false, () => project.edit("Pulumi.local.yaml", "HUNTER2", "HUNTER3"));
    assert.deepEqual(changed(found), ["replaced web-env", "may change web"]);
    assert.doesNotMatch(JSON.stringify(found), /HUNTER/);
  });

  it("with other dependencies, says why it cannot be planned", async () => {
    project.edit("Pulumi.local.yaml", "image: web:local", "imag: web:local");
    const tree = { folder: project.folder, sameDependencies: false };
    const before = await plannedBase(tree, "local", randomBytes(32));
    assert.ok("why" in before);
    assert.match(before.why, /app\.imag: there is no such key/);
    assert.equal(before.refused, true);
  });

  for (const sameDependencies of [true, false])
    it(`is planned by its own command where the code of today cannot run it (${sameDependencies ? "the same" : "other"} dependencies)`, async () => {
      const now = await plans(sameDependencies, undefined, "prod");
      lookUp();
      // As versions printed them that named the nearest parent alone.
      project.edit(
        "engine/monitor.ts",
        "`${parents}$${type}`",
        '`${parents.split("$").at(-1)}$${type}`',
      );
      const tree = { folder: project.folder, sameDependencies };
      const before = await plannedBase(tree, "prod", randomBytes(32));
      assert.ok("plan" in before, JSON.stringify(before));
      assert.match(
        before.limited ?? "",
        /no answer is given for the invoke aws:index\/getPartition/,
      );
      assert.deepEqual(changed({ before: before.plan, now: now.now }), []);
      const deep = now.now.resources.filter(({ urn }) => urn.split("$").length > 2);
      assert.ok(deep.length > 0, "(control) some resources are below two parents");
    });

  it("says so in what is printed, for a stack without changes too", () => {
    const own = ["index.ts", "preview/answers.ts"];
    lookUp();
    project.commit("a lookup");
    project.git("checkout", "--quiet", "main", "--", ...own);
    const { code, stdout, stderr } = project.preview("--against", "HEAD", "--stack", "local");
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(
      stdout,
      /^local: planned by its own command: secrets are compared by how they are/,
    );
    assert.match(stdout, / {4}no answer is given for the invoke aws:index\/getPartition/);
    assert.match(stdout, / {2}29 resources do not change\n/);
  });

  it("has its own words where its own command fails too", async () => {
    project.edit("index.ts", "const config = loadConfig();", 'throw new Error("broken");');
    const tree = { folder: project.folder, sameDependencies: true };
    const before = await plannedBase(tree, "local", randomBytes(32));
    assert.match("why" in before ? before.why : "", /^broken\n/);
  });

  function lookUp(): void {
    project.edit(
      "index.ts",
      "const config = loadConfig();",
      `const config = loadConfig();\n  await pulumi.runtime.invoke("${LOOKUP}", {});`,
    );
    project.edit(
      "preview/answers.ts",
      '"aws:index/getRegion:getRegion": { region },',
      `"aws:index/getRegion:getRegion": { region },\n    "${LOOKUP}": { partition: "aws" },`,
    );
  }
});
