import { pullRequestOf } from "../model/reviewSite";
import { podsOf } from "../model/rollout";
import { setCommand } from "../config/messages/commands";
import { STRICTER_IN_PRODUCTION } from "../config/rules/rule";
import { GENERATED, type Plan, type PlannedResource } from "../plan/plan";
import { isPartOf } from "../plan/typeNames";
import { asInConfig } from "./configRules";
import type { Policy, Violation } from "./policy";
import { inTheCode } from "./remedies";
import { at, isComputed, listOf, mapOf } from "./values";
import {
  containersOf,
  namespaceOf,
  objectsOf,
  selects,
  workloadsOf,
  type Workload,
} from "./workloads";

/*
 * Whether the site stays up while pods come and go.
 */

/** Objects whose pods replace each other. */
const KEPT_UP = ["Deployment", "StatefulSet"];

/** The name by which others refer to an object; Pulumi completes one that the program does not set. */
function referredTo({ name, inputs }: PlannedResource): string[] {
  const set = at(inputs, "metadata", "name");
  return typeof set === "string" ? [set] : [name, `${name}${GENERATED}`];
}

/** The autoscaler of a workload; undefined: it has none. */
function scalerOf(
  plan: Plan,
  { resource, kind, namespace }: Workload,
): PlannedResource | undefined {
  return objectsOf(plan, "HorizontalPodAutoscaler").find((one) => {
    const target = mapOf(at(one.inputs, "spec", "scaleTargetRef"));
    return (
      namespaceOf(one) === namespace && target.kind === kind && isReference(target.name, resource)
    );
  });
}

/** The fewest pods that a workload runs: those of its autoscaler, else its own; undefined: not known. */
function leastPods(plan: Plan, workload: Workload): number | undefined {
  const scaler = scalerOf(plan, workload);
  const count = scaler
    ? (at(scaler.inputs, "spec", "minReplicas") ?? 1)
    : (at(workload.resource.inputs, "spec", "replicas") ?? 1);
  return typeof count === "number" ? count : undefined;
}

/** Once deployed, the letters that Pulumi adds are known. */
function isReference(name: unknown, resource: PlannedResource): boolean {
  const known = referredTo(resource);
  return typeof name === "string" && (known.includes(name) || isComputed(name));
}

const onePod: Policy = {
  ...asInConfig("one-pod"),
  scanners: { kubeLinter: ["minimum-three-replicas", "hpa-minimum-three-replicas"] },
  check: ({ plan }) =>
    workloadsOf(plan)
      .filter(({ kind, resource }) => KEPT_UP.includes(kind) && !isRedis(resource))
      .filter((workload) => leastPods(plan, workload) === 1)
      // The site of a pull request is one pod, and may not be more.
      .filter(() => pullRequestOf(plan.stack) === undefined)
      .map((workload) => ({
        resource: workload.resource,
        message: "runs a single pod: its loss is an outage until the next is up.",
        ...secondPod(plan, workload),
      })),
};

/** How to get a second pod, and the config key that says how many there are. */
function secondPod(plan: Plan, workload: Workload): Pick<Violation, "key" | "remedy"> {
  const { resource } = workload;
  const set = (key: string) => setCommand(key, "2", "", plan.stack);
  if (isPartOf(resource, "StaticAssets")) {
    return { key: "assets.replicas", remedy: set("assets.replicas") };
  }
  if (!isPartOf(resource, "NextApp")) {
    return { remedy: inTheCode(`set replicas where the code makes ${resource.name}`, "replicas") };
  }
  const scaler = scalerOf(plan, workload);
  const room = scaler !== undefined && at(scaler.inputs, "spec", "maxReplicas") !== 1;
  const least = set("app.replicas.min");
  return {
    key: "app.replicas.min",
    remedy: room ? least : `${set("app.replicas.max")}\n${least}`,
  };
}

/** It has a rule of its own, `redis-without-disk`: a second pod would not share its data. */
function isRedis(resource: PlannedResource): boolean {
  return isPartOf(resource, "InClusterRedis");
}

