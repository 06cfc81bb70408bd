import { SECRET_PLACEHOLDER } from "../config/schema/secrets";
import { Secret, Unknown, type Run } from "../engine/engine";
import type { StackConfig } from "../cli/stackConfig";

/** The placeholder in a plan for a value that only a deployment knows. */
export const COMPUTED = "[computed]";

/** A run without its secrets: everything that is printed or written as JSON comes from this. */
export interface Plan {
  readonly stack: string;
  /** In the order of registration: a resource comes after those that it depends on. */
  readonly resources: readonly PlannedResource[];
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly warnings: readonly string[];
}

export interface PlannedResource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** URN of the parent, or null for a child of the stack. */
  readonly parent: string | null;
  /** URNs, sorted. */
  readonly dependsOn: readonly string[];
  readonly protect: boolean;
  /** Only set if the resource exists already and is read. */
  readonly read?: true;
  readonly inputs: Readonly<Record<string, unknown>>;
}

export function planOf(
  { stack, warnings }: Pick<StackConfig, "stack" | "warnings">,
  run: Run,
): Plan {
  return {
    stack,
    resources: run.resources.map(
      ({ urn, type, name, parent, dependsOn, protect, read, inputs }) => ({
        urn,
        type,
        name,
        parent: parent === "" ? null : parent,
        dependsOn: [...dependsOn].sort(),
        protect,
        ...(read && { read }),
        inputs: masked(inputs) as Record<string, unknown>,
      }),
    ),
    outputs: masked(
      Object.fromEntries(Object.entries(run.outputs).filter(([, value]) => value !== undefined)),
    ) as Record<string, unknown>,
    warnings: [...run.warnings, ...warnings],
  };
}

/** JSON in an order that depends only on names, so that two plans can be compared. */
export function planJson(plan: Plan): string {
  const resources = [...plan.resources]
    .sort((a, b) => (a.urn < b.urn ? -1 : 1))
    .map((resource) => ({ ...resource, inputs: sortedKeys(resource.inputs) }));
  return `${JSON.stringify({ ...plan, resources, outputs: sortedKeys(plan.outputs) }, null, 2)}\n`;
}

function sortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedKeys);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sortedKeys(item)]),
  );
}

function masked(value: unknown): unknown {
  if (value instanceof Secret) return SECRET_PLACEHOLDER;
  if (value instanceof Unknown) return COMPUTED;
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, masked(item)]));
}
