import * as assert from "node:assert/strict";
import { aws, load, loadAws } from "../helpers/configs";
import { prod, refuses, rm, set, told, withTls, type RuleCase } from "../helpers/refusals";

const reason = "a demo without visitors";
const waive = (rule: string, until = "2027-01-31") => ({ waivers: [{ rule, reason, until }] });
const END = new Date("2027-01-31T23:59:58Z");
const AFTER = new Date("2027-02-01T00:00:00Z");

const cases: RuleCase[] = [
  [
    "a waiver of a rule that there is not, and names the nearest",
    waive("one-pods"),
    told(
      "waivers[0].rule",
      "'one-pods' is no rule; did you mean one-pod?",
      set("waivers[0].rule", "one-pod"),
    ),
  ],
  [
    "a waiver of nothing that is known",
    waive("whatever-it-is"),
    told(
      "waivers[0]",
      "'whatever-it-is' is no rule; docs/rules.md lists them all.",
      rm("waivers[0]"),
    ),
  ],
  [
    "a waiver of a rule without which nothing works",
    waive("replicas-range"),
    told(
      "waivers[0]",
      "'replicas-range' cannot be waived: a config that breaks it does not work.",
      rm("waivers[0]"),
    ),
  ],
  [
    "a waiver that is over",
    waive("pod-probes"),
    told(
      "waivers[0]",
      "the waiver of pod-probes ended on 2027-01-31: put right what breaks the rule, or decide anew.",
      `${rm("waivers[0]")}\nor\n${set("waivers[0].until", "DAY")}`,
    ),
    { today: AFTER },
  ],
  [
    "a day that there is not",
    waive("one-pod", "2027-02-30"),
    told(
      "waivers[0].until",
      "'2027-02-30' is refused: expected a day such as 2027-03-31.",
      set("waivers[0].until", "2027-03-31"),
    ),
  ],
  [
    "no reason to speak of",
    { waivers: [{ rule: "one-pod", reason: "demo", until: "2027-01-31" }] },
    told(
      "waivers[0].reason",
      "'demo' is refused: expected a reason in words, of 10 characters or more.",
      set("waivers[0].reason", "'a demo without visitors'"),
    ),
  ],
];

describe("waivers", () => {
  refuses(aws, cases);

  it("silence a warning", async () => {
    const warned = async (more: object) =>
      (await loadAws({ ...withTls, "app.replicas.min": 1, ...more })).warnings.join("\n");
    assert.match(await warned({}), /\(rule one-pod\)/);
    assert.doesNotMatch(await warned(waive("one-pod")), /\(rule one-pod\)/);
  });

  it("allow in production what is refused there", async () => {
    const noTls = { ...aws, cluster: { publicAccessCidrs: ["8.8.8.0/24"] } };
    await assert.rejects(load(noTls, prod), /must be served by HTTPS/);
    assert.deepEqual((await load({ ...noTls, ...waive("https") }, prod)).warnings, []);
  });

  it("hold on their last day, and warn for two weeks before it", async () => {
    const warnings = async (today: Date) =>
      (await loadAws({ ...withTls, ...waive("one-pod") }, { today })).warnings.filter((it) =>
        it.includes("waivers"),
      );
    assert.deepEqual(await warnings(new Date("2027-01-17T23:59:58Z")), []);
    const warning =
      "next-on-eks:waivers[0]: the waiver of one-pod ends on 2027-01-31; after that day every pulumi up is refused, including roll-backs.";
    assert.deepEqual(await warnings(new Date("2027-01-18")), [warning]);
    assert.deepEqual(await warnings(END), [warning]);
  });

  it("take a day without quotes, of which the CLI makes a point in time", async () => {
    for (const until of ["2027-01-31T00:00:00Z", "2027-01-31 00:00:00 +0000 UTC"]) {
      const { waivers } = await loadAws(waive("one-pod", until));
      assert.equal(waivers[0]?.until, "2027-01-31");
    }
  });

  it("may name rules of the other platform: a file can be copied", async () => {
    assert.equal((await loadAws(waive("redis-without-disk"))).waivers.length, 1);
  });
});
