import * as assert from "node:assert/strict";
import { readZones, zoneProblems } from "../../components/zones";
import { answers, ZONES } from "../helpers/answers";
import { failureOf, record, type Settings } from "../helpers/recording";
import { set, told } from "../helpers/refusals";

/** The zones that a stack gets, and what was asked and registered for it. */
async function read(count: number, wanted?: string[], names: readonly string[] = ZONES) {
  const asked: unknown[] = [];
  let zones: readonly string[] = [];
  const settings: Settings = {
    answers: {
      ...answers,
      invoke: ({ inputs }) => {
        asked.push(inputs);
        return { names };
      },
    },
  };
  const made = await record(async () => {
    zones = await readZones(count, wanted);
    return {};
  }, settings);
  return { zones, asked, made };
}

describe("readZones", () => {
  it("takes the region's first zones, and makes nothing", async () => {
    const { zones, made } = await read(2);
    assert.deepEqual(zones, ["eu-west-1a", "eu-west-1b"]);
    assert.deepEqual(made.resources, []);
  });

  it("takes the zones that are named, in their order", async () => {
    const wanted = ["eu-west-1c", "eu-west-1a"];
    assert.deepEqual((await read(2, wanted)).zones, wanted);
  });

  it("asks for zones that need no opt-in and take EKS, in whatever state", async () => {
    assert.deepEqual((await read(2)).asked, [
      {
        filters: [{ name: "opt-in-status", values: ["opt-in-not-required"] }],
        excludeZoneIds: ["use1-az3", "usw1-az2", "cac1-az3"],
      },
    ]);
  });

  it("refuses what the region lacks as a wrong config is refused, all at once", async () => {
    assert.equal(
      await failureOf(read(3, ["eu-west-1f", "eu-west-1a", "eu-west-1g"])),
      [
        "The config of stack 'test' has 2 problems:",
        told(
          "network.zones",
          "the region has no zone 'eu-west-1f'; it has eu-west-1a, eu-west-1b, eu-west-1c.",
          set("network.zones[0]", "eu-west-1b"),
        ),
        told(
          "network.zones",
          "the region has no zone 'eu-west-1g'; it has eu-west-1a, eu-west-1b, eu-west-1c.",
          set("network.zones[2]", "eu-west-1c"),
        ),
      ].join("\n"),
    );
  });

  it("refuses more zones than the region has, and a region that has too few for EKS", async () => {
    assert.equal(
      await failureOf(read(3, undefined, ZONES.slice(0, 2))),
      `The config of stack 'test' has 1 problem:\n${told(
        "network.availabilityZones",
        "3 are required, but the region has eu-west-1a, eu-west-1b.",
        set("network.availabilityZones", "2"),
      )}`,
    );
    assert.equal(
      await failureOf(read(2, undefined, [])),
      `The config of stack 'test' has 1 problem:\n${told(
        "network.availabilityZones",
        "2 are required, but the region has none for EKS.",
        set("aws:region", "REGION"),
      )}`,
    );
  });

  it("has nothing in place of a zone where all others are named", () => {
    const [problem] = zoneProblems(2, ["eu-west-1a", "eu-west-1f"], ["eu-west-1a"]);
    assert.match(problem?.remedy ?? "", /^pulumi config rm .*network\.zones'$/);
  });
});
