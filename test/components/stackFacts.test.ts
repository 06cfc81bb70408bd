import * as assert from "node:assert/strict";
import type { ResourceHookArgs } from "@pulumi/pulumi";
import { judged, keepFacts } from "../../components/stackFacts";
import type { Facts, Verdict } from "../../config/changes";
import { record } from "../helpers/recording";

const FACTS = { "network.cidr": "10.20.0.0/16" };
const SAFE: Verdict = { refusal: undefined, warnings: [] };

describe("the facts of a stack (mocks have no state to compare with)", () => {
  it("are one resource with a hook, kept before anything else is registered", async () => {
    const registered: string[] = [];
    const made = await record(
      async () => {
        await keepFacts("facts", {
          facts: FACTS,
          kept: ["app.build"],
          judge: () => Promise.resolve(SAFE),
        });
        return {};
      },
      {
        answers: {
          resource: ({ type, name }) => {
            registered.push(`${type} ${name}`);
            return {};
          },
        },
      },
    );
    assert.deepEqual(registered, ["pulumi:index:Stash facts"]);
    assert.deepEqual(made.inputs("Stash", "facts"), { input: FACTS });
    const { beforeCreate, beforeUpdate, ignoreChanges } = made.optionsOf("Stash", "facts");
    assert.deepEqual([beforeCreate, beforeUpdate], [["changes"], ["changes"]]);
    assert.deepEqual(ignoreChanges, ['input["app.build"]']);
  });

  it("are kept in a preview too, where nothing else is known", async () => {
    const made = await record(
      async () => {
        return {
          kept: await keepFacts("facts", {
            facts: FACTS,
            kept: [],
            judge: () => Promise.resolve(SAFE),
          }),
        };
      },
      { preview: true, answers: {} },
    );
    assert.deepEqual(made.outputs, { kept: FACTS });
  });

  /** What the hook does with a verdict, and which facts it asked about. */
  async function hookWith(verdict: Verdict, oldInputs: object = { input: FACTS }) {
    const asked: (Facts | undefined)[] = [];
    let refusal: string | undefined;
    const { warnings } = await record(async () => {
      const hook = judged((old) => {
        asked.push(old);
        return Promise.resolve(verdict);
      });
      await Promise.resolve(hook({ oldInputs } as unknown as ResourceHookArgs)).catch(
        (error: Error) => (refusal = error.message),
      );
      return {};
    });
    return { asked, refusal, warnings };
  }

  it("let a safe change pass", async () => {
    assert.deepEqual(await hookWith(SAFE), { asked: [FACTS], refusal: undefined, warnings: [] });
  });

  it("are judged of a new stack too, which has none yet", async () => {
    const { asked, refusal } = await hookWith({ ...SAFE, refusal: "taken" }, {});
    assert.deepEqual([asked, refusal], [[undefined], "taken"]);
  });

  it("tell warnings, and let the change pass", async () => {
    assert.deepEqual(await hookWith({ refusal: undefined, warnings: ["one", "two"] }), {
      asked: [FACTS],
      refusal: undefined,
      warnings: ["one", "two"],
    });
  });

  it("refuse, with the warnings beside it", async () => {
    assert.deepEqual(await hookWith({ refusal: "no", warnings: ["one"] }), {
      asked: [FACTS],
      refusal: "no",
      warnings: ["one"],
    });
  });
});
