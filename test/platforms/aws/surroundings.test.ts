import * as assert from "node:assert/strict";
import type { AwsConfig } from "../../../config";
import { awsSurroundings } from "../../../platforms/aws/surroundings";
import type { Answers } from "../../../engine/engine";
import { answers } from "../../helpers/answers";
import { loadAws, type Groups } from "../../helpers/configs";
import { runProd } from "../../helpers/programs";
import { failureOf, record } from "../../helpers/recording";
import { set, told } from "../../helpers/refusals";

const VPC = "vpc-0aaaaaaaaaaaaaaaa";
const EXISTING = {
  vpcId: VPC,
  privateSubnetIds: ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"],
  publicSubnetIds: ["subnet-0cccccccccccccccc", "subnet-0dddddddddddddddd"],
};

/** AWS without what is asked for, in the words of its provider. */
const lacking =
  (...lacks: string[]): Answers["invoke"] =>
  (args) => {
    if (!lacks.some((kind) => args.token.endsWith(kind))) return answers.invoke(args);
    const details = `invocation of ${args.token} returned an error: no matching thing found`;
    throw Object.assign(new Error(details), { details });
  };

async function ask(more: Groups, invoke: Answers["invoke"] = answers.invoke) {
  const config: AwsConfig = await loadAws(more);
  let found: Awaited<ReturnType<typeof awsSurroundings>> | undefined;
  const made = await record(
    async () => {
      found = await awsSurroundings(config);
      return { zoneId: found.zoneId };
    },
    { answers: { ...answers, invoke } },
  );
  return { found, made };
}

describe("what AWS says is there (no account was asked)", () => {
  it("are zones, and the id of the DNS zone where there is to be one", async () => {
    const { found, made } = await ask({ "ingress.zone": "example.com" });
    assert.deepEqual(found?.zones, ["eu-west-1a", "eu-west-1b", "eu-west-1c"]);
    assert.equal(found.network, undefined);
    assert.equal(made.outputs.zoneId, "zone of example.com");
    assert.deepEqual(made.resources, []);
    assert.equal((await ask({})).found?.zoneId, undefined);
  });

  it("is told all at once where it is not what the config asks for", async () => {
    const zones = ["eu-west-1a", "eu-west-1b", "eu-west-1z"];
    const asked = ask(
      { "ingress.zone": "example.com", "network.zones": zones },
      lacking(":getZone"),
    );
    assert.equal(
      await failureOf(asked),
      `The config of stack 'test' has 2 problems:\n${told(
        "network.zones",
        "the region has no zone 'eu-west-1z'; it has eu-west-1a, eu-west-1b, eu-west-1c.",
        set("network.zones[2]", "eu-west-1c"),
      )}\n${told(
        "ingress.zone",
        "'example.com' is not a hosted zone in this account's Route 53.",
        set("ingress.zone", "YOUR.ZONE"),
      )}`,
    );
  });

  it("names the VPC or the subnet that is not there", async () => {
    const network = { "network.existing": EXISTING };
    assert.equal(
      await failureOf(ask(network, lacking(":getVpc"))),
      `The config of stack 'test' has 1 problem:\n${told(
        "network.existing.vpcId",
        `'${VPC}' is not there, in this account and aws:region.`,
        set("network.existing.vpcId", "VPC"),
      )}`,
    );
    const vpc: Answers["invoke"] = (args) =>
      args.token.endsWith(":getVpc") ? { cidrBlock: "10.9.0.0/16" } : lacking(":getSubnet")?.(args);
    assert.match(
      await failureOf(ask(network, vpc)),
      /network\.existing\.p\w+SubnetIds: 'subnet-0\w+' is not there, .*\n {4}name subnets of/,
    );
  });

  it("hands on what is no fault of the config", async () => {
    const invoke: Answers["invoke"] = (args) => {
      if (!args.token.endsWith(":getAvailabilityZones")) return answers.invoke(args);
      throw Object.assign(new Error("no credentials"), { details: "no credentials" });
    };
    assert.match(await failureOf(ask({}, invoke)), /no credentials/);
  });

  for (const preview of [true, false]) {
    it(`ends the program before it makes anything: ${preview ? "preview" : "up"}`, async () => {
      const made: string[] = [];
      const resource: typeof answers.resource = (args) => {
        made.push(args.name);
        return answers.resource(args);
      };
      const invoke = lacking(":getZone");
      const running = runProd({}, { preview, answers: { resource, invoke } });
      assert.match(await failureOf(running), /^The config of stack 'prod' has 1 problem:\n/);
      assert.deepEqual(made, []);
    });
  }
});
