import * as assert from "node:assert/strict";
import { RunError } from "@pulumi/pulumi";
import { Secret } from "../../engine/engine";
import { explain } from "../../cli/explain";
import { planJson, planOf } from "../../plan/plan";
import { UsageError } from "../../cli/stackConfig";
import { recorded, runOf, unknown } from "../preview/helpers";

const STACK = { stack: "test", warnings: [] };

describe("plan: the plan as JSON", () => {
  const password = "HUNTER2";
  const run = {
    ...runOf(
      recorded("aws:b:B", "b", {
        dependsOn: ["urn:z", "urn:a"],
        inputs: { z: 1, a: [{ token: new Secret(password), id: unknown }] },
      }),
      recorded("aws:a:A", "a", { parent: "urn:parent", protect: true, read: true }),
    ),
    outputs: { url: "http://x", none: undefined, key: new Secret({ deep: password }), id: unknown },
    warnings: ["of the program"],
  };
  const plan = planOf({ stack: "test", warnings: ["of the file"] }, run);

  it("masks secrets and names what is not known, at any depth", () => {
    assert.deepEqual(plan.resources[0]?.inputs, {
      z: 1,
      a: [{ token: "[secret]", id: "[computed]" }],
    });
    assert.deepEqual(plan.outputs, { url: "http://x", key: "[secret]", id: "[computed]" });
    assert.ok(!planJson(plan).includes(password));
    // The check can fail: without the mark the value is there.
    const open = planOf(STACK, runOf(recorded("aws:b:B", "b", { inputs: { token: password } })));
    assert.ok(planJson(open).includes(password));
  });

  it("has the shape that docs promise", () => {
    const parsed = JSON.parse(planJson(plan)) as Record<string, unknown>;
    assert.deepEqual(Object.keys(parsed), ["stack", "resources", "outputs", "warnings"]);
    assert.deepEqual(parsed.resources, [
      {
        urn: "urn:pulumi:test::next-on-eks::aws:a:A::a",
        type: "aws:a:A",
        name: "a",
        parent: "urn:parent",
        dependsOn: [],
        protect: true,
        read: true,
        inputs: {},
      },
      {
        urn: "urn:pulumi:test::next-on-eks::aws:b:B::b",
        type: "aws:b:B",
        name: "b",
        parent: null,
        dependsOn: ["urn:a", "urn:z"],
        protect: false,
        inputs: { a: [{ id: "[computed]", token: "[secret]" }], z: 1 },
      },
    ]);
    assert.deepEqual(parsed.warnings, ["of the program", "of the file"]);
  });

  it("does not depend on the order in which resources were registered", () => {
    const turned = { ...run, resources: [...run.resources].reverse() };
    assert.equal(planJson(planOf(STACK, turned)), planJson(planOf(STACK, run)));
  });
});

describe("preview: errors", () => {
  it("are the message alone where it says all", () => {
    assert.equal(explain(new UsageError("--json: no"), false), "--json: no");
    assert.equal(explain(new RunError("next-on-eks:app: no"), false), "next-on-eks:app: no");
  });

  it("leave out the resources that a message came through", () => {
    const message = 'error serializing property "spec": error serializing property "id": no zone';
    assert.equal(explain(new RunError(message), false), "no zone");
  });

  it("name the way to the cause of anything else, without a stack trace", () => {
    const told = explain(new TypeError("x is not a function"), false);
    assert.match(told, /^x is not a function\nThe program failed, not the config: .*--trace/);
    assert.doesNotMatch(told, /\n\s+at /);
    assert.match(explain(new TypeError("x is not a function"), true), /\n\s+at /);
    assert.match(explain("text", false), /^text\n/);
  });
});
