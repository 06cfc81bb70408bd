import * as assert from "node:assert/strict";
import { offlineAnswers } from "../preview/answers";
import { PROJECT } from "../model/project";
import { run, Secret, Unknown } from "../engine/engine";
import { projectStacksIn, readStackConfig } from "../cli/stackConfig";
import { answers } from "./helpers/answers";
import { ROOT, STACKS } from "./helpers/configs";
import { previewStack, program, runStack } from "./helpers/programs";
import { failureOf } from "./helpers/recording";

/** Whatever a team has made of the stacks that came with the program, and those that it has added. */
const COMMITTED = projectStacksIn(ROOT);

describe("the program with every committed stack, whatever its values", () => {
  for (const stack of COMMITTED) {
    it(`can be previewed as it is: ${stack}`, async () => {
      const { config, secretKeys } = readStackConfig(ROOT, stack);
      const planned = await run(program, {
        project: PROJECT,
        stack,
        config,
        secretKeys,
        preview: true,
        answers: offlineAnswers(config["aws:region"] ?? "", config),
      });
      assert.ok(planned.resources.length > 10);
    });
  }
});

describe("the program with every stack for tests", () => {
  for (const stack of STACKS) {
    it(`can be previewed as it is: ${stack}`, async () => {
      const planned = await previewStack(stack);
      assert.ok(planned.resources.length > 10);
      const { kubeconfig, ...outputs } = planned.outputs;
      assert.deepEqual(
        Object.entries(outputs).filter(([, value]) => value instanceof Secret),
        [],
      );
      if (stack !== "local") assert.deepEqual(kubeconfig, new Secret(new Unknown()));
    });

    it(`plans in a preview what an update makes: ${stack}`, async () => {
      const urns = (resources: readonly { urn: string }[]) =>
        resources.map(({ urn }) => urn).sort();
      const known = await runStack(stack, {}, { preview: true });
      const unknown = await previewStack(stack);
      assert.deepEqual(urns(known.resources), urns(unknown.resources));
    });

    it(`fails where an invoke is not answered: ${stack}`, async () => {
      const running = runStack(
        stack,
        {},
        { preview: true, answers: { resource: answers.resource } },
      );
      if (stack === "local") await running;
      else assert.match(await failureOf(running), /no answer is given for the invoke aws:/);
    });
  }

  it("refuses placeholders in an update: dev", async () => {
    assert.equal(
      await failureOf(runStack("dev")),
      `The config of stack 'dev' still has example values:
  next-on-eks:cluster.publicAccessCidrs: '203.0.113.0/24' is an example range; set your own before pulumi up.
    pulumi config set --stack dev --path 'next-on-eks:cluster.publicAccessCidrs[0]' YOUR.ADDRESS/32`,
    );
  });

  it("refuses placeholders in an update: prod", async () => {
    const message = await failureOf(runStack("prod"));
    assert.deepEqual(
      [...message.matchAll(/^ {2}(\S+): '/gm)].map(([, key]) => key),
      [
        "next-on-eks:cluster.publicAccessCidrs",
        "next-on-eks:cluster.adminRoleArns",
        "next-on-eks:app.image",
        "next-on-eks:ingress.zone",
      ],
    );
  });

  it("warns of what a reviewer should see", async () => {
    const warned = async (stack: string) =>
      (await previewStack(stack)).warnings.map((warning) => warning.split(": ")[0]);
    assert.deepEqual(await warned("dev"), [
      "next-on-eks:cluster.publicAccessCidrs",
      "next-on-eks:app.build.secrets",
      "next-on-eks:ingress.tls",
    ]);
    assert.deepEqual(await warned("prod"), [
      "next-on-eks:cluster.publicAccessCidrs",
      "next-on-eks:cluster.adminRoleArns",
      "next-on-eks:app.image",
      "next-on-eks:ingress.zone",
    ]);
    assert.deepEqual(await warned("local"), [
      "next-on-eks:app.image",
      "next-on-eks:ingress.tls",
      "next-on-eks:cluster.context",
    ]);
  });

  it("makes nothing of a config that is refused", async () => {
    const asked: string[] = [];
    const resource: typeof answers.resource = (args) => {
      asked.push(args.type);
      return answers.resource(args);
    };
    const message = await failureOf(
      runStack("dev", { "next-on-eks:app.port": 80 }, { answers: { ...answers, resource } }),
    );
    assert.match(message, /^The config of stack 'dev' has 1 problem:/);
    assert.deepEqual(asked, []);
  });
});
