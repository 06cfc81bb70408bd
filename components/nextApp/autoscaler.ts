import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { NextAppArgs } from "./args";

/** Up at once, since a burst does not wait; down slowly, since it may come back. */
export function autoscaler(
  deployment: pulumi.Input<string>,
  {
    min,
    max,
    targetCpuPercent,
    targetMemoryPercent,
    scaleDownAfterSeconds,
  }: NextAppArgs["replicas"],
): types.input.autoscaling.v2.HorizontalPodAutoscalerSpec {
  return {
    scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: deployment },
    minReplicas: min,
    maxReplicas: max,
    metrics: [
      utilization("cpu", targetCpuPercent),
      ...(targetMemoryPercent === undefined ? [] : [utilization("memory", targetMemoryPercent)]),
    ],
    behavior: {
      scaleUp: {
        stabilizationWindowSeconds: 0,
        policies: [{ type: "Percent", value: 100, periodSeconds: 15 }],
      },
      scaleDown: {
        stabilizationWindowSeconds: scaleDownAfterSeconds,
        policies: [{ type: "Percent", value: 25, periodSeconds: 60 }],
      },
    },
  };
}

function utilization(
  name: "cpu" | "memory",
  averageUtilization: number,
): types.input.autoscaling.v2.MetricSpec {
  return {
    type: "Resource",
    resource: { name, target: { type: "Utilization", averageUtilization } },
  };
}
