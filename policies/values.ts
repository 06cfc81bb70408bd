import { SECRET_PLACEHOLDER } from "../config/schema/secrets";
import { Hidden } from "../plan/hidden";
import { COMPUTED } from "../plan/plan";

/*
 * Looks into the values of a plan, some of which nobody knows yet.
 */

export type Values = Readonly<Record<string, unknown>>;

/** Whether only a deployment knows it, so that no rule can judge it. */
export function isComputed(value: unknown): boolean {
  return value === COMPUTED;
}

/** Whether it is a secret, whose value no plan shows. */
export function isSecret(value: unknown): boolean {
  return value === SECRET_PLACEHOLDER || value instanceof Hidden;
}

/** A map; empty if it is anything else, so that paths can be followed without a question at each step. */
export function mapOf(value: unknown): Values {
  const isMap =
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Hidden);
  return isMap ? (value as Values) : {};
}

/** A list; empty if it is anything else. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The value at a path of names: `at(inputs, "spec", "replicas")`. What is below a value that nobody knows is as unknown. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, name) => (isComputed(inner) ? inner : mapOf(inner)[name]),
    value,
  );
}

/** Whether a value is known and not what it must be. */
export function isNot(value: unknown, wanted: unknown): boolean {
  return !isComputed(value) && value !== wanted;
}

export interface Leaf {
  /** `spec.containers[0].env[2].value` */
  readonly path: string;
  readonly value: unknown;
}

/** Every value below a value that is no map and no list. */
export function leavesOf(value: unknown, path = ""): Leaf[] {
  if (isSecret(value)) return [{ path, value }];
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => leavesOf(item, `${path}[${index}]`));
  }
  if (typeof value !== "object" || value === null) return [{ path, value }];
  return Object.entries(value).flatMap(([name, item]) =>
    leavesOf(item, path === "" ? name : `${path}.${name}`),
  );
}
