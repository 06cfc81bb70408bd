import { setCommand } from "../config/messages/commands";
import type { Plan } from "../plan/plan";
import { isPartOf } from "../plan/typeNames";
import { WARNED, type Policy } from "./policy";
import { inTheCode } from "./remedies";
import { at, isComputed, listOf } from "./values";
import { namespaceOf, objectsOf, selects, workloadsOf, type Workload } from "./workloads";

/*
 * Which pods of a cluster reach which.
 */

const networkPolicy: Policy = {
  id: "network-policy",
  why: "A pod that no NetworkPolicy selects answers every pod of the cluster, also one that somebody has broken into.",
  severity: WARNED,
  scanners: { checkov: ["CKV2_K8S_6"], kubeLinter: ["non-isolated-pod"] },
  check: ({ plan }) =>
    workloadsOf(plan).flatMap((workload) => {
      const open = ["Ingress", "Egress"].filter((way) => !isSelected(plan, workload, way));
      if (open.length === 0) return [];
      const ways = open.map((way) => (way === "Ingress" ? "in" : "out")).join(" and ");
      return {
        resource: workload.resource,
        part: ways,
        message: `no NetworkPolicy says who may connect ${ways} (labels ${labelsOf(workload)}).`,
        remedy: isOn(plan)
          ? inTheCode(`add one for ${workload.resource.name}`, "NetworkPolicy")
          : setCommand("networkPolicy.enabled", "true", "", plan.stack),
      };
    }),
};

/** Whether the stack makes its own policies: then the key is on, and it is the code that leaves pods out. */
function isOn(plan: Plan): boolean {
  return objectsOf(plan, "NetworkPolicy").some((it) => isPartOf(it, "NetworkPolicies"));
}

function isSelected(plan: Plan, { namespace, labels }: Workload, way: string): boolean {
  return objectsOf(plan, "NetworkPolicy").some((policy) => {
    const spec = policy.inputs.spec;
    return (
      namespaceOf(policy) === namespace &&
      waysOf(spec).includes(way) &&
      selects(at(spec, "podSelector"), labels)
    );
  });
}

/** Without types a policy is for what comes in, and for what goes out if it has rules for that. */
function waysOf(spec: unknown): readonly unknown[] {
  const types = at(spec, "policyTypes");
  if (types !== undefined) return listOf(types);
  const egress = at(spec, "egress");
  return isComputed(egress) || listOf(egress).length > 0 ? ["Ingress", "Egress"] : ["Ingress"];
}

function labelsOf({ labels }: Workload): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(",");
}

export const networkPolicies: readonly Policy[] = [networkPolicy];
