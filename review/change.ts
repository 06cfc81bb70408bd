import type { PlannedResource } from "../plan/plan";
import { effectOf, type Effect } from "./replacement";
import type { PropertyChange } from "./values";

/** What becomes of a resource, from the worst to the least. */
export const FATES = [
  "deleted",
  "replaced",
  "perhaps replaced",
  "created",
  "updated",
  "may change",
] as const;
export type Fate = (typeof FATES)[number];

/** Where what was in a resource is gone, or perhaps is. */
export const LOST: ReadonlySet<Fate> = new Set(["deleted", "replaced", "perhaps replaced"]);

/** In a sentence, what is lost in capital letters. */
export const FATE_WORDS: Readonly<Record<Fate, string>> = {
  deleted: "DELETED",
  replaced: "REPLACED",
  "perhaps replaced": "perhaps REPLACED",
  created: "created",
  updated: "updated",
  "may change": "may change",
};

export interface ResourceChange {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly fate: Fate;
  /** Undefined: it is created. */
  readonly before: PlannedResource | undefined;
  /** Undefined: it is deleted. */
  readonly after: PlannedResource | undefined;
  /** What differs in a resource that stays; empty if it is created or deleted. */
  readonly properties: readonly PropertyChange[];
  /** Those of `properties` that replace it, or perhaps do. */
  readonly forcing: readonly string[];
  /** Whether Pulumi refuses to delete it, if that changes. */
  readonly protection: "removed" | "added" | undefined;
  /** URNs of the resources whose change makes it change. */
  readonly because: readonly string[];
}

/** @param more what is known beside the properties */
export function staying(
  before: PlannedResource,
  after: PlannedResource,
  properties: readonly PropertyChange[],
  more: Pick<ResourceChange, "protection" | "because">,
): ResourceChange {
  const { urn, type, name } = after;
  const effects = properties.map((property) =>
    effectOf(type, property, after.options.replaceOnChanges),
  );
  const forcing = properties.filter((_, index) => effects[index] !== "updated");
  return {
    urn,
    type,
    name,
    fate: fateBy(effects, properties, more.protection !== undefined),
    before,
    after,
    properties,
    forcing: forcing.map(({ path }) => path),
    ...more,
  };
}

function fateBy(
  effects: readonly Effect[],
  properties: readonly PropertyChange[],
  protection: boolean,
): Fate {
  if (effects.includes("replaced")) return "replaced";
  if (effects.includes("perhaps replaced")) return "perhaps replaced";
  const sure = protection || properties.some(({ kind }) => kind !== "may change");
  return sure ? "updated" : "may change";
}

const alone = { properties: [], forcing: [], protection: undefined, because: [] };

export function created(after: PlannedResource): ResourceChange {
  const { urn, type, name } = after;
  return { urn, type, name, fate: "created", before: undefined, after, ...alone };
}

export function deleted(before: PlannedResource): ResourceChange {
  const { urn, type, name } = before;
  return { urn, type, name, fate: "deleted", before, after: undefined, ...alone };
}
