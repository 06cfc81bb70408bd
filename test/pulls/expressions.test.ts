import * as assert from "node:assert/strict";
import { Expressions } from "./expressions";

describe("conditions of workflows", () => {
  let expressions: Expressions;
  before(async () => {
    expressions = await Expressions.load();
  });
  const contexts = {
    needs: { a: { result: "failure" } },
    steps: { up: { outputs: { "artifact-url": "https://a" } } },
    vars: {},
    github: { event: { pull_request: { head: { repo: null } } }, repository: "acme/shop" },
  };

  it("are about what went before, unless they ask for more", () => {
    const holds = (text: string | undefined, ended: "success" | "failure") =>
      expressions.condition(text, contexts, ended);
    assert.deepEqual([holds(undefined, "success"), holds(undefined, "failure")], [true, false]);
    assert.equal(holds("steps.up.outputs.artifact-url", "failure"), false);
    assert.equal(holds("steps.up.outputs.artifact-url", "success"), true);
    assert.equal(holds("steps.up.outputs.ready", "success"), false);
    assert.equal(holds("${{ !cancelled() }}", "failure"), true);
    assert.equal(holds("failure() && needs.a.result == 'failure'", "failure"), true);
    assert.equal(holds("!cancelled() && needs.a.result == 'success'", "failure"), false);
  });

  it("do not take a fork that is gone for this repository", () => {
    const same = "github.event.pull_request.head.repo.full_name == github.repository";
    assert.equal(expressions.condition(same, contexts, "success"), false);
  });

  it("have values that GitHub would give, and nothing for what is not set", () => {
    assert.equal(
      expressions.text("at ${{ steps.up.outputs.artifact-url }}${{ vars.X }}", contexts),
      "at https://a",
    );
    assert.deepEqual(expressions.text("${{ fromJSON(vars.X || '[\"dev\"]') }}", contexts), ["dev"]);
  });

  it("that name what there is not are errors (control)", () => {
    assert.throws(() => expressions.condition("nothing.at == 'all'", contexts, "success"));
    assert.throws(() => expressions.condition("vars.X ==", contexts, "success"));
  });
});
