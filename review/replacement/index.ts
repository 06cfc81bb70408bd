import type { PropertyChange } from "../values";
import { AWS } from "./aws";
import { KUBERNETES } from "./kubernetes";
import { OTHERS } from "./others";
import type { Effect, Replacement, Table } from "./rule";

export type { Effect } from "./rule";

/** What replaces a resource, by type. */
export const replacements: Table = { ...AWS, ...KUBERNETES, ...OTHERS };

/**
 * The effect of one change on a resource of a type. A type that the table does not know is perhaps replaced.
 * @param always properties that the program itself lets replace the resource
 */
export function effectOf(
  type: string,
  change: PropertyChange,
  always: readonly string[] = [],
): Effect {
  if (always.some((whole) => touches(change.path, whole))) return sure("replaced", change);
  const rule = Object.hasOwn(replacements, type) ? replacements[type] : undefined;
  if (rule === undefined) return "perhaps replaced";
  return sure(rule.decide?.(change) ?? listed(rule, change.path), change);
}

/** Where nobody knows whether the value differs, a replacement is not certain. */
function sure(effect: Effect, { kind }: PropertyChange): Effect {
  return effect === "replaced" && kind === "may change" ? "perhaps replaced" : effect;
}

/** The longest entry counts, for what is at it and below: `spec.resources` before `spec`. */
function listed({ by, except = [], perhaps = {} }: Replacement, path: string): Effect {
  const entries: [string, Effect][] = [
    ...by.map((whole): [string, Effect] => [whole === "*" ? "" : whole, "replaced"]),
    ...Object.keys(perhaps).map((whole): [string, Effect] => [whole, "perhaps replaced"]),
    ...except.map((whole): [string, Effect] => [whole, "updated"]),
  ];
  const found = entries
    .filter(([whole]) => whole === "" || path === whole || isBelow(path, whole))
    .sort(([a], [b]) => b.length - a.length);
  if (found[0] !== undefined) return found[0][1];
  // A larger part appears or disappears, and what replaces is in it.
  const parts = entries.filter(([whole]) => isBelow(whole, path)).map(([, effect]) => effect);
  const worst: readonly Effect[] = ["replaced", "perhaps replaced"];
  return worst.find((effect) => parts.includes(effect)) ?? "updated";
}

/** Whether a change at `path` touches the property `whole`: it, a part of it, or something larger that it is in. */
export function touches(path: string, whole: string): boolean {
  return path === whole || isBelow(path, whole) || isBelow(whole, path);
}

/** Whether a path is inside a property. */
export function isBelow(path: string, whole: string): boolean {
  return path.startsWith(whole) && /^[.[ ]/.test(path.slice(whole.length));
}