const disruptionBudget: Policy = {
  id: "disruption-budget",
  why: "Without a budget a drain of nodes takes all pods at once; one that allows no pod to leave blocks every drain.",
  severity: STRICTER_IN_PRODUCTION,
  scanners: {
    kubeLinter: ["pdb-max-unavailable", "pdb-min-available", "pdb-unhealthy-pod-eviction-policy"],
  },
  check: ({ plan }) =>
    workloadsOf(plan)
      .filter(({ kind }) => KEPT_UP.includes(kind))
      .flatMap((workload): Violation[] => {
        const least = leastPods(plan, workload);
        // A colour that waits has no pods, and nothing to keep.
        const message = least ? budgetProblem(plan, workload, least) : undefined;
        const { resource } = workload;
        return message === undefined
          ? []
          : [
              {
                resource,
                message,
                remedy: inTheCode(
                  `set maxUnavailable: 1 where the code makes the budget of ${resource.name}`,
                  "PodDisruptionBudget",
                ),
              },
            ];
      }),
};

function budgetProblem(plan: Plan, workload: Workload, least: number): string | undefined {
  const budget = objectsOf(plan, "PodDisruptionBudget").find(
    (one) =>
      namespaceOf(one) === workload.namespace &&
      selects(at(one.inputs, "spec", "selector"), workload.labels),
  );
  if (!budget) {
    return least < 2
      ? undefined
      : `has ${least} pods and no PodDisruptionBudget: a drain may take all.`;
  }
  if (isComputed(budget.inputs.spec)) return undefined;
  const { minAvailable, maxUnavailable, unhealthyPodEvictionPolicy } = mapOf(budget.inputs.spec);
  if (minAvailable !== undefined && staying(minAvailable, least) >= least) {
    return `its budget keeps ${String(minAvailable)} of at least ${least} pods: no node can be drained.`;
  }
  if (maxUnavailable !== undefined && staying(maxUnavailable, least) === 0) {
    return `its budget lets ${String(maxUnavailable)} of at least ${least} pods leave: no node can be drained.`;
  }
  return unhealthyPodEvictionPolicy === "AlwaysAllow"
    ? undefined
    : "its budget protects pods that are not ready: a broken release blocks every drain.";
}

/** Percentages of a budget are rounded up. Source: Kubernetes, "Specifying a PodDisruptionBudget". */
function staying(value: unknown, pods: number): number {
  return typeof value === "number" || typeof value === "string"
    ? podsOf(value, pods, "up")
    : Number.NaN;
}

/** Kubernetes' default. */
const DEFAULT_GRACE_SECONDS = 30;

const gracePeriod: Policy = {
  id: "grace-period",
  why: "What is still running at the end of the grace period is killed: requests break off, and writes end in their middle.",
  severity: STRICTER_IN_PRODUCTION,
  scanners: {},
  check: ({ plan }) =>
    workloadsOf(plan).flatMap((workload) =>
      containersOf(workload).flatMap(({ part, spec }): Violation[] => {
        const grace = workload.pod.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS;
        const [wait, longest] = [preStopSeconds(spec), requestSeconds(spec)];
        if (typeof grace !== "number" || wait + longest === 0 || wait + longest < grace) return [];
        return [
          {
            resource: workload.resource,
            part,
            message: `${part} waits ${wait} s (preStop), and its requests may take ${longest} s, but it is killed after ${grace} s.`,
            remedy: inTheCode(
              `set a longer grace period where the code makes the pods of ${workload.resource.name}`,
              "terminationGracePeriodSeconds",
            ),
          },
        ];
      }),
    ),
};

function preStopSeconds(spec: unknown): number {
  const hook = at(spec, "lifecycle", "preStop");
  const sleep = at(hook, "sleep", "seconds");
  if (typeof sleep === "number") return sleep;
  const command = listOf(at(hook, "exec", "command"))
    .map(String)
    .join(" ");
  return Number(/\bsleep (\d+)/.exec(command)?.[1] ?? 0);
}

/** The pod's agent is told how long it may wait for requests. */
function requestSeconds(spec: unknown): number {
  const grace = listOf(at(spec, "env")).find((it) => at(it, "name") === "AGENT_GRACE_SECONDS");
  return Number(at(grace, "value") ?? 0);
}

export const availabilityPolicies: readonly Policy[] = [onePod, disruptionBudget, gracePeriod];
