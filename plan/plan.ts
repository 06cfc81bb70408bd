import { SECRET_PLACEHOLDER } from "../config/schema/secrets";
import { Secret, Unknown, type RecordedResource, type Run } from "../engine/engine";
import { Hidden } from "./hidden";
import type { StackConfig } from "../cli/stackConfig";

/** The placeholder in a plan for a value that only a deployment knows. */
export const COMPUTED = "[computed]";

/** What a plan shows for the letters that Pulumi adds to a name that the program does not set. */
export const GENERATED = "-…";

/** A run without its secrets: everything that is printed or written as JSON comes from this. */
export interface Plan {
  readonly stack: string;
  /** In the order of registration: a resource comes after those that it depends on. */
  readonly resources: readonly PlannedResource[];
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly warnings: readonly string[];
}

export interface PlannedOptions extends Pick<
  RecordedResource,
  "sources" | "ignoreChanges" | "replaceOnChanges" | "aliases"
> {
  /** Names in inputs that are secret as a whole, by input; undefined: not known. */
  readonly secretMaps?: Readonly<Record<string, readonly string[]>>;
  /**
   * Inputs in which a text that holds a value that only a deployment knows is no such value as a whole: `[computed]` stands in
   * it. Undefined: not known.
   */
  readonly texts?: Readonly<Record<string, unknown>>;
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
  /** What decides how a change is made, or what rules ask, and is not part of the JSON. */
  readonly options: PlannedOptions;
  /** Only set if the resource exists already and is read. */
  readonly read?: true;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** @param hide what stands for the value of a secret */
export function planOf(
  { stack, warnings }: Pick<StackConfig, "stack" | "warnings">,
  run: Run,
  hide: (secret: unknown) => unknown = () => SECRET_PLACEHOLDER,
): Plan {
  const masked = (value: unknown) => replaced(value, hide);
  return {
    stack,
    resources: run.resources.map((resource) => {
      const { urn, type, name, parent, dependsOn, protect, read, inputs } = resource;
      const { sources, ignoreChanges, replaceOnChanges, aliases } = resource;
      return {
        urn,
        type,
        name,
        parent: parent === "" ? null : parent,
        dependsOn: [...dependsOn].sort(),
        protect,
        options: {
          sources,
          ignoreChanges,
          replaceOnChanges,
          ...(aliases && aliases.length > 0 && { aliases }),
          secretMaps: secretMapsIn(inputs),
        },
        ...(read && { read }),
        inputs: masked(inputs) as Record<string, unknown>,
      };
    }),
    outputs: masked(
      Object.fromEntries(Object.entries(run.outputs).filter(([, value]) => value !== undefined)),
    ) as Record<string, unknown>,
    warnings: [...run.warnings, ...warnings],
  };
}

/** Resources by URN, in the order of registration. */
export function byUrn({
  resources,
}: Pick<Plan, "resources">): ReadonlyMap<string, PlannedResource> {
  return new Map(resources.map((resource) => [resource.urn, resource]));
}

/** JSON in an order that depends only on names, so that two plans can be compared. */
export function planJson(plan: Plan): string {
  const resources = [...plan.resources]
    .sort((a, b) => (a.urn < b.urn ? -1 : 1))
    .map((resource) => ({
      ...resource,
      options: undefined,
      inputs: sortedKeys(resource.inputs),
    }));
  return `${JSON.stringify({ ...plan, resources, outputs: sortedKeys(plan.outputs) }, null, 2)}\n`;
}

function sortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedKeys);
  if (typeof value !== "object" || value === null || value instanceof Hidden) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sortedKeys(item)]),
  );
}

/** Names are no secret, and say whether one is missing. */
function secretMapsIn(inputs: Readonly<Record<string, unknown>>): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(inputs).flatMap(([input, secret]): [string, string[]][] => {
      const value: unknown = secret instanceof Secret ? secret.value : undefined;
      const isMap = typeof value === "object" && value !== null && !(value instanceof Unknown);
      return isMap && !Array.isArray(value) ? [[input, Object.keys(value)]] : [];
    }),
  );
}

function replaced(value: unknown, hide: (secret: unknown) => unknown): unknown {
  if (value instanceof Secret) return hide(value.value);
  if (value instanceof Unknown) return COMPUTED;
  if (Array.isArray(value)) return value.map((item) => replaced(item, hide));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, replaced(item, hide)]),
  );
}
