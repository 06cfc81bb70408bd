import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { readStackConfig } from "../../cli/stackConfig";
import { hider } from "../../plan/hidden";
import type { Plan } from "../../plan/plan";
import { planIn, type Made } from "../../preview/against/planning";
import { reviewOf, type Compared } from "../../review/review";
import { BASES, SECRETS, ZONE } from "../golden/bases";
import { disagreements, doneBy, type Did } from "../golden/agreement";
import type { Scenario } from "../golden/scenario";
import { scenarios } from "../golden/scenarios";
import { Program } from "../golden/told";
import { stackFixture } from "../helpers/configs";
import { AwsStack, type Name } from "./awsStack";
import { askedOf, inGroups, type Asked } from "./groups";
import { shortOf } from "./engineLog";
import { report } from "./report";
import { settings } from "./settings";

const TABLE = "What a comparison says, and the engine";
const hide = hider();

/*
 * The golden scenarios once more, as `pulumi preview` of a stack that runs: what `npm run preview -- --against` says is
 * created, updated, replaced and deleted is what the engine says, or the scenario tells why not. The comparison is asked
 * for each by itself, the engine for several at a time that have no resource in common: its preview takes ten times as
 * long.
 */
// Their values are those of the pretend account: its zone, its images.
if (settings.events !== undefined) {
  for (const name of ["dev", "prod"] as const) {
    describe(`golden scenarios in the engine: ${name}`, () => inTheEngine(name));
  }
}

function inTheEngine(name: Name): void {
  let stack: AwsStack;
  let program: Program;
  let base: Made;
  let groups: readonly (readonly Asked[])[];

  before(async () => {
    program = copied(name);
    stack = await AwsStack.create(name, { program: program.folder, example: true });
    stack.env.STANDIN_ZONES = ZONE;
    const chart = settings.ingressChart;
    stack.configure({ ...BASES[name], ...(chart !== undefined && { "ingress.chart": chart }) });
    for (const path of SECRETS[name]) await stack.setSecret(path, "a secret of a test, at first");
    const { code, text } = await stack.up();
    assert.equal(code, 0, text);
    base = await made();
    const asked: Asked[] = [];
    for (const scenario of own.filter(({ engine }) => engine?.refuses === undefined)) {
      const { plan, said } = await changed([scenario], review);
      const changes = changesIn(said);
      if (said.refusal === undefined) asked.push(askedOf(scenario, changes, base.plan, plan));
    }
    groups = inGroups(asked);
  });
  after(async () => {
    await stack.cleanUp();
    program.remove();
  });

  /** What the engine does in the group of a scenario: asked once, by the first of them. */
  const answers = new Map<readonly Asked[], Promise<Map<string, Did>>>();
  const own = scenarios.filter((it) => it.stack === name);
  for (const scenario of own) {
    const refuses = scenario.engine?.refuses;
    it(scenario.name, () => (refuses ? isRefused(scenario, refuses) : agrees(scenario)));
  }

  it("fail where the two differ", async () => {
    const { stdout } = await stack.run("preview", ["--json"]);
    assert.deepEqual(disagreements([], doneBy(stdout)), []);
    const gone = reviewOf(base.plan, { ...base.plan, resources: [] }).rows;
    const all = disagreements(
      gone.flatMap(({ changes }) => changes),
      doneBy(stdout),
    );
    assert.ok(all.length > 50 && all.every((it) => it.endsWith("deleted, engine: same")));
  });

  /** The offline plan of the config as it is now. */
  async function made(before?: Made): Promise<Made> {
    const { folder } = program;
    const config = readStackConfig(folder, name, stack.configFile, before?.config.ciphertexts);
    return { config, plan: await planIn(folder, config, hide, before?.plan) };
  }

  /** With the changes of some scenarios. */
  async function changed<T>(by: readonly Scenario[], use: () => Promise<T>): Promise<T> {
    const kept = stack.config();
    try {
      for (const { config = {}, secrets = {} } of by) {
        stack.configure(config);
        for (const path of Object.keys(secrets)) await stack.setSecret(path, "another secret");
      }
      return await program.with(
        by.flatMap(({ code = [] }) => code),
        use,
      );
    } finally {
      stack.restore(kept);
    }
  }

  async function review(): Promise<{ plan: Plan; said: Compared }> {
    const confirmed = stack.config()["next-on-eks:confirm"] as string[] | undefined;
    const { plan } = await made(base);
    return { plan, said: reviewOf(base.plan, plan, { confirmed: confirmed ?? [] }) };
  }

  async function isRefused(scenario: Scenario, refuses: RegExp): Promise<void> {
    await changed([scenario], async () => {
      const { code, text } = await stack.run("preview", ["--json"]);
      assert.notEqual(code, 0, "the engine does not refuse it");
      assert.match(text, refuses);
      assert.match((await review()).said.refusal ?? "", refuses);
    });
    report(TABLE, { stack: name, change: scenario.name, result: "both refuse it" });
  }

  async function agrees(scenario: Scenario): Promise<void> {
    const group = groups.find((all) => all.some((asked) => asked.scenario === scenario)) ?? [];
    const asked = group.find((it) => it.scenario === scenario);
    assert.ok(asked, "the comparison refuses it");
    const answer = answers.get(group) ?? preview(group);
    answers.set(group, answer);
    const done = await answer;
    const others = new Set(group.filter((it) => it !== asked).flatMap((it) => [...it.touched]));
    const expected = Object.entries(scenario.engine?.differs ?? {});
    const found = disagreements(
      asked.changes,
      new Map([...done].filter(([urn]) => !others.has(shortOf(urn)))),
    );
    assert.deepEqual(
      found.sort(),
      expected.map(([of, { told, is }]) => `${of}: ${told}, engine: ${is}`).sort(),
    );
    const why = expected.map(([of, { because }]) => `${of}: ${because}`).join("; ");
    report(TABLE, {
      stack: name,
      change: scenario.name,
      result: why === "" ? "the same" : `the same, but ${why}`,
    });
  }

  function preview(group: readonly Asked[]): Promise<Map<string, Did>> {
    return changed(
      group.map(({ scenario }) => scenario),
      async () => {
        const { code, stdout, text } = await stack.run("preview", ["--json"]);
        assert.equal(code, 0, text);
        return doneBy(stdout);
      },
    );
  }
}

function changesIn({ rows }: Compared): Compared["rows"][number]["changes"] {
  const all = rows.flatMap(({ changes }) => changes);
  return [...new Map(all.map((change) => [change.urn, change])).values()];
}

/** The whole program, as the CLI runs it, with the config of a stack for tests. */
function copied(name: Name): Program {
  const program = new Program(["Pulumi.yaml", "tsconfig.json", "cli", "example", "runtime"]);
  cpSync(stackFixture(name), join(program.folder, `Pulumi.${name}.yaml`));
  return program;
}
