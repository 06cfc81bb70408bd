import assert from "node:assert/strict";
import { account } from "./account";
import { AwsStack, type Name, type Run } from "./awsStack";
import { checkNeeds, checkOrder, orderOf } from "./order";
import { report } from "./report";
import { checkSecrets } from "./secrets";
import { settings } from "./settings";
import { before as stateBefore, checkNothingLeft, checkParents, type Before } from "./tidiness";

const pretend = settings.events !== undefined;
const onPretence = pretend ? it : it.skip;

/** `aws`: the account takes a hundredth of AWS's times, instead of none. */
const cycles: readonly (readonly [Name, "none" | "aws"])[] =
  pretend && settings.full
    ? [
        ["dev", "none"],
        ["dev", "aws"],
        ["prod", "none"],
        ["prod", "aws"],
      ]
    : [
        ["dev", "none"],
        ["prod", pretend ? "aws" : "none"],
      ];

for (const [name, latency] of cycles) {
  describe(`the stack ${name}${latency === "aws" ? ", with the latency of AWS" : ""}`, function () {
    this.bail(true);
    let stack: AwsStack;
    let was: Before;
    let mark = 0;
    let parallel: Run;
    const took: Record<string, string> = {};

    const succeeds = async (verb: string, run: Promise<Run>): Promise<Run> => {
      const done = await run;
      assert.equal(done.code, 0, done.text);
      took[verb] = `${Math.round(done.seconds)} s`;
      return done;
    };
    const timelines = ({ engine }: Run) =>
      pretend ? [account.deeds(mark), engine.deeds] : [engine.deeds];

    before(async () => {
      if (pretend) {
        was = await stateBefore();
        mark = account.mark();
      }
      stack = await AwsStack.create(name);
      if (latency === "aws") stack.env.STANDIN_LATENCY_MS = "aws";
    });
    after(async () => {
      report("How long the verbs took", { stack: name, latency, ...took });
      await stack.cleanUp();
    });

    it("has a preview that touches nothing", async () => {
      const { stdout } = await succeeds("preview", stack.verb("preview"));
      assert.match(stdout, /\+ \d+ to create/);
      if (pretend) assert.deepEqual(account.resources(), was.resources);
    });

    it("comes up at the first try", async () => {
      parallel = await succeeds("up", stack.up());
    });

    it("makes each thing after what it needs", () => {
      checkOrder("create", timelines(parallel), rulesHere());
    });

    it("tells the engine what each thing needs", async () => {
      checkNeeds((await stack.state()).resources, orderOf(name));
    });

    onPretence("has no pod, claim or load balancer that had to wait for the account", () => {
      const waited = account
        .events(mark)
        .filter(({ op, err }) => op === "kube-event" && !/Unschedulable/.test(err ?? ""))
        .map(({ type, name: of, err }) => `${type} ${of}: ${err}`);
      assert.deepEqual(waited, []);
    });

    it("gives every resource to a component", async () => {
      checkParents((await stack.state()).resources);
    });

    it("has its secrets in clear nowhere", () => checkSecrets(stack, mark));

    it("changes nothing in a second up", async () => {
      const { engine } = await succeeds("second up", stack.up("--expect-no-changes"));
      assert.deepEqual(engine.steps, []);
    });

    it("finds no drift in a refresh", async () => {
      await succeeds("refresh", stack.refresh("--expect-no-changes"));
    });

    if (name === "prod") {
      it("refuses a destroy before anything goes, as long as it is protected", async () => {
        // With its preview, as a user runs it: that is where it is refused.
        const urns = async () => (await stack.state()).resources.map(({ urn }) => urn);
        const held = await urns();
        const { code, text } = await stack.verb("destroy", ["--yes"]);
        assert.notEqual(code, 0);
        assert.match(text, /protect/);
        assert.deepEqual(await urns(), held);
        stack.configure({ protect: false });
        await succeeds("unprotect", stack.up());
      });
    }

    it("is destroyed, each thing before what it needs", async () => {
      if (pretend) mark = account.mark();
      const run = await succeeds("destroy", stack.destroy());
      checkOrder("delete", timelines(run), rulesHere());
    });

    onPretence("leaves nothing in the account, in the API server and in the state", () =>
      checkNothingLeft(stack, was),
    );

    /** Load balancers are made by the cluster's controllers, of which the account alone tells. */
    function rulesHere() {
      return orderOf(name).filter(({ then }) => pretend || then[0] !== "k8s:elb");
    }
  });
}

for (const name of ["dev", "prod"] as const) {
  describe(`the stack ${name}, as it is committed`, () => {
    it("has a preview, and an up that refuses the values of the example", async () => {
      const stack = await AwsStack.create(name, { example: true });
      try {
        // Where the environment has no such zone, a preview of prod says so.
        if (settings.events !== undefined) stack.env.STANDIN_ZONES = "example.com";
        const preview = await stack.verb("preview");
        assert.equal(preview.code, 0, preview.text);
        const { code, text, engine, seconds } = await stack.up();
        assert.notEqual(code, 0);
        // It plans less than the preview did; where Node.js colours its stack trace, it takes 20 s more.
        assert.ok(seconds < preview.seconds + 10, `refused after ${seconds.toFixed(0)} s`);
        assert.match(text, /still has example values/);
        const keys = ["cluster.publicAccessCidrs"];
        if (name === "prod") keys.push("cluster.adminRoleArns", "app.image", "ingress.zone");
        for (const key of keys) assert.ok(text.includes(`next-on-eks:${key}: '`), key);
        assert.deepEqual(
          engine.steps.filter((step) => !/pulumi:(pulumi|providers)/.test(step)),
          [],
        );
      } finally {
        await stack.cleanUp();
      }
    });
  });
}
