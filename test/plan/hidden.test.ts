import * as assert from "node:assert/strict";
import { inspect } from "node:util";
import { Secret } from "../../engine/engine";
import { Hidden, hider } from "../../plan/hidden";
import { planJson, planOf } from "../../plan/plan";
import { recorded, runOf } from "../preview/helpers";

describe("plan: hidden secrets", () => {
  it("says whether two values are the same", () => {
    const hide = hider();
    assert.ok(hide("HUNTER2").same(hide("HUNTER2")));
    assert.ok(hide({ a: ["x"] }).same(hide({ a: ["x"] })));
    assert.ok(!hide("HUNTER2").same(hide("HUNTER3")));
    assert.ok(!hide("HUNTER2").same("HUNTER2"));
    assert.ok(hide(undefined).same(hide(undefined)));
  });

  it("prints neither the value nor anything that could be compared with guesses", () => {
    const hidden = hider()("HUNTER2");
    const other = hider()("HUNTER2");
    assert.ok(!hidden.same(other), "a process has a key of its own");
    for (const text of [`${hidden}`, JSON.stringify([hidden]), inspect(hidden, { depth: 9 })]) {
      assert.doesNotMatch(text, /HUNTER2|[0-9a-f]{16}/);
    }
    assert.equal(JSON.stringify(hidden), '"[secret]"');
  });

  it("stands in a plan where a placeholder would", () => {
    const run = runOf(recorded("aws:a:A", "a", { inputs: { token: new Secret("HUNTER2") } }));
    const stack = { stack: "test", warnings: [] };
    const plan = planOf(stack, run, hider());
    assert.ok(plan.resources[0]?.inputs.token instanceof Hidden);
    assert.equal(planJson(plan), planJson(planOf(stack, run)));
  });
});
