import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { account } from "./account";
import { AwsStack, type Run } from "./awsStack";
import { typeOf } from "./engineLog";
import { report } from "./report";
import { settings } from "./settings";
import { before as stateBefore, checkNothingLeft, type Before } from "./tidiness";

const TABLE = "Faults of AWS";
const onPretence = settings.events === undefined ? it.skip : it;

/** Of the types that the slice of CI takes: those that take longest. */
const SLICE = [":NatGateway", ":ReplicationGroup", "eks/cluster:Cluster"];
/** More ups than things stand above each other in the graph: then one never gets through. */
const MOST = 30;

describe("faults of AWS", function () {
  this.bail(true);
  let stack: AwsStack;
  let was: Before;
  let types: string[];

  before(async () => {
    if (settings.events === undefined) return;
    was = await stateBefore();
    stack = await AwsStack.create("dev");
    types = await awsTypes();
  });
  after(() => stack?.cleanUp());

  // A half-made thing is in the state, and the next up replaces it or goes on with it.
  for (const verb of settings.full
    ? (["create", "create-partial"] as const)
    : (["create"] as const)) {
    onPretence(`each type fails once (${verb}): ups go on until all is there`, async () => {
      await failingOnce(verb, () => stack.up());
      const { code, text } = await stack.up("--expect-no-changes");
      assert.equal(code, 0, text);
      if (verb !== "create") return;
      await failingOnce("delete", () => stack.destroy());
      await checkNothingLeft(stack, was);
    });
  }

  onPretence(
    "the API server is away for 20 s in an up: it, or the next one, gets through",
    async () => {
      stack.configure({ "app.env": { AWAY: "1" } });
      const away = account.apiServerAway(20);
      const first = await stack.up();
      await away;
      const second = await stack.up();
      assert.equal(second.code, 0, second.text);
      assert.deepEqual((await stack.state()).pending, []);
      report(TABLE, {
        fault: "the API server does not answer for 20 s",
        "what the user sees":
          first.code === 0 ? "nothing" : `the up fails (${whyOf(first)}), the next one is green`,
      });
    },
  );

  onPretence("after all of them a destroy leaves nothing", async () => {
    const { code, text } = await stack.destroy();
    assert.equal(code, 0, text);
    await checkNothingLeft(stack, was);
  });

  /** The types that the stack makes, by its preview. */
  async function awsTypes(): Promise<string[]> {
    const { engine, code, text } = await stack.verb("preview");
    assert.equal(code, 0, text);
    const all = new Set(engine.steps.map((step) => typeOf(step.split(" ")[1] ?? "")));
    const aws = [...all].filter(
      (type) => /^(aws|docker-build):/.test(type) && !/^aws:index/.test(type),
    );
    return settings.full ? aws : aws.filter((type) => SLICE.some((end) => type.endsWith(end)));
  }

  /** The first call of each type fails in this series; a verb goes on from where the last one stopped. */
  async function failingOnce(verb: string, go: () => Promise<Run>): Promise<void> {
    const mark = account.mark();
    // An image in a registry is nothing that a destroy deletes.
    const failing = types.filter((type) => verb === "create" || !type.startsWith("docker-build:"));
    stack.env.STANDIN_FAIL = failing.map((type) => `${type}:${verb}:1`).join(",");
    stack.env.STANDIN_RUN = randomUUID();
    let runs = 0;
    try {
      for (let done = false; !done;) {
        assert.ok((runs += 1) <= MOST, `not through after ${MOST} times`);
        const run = await go();
        done = run.code === 0;
        if (!done) assert.match(run.text, /STANDIN_FAIL/, `failed by itself:\n${run.text}`);
        assert.deepEqual((await stack.state()).pending, []);
      }
    } finally {
      stack.env.STANDIN_FAIL = undefined;
    }
    const hit = new Set(
      account
        .events(mark)
        .flatMap(({ ok, err, type }) => (ok === false && err === "injected" ? [type] : [])),
    );
    if (verb !== "create-partial") {
      assert.deepEqual(
        failing.filter((type) => !hit.has(type)),
        [],
        "types that were never hit",
      );
    }
    report(TABLE, {
      fault: `each of ${failing.length} types fails once: ${verb}`,
      "what the user sees": `${runs - 1} runs fail, the next one is green`,
    });
  }
});

function whyOf({ engine }: Run): string {
  return (engine.errors[0] ?? "?").split("\n")[0]?.slice(0, 120) ?? "?";
}
