import type { types } from "@pulumi/kubernetes";

/** Which nodes pods may run on, and with which priority. */
export interface Placement {
  nodeSelector: Record<string, string>;
  /** Taints that the pods tolerate. */
  tolerations: { key: string; value?: string; effect?: string }[];
  priorityClassName?: string;
}

/** A toleration without a value tolerates every value of its key. */
export function placement({
  nodeSelector,
  tolerations,
  priorityClassName,
}: Placement): Pick<
  types.input.core.v1.PodSpec,
  "nodeSelector" | "tolerations" | "priorityClassName"
> {
  return {
    nodeSelector,
    tolerations: tolerations.map(({ key, value, effect }) => ({
      key,
      effect,
      ...(value === undefined ? { operator: "Exists" } : { operator: "Equal", value }),
    })),
    priorityClassName,
  };
}

/** Over zones and nodes as evenly as they allow. */
export function spread(
  matchLabels: Record<string, string>,
): types.input.core.v1.TopologySpreadConstraint[] {
  return ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels },
  }));
}

/** As `spread`, counted for each ReplicaSet of a Deployment, so that a rollout evens out too. */
export function spreadByRelease(
  matchLabels: Record<string, string>,
): types.input.core.v1.TopologySpreadConstraint[] {
  return spread(matchLabels).map((it) => ({ ...it, matchLabelKeys: ["pod-template-hash"] }));
}
