import type { StateResource } from "./awsStack";
import { shortOf, typeOf } from "./engineLog";

interface Step {
  readonly op: string;
  readonly urn: string;
  readonly newState?: StateResource;
}

/** Steps that a table tells, by what they do; the rest is part of a replacement. */
const OPS = {
  create: "created",
  update: "updated",
  replace: "replaced",
  delete: "deleted",
} as const;
type Did = (typeof OPS)[keyof typeof OPS];

/** What a preview says, or an up did: short names of resources by what is done with them. */
export type Effects = Readonly<Record<Did, readonly string[]>>;

/** @param steps `op urn`, of the engine's log */
export function effectsOf(steps: readonly string[]): Effects {
  const found: Record<Did, string[]> = { created: [], updated: [], replaced: [], deleted: [] };
  for (const step of steps) {
    const [op = "", urn = ""] = step.split(/ (.*)/s);
    // The engine's own, and components, which are nothing beside their children.
    if (/^(pulumi:(pulumi|providers)|next-on-eks:|eks:index:)/.test(typeOf(urn))) continue;
    const did = OPS[op as keyof typeof OPS];
    if (did !== undefined) found[did].push(shortOf(urn));
  }
  for (const list of Object.values(found)) list.sort();
  return found;
}

/** The steps of `pulumi preview --json`, in the same form. */
export function stepsOf(json: string): string[] {
  return parsed(json).map(({ op, urn }) => `${op} ${urn}`);
}

/** The resources that `pulumi preview --json` plans. */
export function planned(json: string): StateResource[] {
  return parsed(json).flatMap(({ newState }) => (newState ? [newState] : []));
}

function parsed(json: string): readonly Step[] {
  const { steps = [] } = JSON.parse(json.slice(json.indexOf("{"))) as { steps?: Step[] };
  return steps;
}

/** `2 updated: Deployment web, Ingress site`. */
export function told(effects: Effects): string {
  const parts = Object.entries(effects)
    .filter(([, names]) => names.length > 0)
    .map(([did, names]) => `${did}: ${counted(names)}`);
  return parts.length === 0 ? "nothing" : parts.join("; ");
}

/** Many of a type are told by their number. */
function counted(names: readonly string[]): string {
  const types = new Map<string, string[]>();
  for (const name of names) {
    const [type = "", rest = ""] = name.split(/ (.*)/s);
    types.set(type, [...(types.get(type) ?? []), rest]);
  }
  return [...types]
    .map(([type, list]) =>
      list.length > 2 ? `${list.length} ${type}` : `${type} ${list.join(", ")}`,
    )
    .join(", ");
}
