import type { PolicyResource } from "@pulumi/policy";
import { SECRET_PLACEHOLDER } from "../../config/schema/secrets";
import { COMPUTED, type Plan, type PlannedResource } from "../../plan/plan";
import { KEPT_BY_THE_PROVIDER } from "../secrets";
import { isComputed } from "../values";

/*
 * What Pulumi's engine hands to a policy pack, as a plan.
 */

const STACK = "pulumi:pulumi:Stack";
/** Components of other packages: the engine has what they return, not what they were asked; the resources in them say that. */
const RETURNED = ["eks:index:Cluster"];

/** What of a resource is read. */
export type EngineResource = Pick<
  PolicyResource,
  "urn" | "type" | "name" | "props" | "opts" | "parent"
> & {
  readonly dependencies: readonly Pick<PolicyResource, "urn">[];
};

/** The name of the stack, from the URN of any of its resources; undefined: there is none. */
export function stackOf(resources: readonly Pick<EngineResource, "urn">[]): string | undefined {
  return resources[0]?.urn.split(":")[2];
}

/** What each resource was asked for, by URN. */
export type Inputs = Map<string, unknown>;

/**
 * Of a resource in a cluster that is yet to be made, a preview knows nothing at its end but what it was asked for. Secrets
 * come in clear, so that what is secret as a whole cannot be told from what is not.
 * @param inputs what is known of them; for any other, what its provider has made
 */
export function planOfEngine(
  stack: string,
  resources: readonly EngineResource[],
  inputs: Inputs,
): Plan {
  return {
    stack,
    resources: resources
      .filter(({ type }) => type !== STACK && !RETURNED.includes(type))
      .map((resource) => resourceOf(resource, inputs.get(resource.urn) ?? known(resource.props))),
    outputs: {},
    warnings: [],
  };
}

function resourceOf(resource: EngineResource, inputs: unknown): PlannedResource {
  const { urn, type, name, opts, parent, dependencies } = resource;
  const { ignoreChanges } = opts;
  return {
    urn,
    type,
    name,
    parent: parent === undefined || parent.type === STACK ? null : parent.urn,
    dependsOn: dependencies.map((it) => it.urn).sort(),
    protect: opts.protect,
    options: { sources: {}, ignoreChanges, replaceOnChanges: [] },
    inputs: hidden(type, inputs as Record<string, unknown>),
  };
}

/** Inputs that only their provider reads. The engine hands them out in clear once they are known. */
function hidden(type: string, inputs: Record<string, unknown>): Record<string, unknown> {
  if (!type.startsWith("aws:")) return inputs;
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [
      name,
      KEPT_BY_THE_PROVIDER.test(name) && !isComputed(value) && value !== undefined
        ? SECRET_PLACEHOLDER
        : value,
    ]),
  );
}

/** A copy in which `[computed]` stands for what nobody knows yet: the SDK throws where such a value is read. */
export function known(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  // Not by its own functions, which read the items.
  if (Array.isArray(value)) {
    return Array.from({ length: value.length }, (_, index) => readOf(value, index));
  }
  return Object.fromEntries(Object.keys(value).map((name) => [name, readOf(value, name)]));
}

function readOf(holder: object, name: PropertyKey): unknown {
  let value: unknown;
  try {
    value = (holder as Record<PropertyKey, unknown>)[name];
  } catch (error) {
    if (/can't be known during preview/.test((error as Error).message)) return COMPUTED;
    throw error;
  }
  return known(value);
}
