import * as assert from "node:assert/strict";
import { planOfEngine, type EngineResource } from "../../policies/pack/adapter";
import { COMPUTED, type Plan } from "../../plan/plan";
import { found, messages } from "./helpers";

const TYPE = "aws:elasticache/replicationGroup:ReplicationGroup";
const URN = `urn:pulumi:dev::next-on-eks::${TYPE}::pages-group`;
const TOKEN = "a-token-that-pulumi-up-has-made";
const ASKED = {
  atRestEncryptionEnabled: true,
  transitEncryptionEnabled: true,
  description: "pages",
};

/** What the engine hands to a pack; the test in test/aws does it with the engine itself. */
function ofEngine(inputs: Record<string, unknown>): Plan {
  const resource = {
    urn: URN,
    type: TYPE,
    name: "pages-group",
    props: {},
    opts: { protect: false, ignoreChanges: [] },
    dependencies: [],
  } as unknown as EngineResource;
  return planOfEngine("dev", [resource], new Map([[URN, inputs]]));
}

describe("the plan that the policy pack sees", () => {
  it("has no secret in clear that only its provider reads, as a running stack's token", () => {
    for (const authToken of [TOKEN, COMPUTED]) {
      assert.deepEqual(found(ofEngine({ ...ASKED, authToken })), []);
    }
  });

  it("still shows that there is none, and a secret anywhere else", () => {
    const rules = ["encryption-in-transit", "secret-in-clear"];
    const plan = ofEngine({ ...ASKED, description: "redis://:hunter2@r.test" });
    assert.deepEqual(
      rules.flatMap((rule) => messages(found(plan), rule)),
      [
        "pages-group: authToken is missing: whoever reaches the port may read and write.",
        "pages-group: description holds an address with a password in clear.",
      ],
    );
  });
});
