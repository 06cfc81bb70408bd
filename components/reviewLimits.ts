import type { types } from "@pulumi/kubernetes";
import type { AppConfig } from "../config/schema/app";
import { bytesOf, milliCores } from "../model/quantities";
import { podsOf } from "../model/rollout";
import { REDIS_RESOURCES } from "./inClusterRedis";

/** What the namespace of a review site may use at most. */
export interface ReviewLimits {
  /** Of the namespace together, as a ResourceQuota counts. */
  readonly quota: Readonly<Record<string, string>>;
  /** Of each container that names no limit of its own. */
  readonly container: { readonly cpu: string };
}

/** CPU limit of a container, which only review sites have: throttling costs latency, but here it protects the others. */
const CPU_LIMIT_MILLI = 1000;

/**
 * The limits that fit one replica, the pod that replaces it in a rollout, and the Redis beside them; no volume, and no
 * port outside the cluster.
 */
export function reviewLimits({
  replicas,
  resources,
  rollout,
}: Pick<AppConfig, "replicas" | "resources" | "rollout">): ReviewLimits {
  const pods = replicas.max + podsOf(rollout.maxSurge, replicas.max, "up");
  const redis = REDIS_RESOURCES;
  return {
    container: { cpu: milli(CPU_LIMIT_MILLI) },
    quota: {
      pods: String(pods + 1),
      "requests.cpu": milli(pods * milliCores(resources.cpu) + milliCores(redis.requests.cpu)),
      "requests.memory": mebibytes(
        pods * bytesOf(resources.memory) + bytesOf(redis.requests.memory),
      ),
      "limits.cpu": milli((pods + 1) * CPU_LIMIT_MILLI),
      "limits.memory": mebibytes(pods * bytesOf(resources.memory) + bytesOf(redis.limits.memory)),
      persistentvolumeclaims: "0",
      "services.loadbalancers": "0",
      "services.nodeports": "0",
    },
  };
}

/** The LimitRange: without a CPU limit, the quota would refuse the pod. */
export function containerLimits({ container }: ReviewLimits): types.input.core.v1.LimitRangeSpec {
  return { limits: [{ type: "Container", default: container }] };
}

function milli(amount: number): string {
  return `${amount}m`;
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)}Mi`;
}
