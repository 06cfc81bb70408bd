import * as assert from "node:assert/strict";
import { REDIS_RESOURCES } from "../../components/inClusterRedis";
import { containerLimits, reviewLimits } from "../../components/reviewLimits";
import { loadExisting } from "../helpers/configs";

const limitsOf = async (app: Readonly<Record<string, unknown>> = {}) =>
  reviewLimits((await loadExisting({ "app.replicas": { min: 1, max: 1 }, ...app })).app);

describe("the limits of a review site", () => {
  it("fit one replica, the pod that replaces it, and Redis, and nothing else", async () => {
    const limits = await limitsOf({ "app.resources": { cpu: "250m", memory: "512Mi" } });
    assert.deepEqual(limits.quota, {
      pods: "3",
      "requests.cpu": "550m",
      "requests.memory": "1280Mi",
      "limits.cpu": "3000m",
      "limits.memory": "1536Mi",
      persistentvolumeclaims: "0",
      "services.loadbalancers": "0",
      "services.nodeports": "0",
    });
    // What the figures above are made of.
    assert.deepEqual(REDIS_RESOURCES, {
      requests: { cpu: "50m", memory: "256Mi" },
      limits: { memory: "512Mi" },
    });
    assert.deepEqual(containerLimits(limits), {
      limits: [{ type: "Container", default: { cpu: "1000m" } }],
    });
  });

  it("leave no room for a pod more where the old one ends first", async () => {
    const limits = await limitsOf({ "app.rollout": { maxSurge: 0, maxUnavailable: 1 } });
    assert.equal(limits.quota.pods, "2");
  });
});
