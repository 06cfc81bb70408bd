import * as assert from "node:assert/strict";
import { autoscaler } from "../../../components/nextApp/autoscaler";

describe("autoscaler", () => {
  it("scales up at once and down slowly, between the limits, by CPU (mocks do not scale)", () => {
    const replicas = { min: 2, max: 10, targetCpuPercent: 70, scaleDownAfterSeconds: 120 };
    assert.deepEqual(autoscaler("web", replicas), {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
      minReplicas: 2,
      maxReplicas: 10,
      metrics: [
        {
          type: "Resource",
          resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } },
        },
      ],
      behavior: {
        scaleUp: {
          stabilizationWindowSeconds: 0,
          policies: [{ type: "Percent", value: 100, periodSeconds: 15 }],
        },
        scaleDown: {
          stabilizationWindowSeconds: 120,
          policies: [{ type: "Percent", value: 25, periodSeconds: 60 }],
        },
      },
    });
  });
});
