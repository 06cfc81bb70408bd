import * as assert from "node:assert/strict";
import { changing, planOfStack } from "../policies/helpers";
import { estimated } from "./helpers";

const HOURS = 730;

describe("cost: extended support", () => {
  const END = "2027-03-27"; // of 1.35

  const priced = async (today: string, policy: object | undefined, version = "1.35") => {
    const plan = changing(await planOfStack("dev"), {
      "Cluster cluster-eks": ({ inputs }) => {
        inputs.upgradePolicy = policy;
        inputs.version = version;
      },
    });
    return estimated(plan, { today: new Date(today) }).lines.filter(({ part }) =>
      part.startsWith("extended support"),
    );
  };

  it("is billed from the day after standard support ends", async () => {
    for (const policy of [undefined, { supportType: "EXTENDED" }]) {
      assert.deepEqual(await priced(`${END}T23:00:00Z`, policy), []);
      assert.deepEqual(await priced("2027-03-28T00:00:00Z", policy), [
        {
          part: "extended support cluster-eks",
          detail: `Kubernetes 1.35, standard support ended ${END}`,
          min: HOURS,
          max: HOURS,
        },
      ]);
    }
  });

  it("is billed for a version that is older than those the config knows", async () => {
    const [line] = await priced("2026-12-01", undefined, "1.30");
    assert.equal(line?.detail, "Kubernetes 1.30");
  });

  it("is not billed with the policy STANDARD, which our clusters have: EKS upgrades them", async () => {
    assert.deepEqual(await priced("2028-01-01", { supportType: "STANDARD" }), []);
    const [eks] = (await planOfStack("prod")).resources.filter(
      ({ type }) => type === "eks:index:Cluster",
    );
    assert.deepEqual(eks?.inputs.upgradePolicy, { supportType: "STANDARD" });
  });
});
