import * as assert from "node:assert/strict";
import { nodesFor } from "../../cost/nodes";
import { NODE_TYPES } from "../../cost/wanted";
import type { PodGroup } from "../../cost/pods";

const PRICES: Readonly<Record<string, number>> = Object.fromEntries(
  Object.keys(NODE_TYPES).map((type, index) => [type, 1 + index]),
);

function pods(more: Partial<PodGroup>): PodGroup {
  const base = { cpu: 500, memory: 512, min: 1, max: 1, spread: true, apart: false };
  return { name: "web", ...base, nodeSelector: {}, ...more };
}

const told = (...groups: PodGroup[]) => nodesFor(groups, (type) => PRICES[type]);

describe("cost: nodes", () => {
  it("has one pod of a group on each, and pods of several groups together", () => {
    assert.deepEqual(
      told(pods({ min: 2, max: 2 }), pods({ name: "nginx", cpu: 100, min: 2, max: 2 })),
      {
        min: { "c6a.large": 2 },
        max: { "c6a.large": 2 },
      },
    );
  });

  it("packs pods that prefer no separate nodes", () => {
    assert.deepEqual(told(pods({ min: 3, max: 3, spread: false })), {
      min: { "c6a.large": 1 },
      max: { "c6a.large": 1 },
    });
  });

  it("puts more pods onto nodes with room first, unless they must be apart", () => {
    // 1,930 thousandths are free on a c6a.large: three pods.
    assert.deepEqual(told(pods({ min: 2, max: 6 })), {
      min: { "c6a.large": 2 },
      max: { "c6a.large": 2 },
    });
    assert.deepEqual(told(pods({ min: 2, max: 7 })), {
      min: { "c6a.large": 2 },
      max: { "c6a.large": 3 },
    });
    assert.deepEqual(told(pods({ min: 2, max: 6, apart: true })), {
      min: { "c6a.large": 2 },
      max: { "c6a.large": 6 },
    });
  });

  it("takes the cheapest type in which the pods of a node fit", () => {
    assert.deepEqual(told(pods({ cpu: 3000 })), {
      min: { "c6a.xlarge": 1 },
      max: { "c6a.xlarge": 1 },
    });
    assert.deepEqual(told(pods({ memory: 6000 })), {
      min: { "c6a.xlarge": 1 },
      max: { "c6a.xlarge": 1 },
    });
    const without = nodesFor([pods({ cpu: 3000 })], (type) =>
      type === "c6a.xlarge" ? undefined : PRICES[type],
    );
    assert.deepEqual(without, { min: { "c6a.2xlarge": 1 }, max: { "c6a.2xlarge": 1 } });
  });

  it("says why it cannot tell", () => {
    assert.deepEqual(told(pods({ nodeSelector: { "kubernetes.io/os": "linux" } })), {
      min: { "c6a.large": 1 },
      max: { "c6a.large": 1 },
    });
    assert.deepEqual(told(pods({ nodeSelector: { disk: "ssd" } })), {
      why: "pods of web choose their nodes by labels (nodeSelector), and which instance types have those is not known",
    });
    assert.deepEqual(told(pods({ cpu: 64_000 })), {
      why: "a pod of web asks for more CPU or memory than any instance type with a price has",
    });
  });

  it("needs none for no pods", () => {
    assert.deepEqual(told(pods({ min: 0, max: 0 })), { min: {}, max: {} });
  });
});
