import type { types } from "@pulumi/kubernetes";

/** Which nodes pods may run on, and before whom. */
export interface Placement {
  nodeSelector: Record<string, string>;
  /** Taints that the pods bear. */
  tolerations: { key: string; value?: string; effect?: string }[];
  priorityClassName?: string;
}

/** A toleration without a value bears every value of its key. */
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
