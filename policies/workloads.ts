import type { Plan, PlannedResource } from "../plan/plan";
import { at, isComputed, listOf, mapOf, type Values } from "./values";

/*
 * The Kubernetes objects of a plan that make pods, and the containers in them.
 */

/** An object whose pods the cluster runs. */
export interface Workload {
  readonly resource: PlannedResource;
  readonly kind: string;
  readonly namespace: string;
  readonly labels: Values;
  /** The spec of its pods. */
  readonly pod: Values;
}

export interface Container {
  /** `container next`, `init container publish`: which part of the workload it is. */
  readonly part: string;
  readonly initial: boolean;
  readonly spec: Values;
}

const WITH_TEMPLATE = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job"];

/** Where an object of a kind keeps its pods' template; undefined: it makes no pods. */
function templateOf({ inputs }: PlannedResource): unknown {
  const kind = String(inputs.kind);
  if (kind === "Pod") return inputs;
  if (kind === "CronJob") return at(inputs, "spec", "jobTemplate", "spec", "template");
  return WITH_TEMPLATE.includes(kind) ? at(inputs, "spec", "template") : undefined;
}

/** Objects of one kind, by what they say of themselves. */
export function objectsOf({ resources }: Plan, kind: string): PlannedResource[] {
  return resources.filter(
    ({ type, read, inputs }) => !read && type.startsWith("kubernetes:") && inputs.kind === kind,
  );
}

export function workloadsOf({ resources }: Plan): Workload[] {
  return resources.flatMap((resource) => {
    if (resource.read || !resource.type.startsWith("kubernetes:")) return [];
    const template = templateOf(resource);
    if (template === undefined) return [];
    return {
      resource,
      kind: String(resource.inputs.kind),
      namespace: namespaceOf(resource),
      labels: mapOf(at(template, "metadata", "labels")),
      pod: mapOf(at(template, "spec")),
    };
  });
}

export function namespaceOf({ inputs }: PlannedResource): string {
  const namespace = at(inputs, "metadata", "namespace");
  return typeof namespace === "string" ? namespace : "default";
}

export function containersOf({ pod }: Workload): Container[] {
  const named = (key: string, word: string, initial: boolean) =>
    listOf(pod[key]).map((spec): Container => ({
      part: `${word} ${String(at(spec, "name"))}`,
      initial,
      spec: mapOf(spec),
    }));
  return [
    ...named("initContainers", "init container", true),
    ...named("containers", "container", false),
  ];
}

/**
 * Whether a label selector takes pods with these labels. An empty one takes all.
 * @param selector `matchLabels` and `matchExpressions`, as the Kubernetes API has them
 */
export function selects(selector: unknown, labels: Values): boolean {
  const wanted = Object.entries(mapOf(at(selector, "matchLabels")));
  return (
    wanted.every(([name, value]) => labels[name] === value || isComputed(value)) &&
    listOf(at(selector, "matchExpressions")).every((expression) => holds(expression, labels))
  );
}

function holds(expression: unknown, labels: Values): boolean {
  const { key, operator, values } = mapOf(expression);
  const name = String(key);
  const among = listOf(values).includes(labels[name]);
  if (operator === "In") return among;
  if (operator === "NotIn") return !among;
  return (operator === "Exists") === name in labels;
}
