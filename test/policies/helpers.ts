import type { Plan, PlannedResource } from "../../plan/plan";
import { findingsOf, type PolicyFinding } from "../../policies/findings";
import type { Scene } from "../../policies/policy";
import { planned } from "../review/helpers";

/** A plan that breaks a rule, and what is then said. The stack's own plan does not break it. */
export interface Case {
  readonly rule: string;
  readonly stack?: "dev";
  readonly breaks: string;
  readonly by: (plan: Plan) => Plan;
  readonly says: readonly string[];
  readonly scene?: Partial<Scene>;
  /** Compared with the stack's own plan. */
  readonly compared?: true;
  /** The stack for tests breaks it as it is. */
  readonly already?: true;
}

const plans = new Map<string, Promise<Plan>>();

/** The plan of a stack for tests, made once. */
export function planOfStack(stack: string): Promise<Plan> {
  const plan = plans.get(stack) ?? planned(stack);
  plans.set(stack, plan);
  return plan;
}

/* eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests write anything into inputs */
export type Inputs = Record<string, any>;

interface Writable {
  inputs: Inputs;
  protect: boolean;
  options: { secretMaps?: Record<string, string[]> };
}

/** What a test changes: by the last part of the type and the name, `Deployment web`. */
type Changes = Readonly<Record<string, (resource: Writable) => void>>;

/** A copy of a plan with some of its resources changed. */
export function changing(plan: Plan, changes: Changes): Plan {
  const left = new Set(Object.keys(changes));
  const resources = plan.resources.map((resource): PlannedResource => {
    const change = changes[nameOf(resource)];
    if (!change) return resource;
    left.delete(nameOf(resource));
    const { options, protect } = resource;
    // Secrets are objects that cannot be copied; their printed form can.
    const inputs = JSON.parse(JSON.stringify(resource.inputs)) as Inputs;
    const copy = { inputs, options: { ...options }, protect };
    change(copy as unknown as Writable);
    return { ...resource, ...copy };
  });
  if (left.size > 0) throw new Error(`the plan has no ${[...left].join(", ")}`);
  return { ...plan, resources };
}

export function without(plan: Plan, ...names: readonly string[]): Plan {
  return { ...plan, resources: plan.resources.filter((it) => !names.includes(nameOf(it))) };
}

/** A plan with one more resource. */
export function adding(plan: Plan, type: string, name: string, inputs: Inputs): Plan {
  const resource: PlannedResource = {
    urn: `urn:pulumi:${plan.stack}::next-on-eks::${type}::${name}`,
    type,
    name,
    parent: null,
    dependsOn: [],
    protect: false,
    options: { sources: {}, ignoreChanges: [], replaceOnChanges: [] },
    inputs,
  };
  return { ...plan, resources: [...plan.resources, resource] };
}

function nameOf({ type, name }: Pick<PlannedResource, "type" | "name">): string {
  return `${type.split(":").at(-1)} ${name}`;
}

/** The spec of the pods of a Deployment. */
export const pod = (inputs: Inputs) => inputs.spec.template.spec as Inputs;
/** Their first container. */
export const server = (inputs: Inputs) => pod(inputs).containers[0] as Inputs;

/** On this day no version is near its end. */
export const TODAY = new Date("2026-12-01");

export function found(plan: Plan, more: Partial<Scene> = {}): readonly PolicyFinding[] {
  return findingsOf({ plan, production: plan.stack === "prod", today: TODAY, ...more }).open;
}

/** `web: container next has no readinessProbe.` for each finding of one rule, sorted. */
export function messages(findings: readonly PolicyFinding[], rule: string): string[] {
  return findings
    .filter((finding) => finding.rule === rule)
    .map(({ resource, message }) => `${resource.name}: ${message}`)
    .sort();
}
