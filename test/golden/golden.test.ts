import * as assert from "node:assert/strict";
import { isFree, PRICED } from "../../cost/resources";
import type { Plan } from "../../plan/plan";
import { isComponent } from "../../plan/typeNames";
import { replacements } from "../../review/replacement";
import { scenarios } from "./scenarios";
import type { Scenario } from "./scenario";
import { Program, reviewOfScenario, textOfScenario } from "./told";
import { wrongIn } from "./wrong";

describe("golden scenarios: what a reviewer is told", () => {
  let program: Program;
  before(() => (program = new Program()));
  after(() => program.remove());

  const types = new Set<string>();
  const note = ({ resources }: Plan) => resources.forEach(({ type }) => types.add(type));

  for (const scenario of scenarios) {
    it(`${scenario.stack}: ${scenario.name}`, async () => {
      const text = textOfScenario(await reviewOfScenario(program, scenario, note));
      const wrong = wrongIn(text, scenario.says);
      if (wrong !== undefined) assert.fail(`${wrong}\n\nit says:\n${text.join("\n")}`);
    });
  }

  it("have no type of which nobody knows what it costs", () => {
    const known = (type: string) => isComponent(type) || type in PRICED || isFree(type);
    assert.ok(types.size > 40, `${types.size} types`);
    assert.deepEqual(
      [...types].filter((type) => !known(type)),
      [],
      "say in cost/resources.ts what prices them, or why they are free",
    );
    assert.ok(!known("aws:sqs/queue:Queue"));
  });

  it("have no type of which nobody knows what replaces it", () => {
    const unknown = (all: Iterable<string>) =>
      [...all].filter((type) => !isComponent(type) && !(type in replacements));
    assert.deepEqual(unknown(types), [], "say in review/replacement/ what replaces them");
    assert.deepEqual(unknown(["aws:sqs/queue:Queue"]), ["aws:sqs/queue:Queue"]);
  });

  it("are thirty and more, each with a name of its own", () => {
    const names = scenarios.map(({ name }) => name);
    assert.ok(names.length >= 30);
    assert.deepEqual([...new Set(names)], names);
  });

  it("are told apart: no text of one fits another", async () => {
    const [image, , secret] = scenarios as readonly [Scenario, Scenario, Scenario];
    const text = textOfScenario(await reviewOfScenario(program, image));
    assert.match(wrongIn(text, secret.says) ?? "", /^no such lines:\n/);
    assert.match(wrongIn([...text, "more"], text.join("\n")) ?? "", /^more lines:\nmore/);
    assert.equal(wrongIn(["a", "b", "c"], "a\n…\nc"), undefined);
    assert.match(wrongIn(["a", "b", "c"], "a\n…\nb") ?? "", /^more lines:\nc/);
    assert.match(wrongIn(["a", "b", "c"], "b\n…") ?? "", /^no such lines:\nb/);
  });

  it("fail where the program does not do what they say", async () => {
    const [image] = scenarios as readonly [Scenario];
    const other = { ...image, config: { "app.env": { FEATURE: "on" } } };
    const text = textOfScenario(await reviewOfScenario(program, other));
    assert.notEqual(wrongIn(text, image.says), undefined);
  });
});
