import { SECRET_PLACEHOLDER } from "../config/schema/secrets";
import { Hidden } from "../plan/hidden";
import { COMPUTED } from "../plan/plan";

/*
 * What differs between two values of a plan, property by property. Nothing that differs is left out: what is noise is
 * decided elsewhere, by an explicit list.
 */

/**
 * `changes`: both values are known. `secret`: it changes, and neither value is shown. `may change`: one of the two is
 * known after `pulumi up` only.
 */
export type ChangeOf = "changes" | "secret" | "may change";

export interface PropertyChange {
  /** As people write it: `spec.template.spec.containers[next].image`. */
  readonly path: string;
  readonly kind: ChangeOf;
  /** Undefined: it was not set. */
  readonly old: unknown;
  /** Undefined: it is no longer set. */
  readonly now: unknown;
}

type Map = Readonly<Record<string, unknown>>;

/** What tells the items of a list apart, as Kubernetes and AWS do; the first that all items have, each its own. */
const KEYS = ["name", "key", "host", "mountPath", "containerPort", "port", "path", "address"];

/** @param path where the values stand, for the names of what is below */
export function differencesOf(old: unknown, now: unknown, path = ""): PropertyChange[] {
  if (old instanceof Hidden || now instanceof Hidden) return ofSecrets(old, now, path);
  if (equal(old, now)) return [];
  // What was not set, or no longer is, changes whatever the value is.
  const both = old !== undefined && now !== undefined;
  if (both && (old === COMPUTED || now === COMPUTED))
    return [{ path, kind: "may change", old, now }];
  if (isMap(old) && isMap(now)) return ofMaps(old, now, path);
  if (Array.isArray(old) && Array.isArray(now)) return ofLists(old, now, path);
  const [oldJson, nowJson] = [parsed(old), parsed(now)];
  if (oldJson && nowJson) {
    const inside = differencesOf(oldJson, nowJson, path);
    // The same content, written in another way.
    if (inside.length > 0) return inside;
  }
  return [{ path, kind: "changes", old, now }];
}

/** A secret of another process is a placeholder, of which nobody knows whether it differs. */
function ofSecrets(old: unknown, now: unknown, path: string): PropertyChange[] {
  const unknown = [old, now].some((value) => value === SECRET_PLACEHOLDER || value === COMPUTED);
  const same = old instanceof Hidden && old.same(now);
  if (same || unknown) return [];
  // A value that was in clear and is a secret now is one already.
  const shown = (value: unknown) => (value === undefined ? undefined : SECRET_PLACEHOLDER);
  return [{ path, kind: "secret", old: shown(old), now: shown(now) }];
}

function ofMaps(old: Map, now: Map, path: string): PropertyChange[] {
  const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])].sort();
  return keys.flatMap((key) => differencesOf(own(old, key), own(now, key), below(path, key)));
}

function ofLists(old: readonly unknown[], now: readonly unknown[], path: string): PropertyChange[] {
  if (![...old, ...now].some((item) => isMap(item) || item instanceof Hidden))
    return [{ path, kind: "changes", old, now }];
  const key = KEYS.find((name) => tellsApart(old, name) && tellsApart(now, name));
  return key === undefined
    ? ofUnnamed(old, now, path)
    : ofNamed(old as Map[], now as Map[], key, path);
}

function ofNamed(
  old: readonly Map[],
  now: readonly Map[],
  key: string,
  path: string,
): PropertyChange[] {
  const names = (items: readonly Map[]) => items.map((item) => String(item[key]));
  const all = [...new Set([...names(old), ...names(now)])];
  const itemOf = (items: readonly Map[], name: string) =>
    items.find((item) => String(item[key]) === name);
  const found = all.flatMap((name) =>
    differencesOf(itemOf(old, name), itemOf(now, name), `${path}[${name}]`),
  );
  const kept = (items: readonly Map[], others: readonly Map[]) =>
    names(items).filter((name) => itemOf(others, name) !== undefined);
  const [before, after] = [kept(old, now), kept(now, old)];
  return equal(before, after)
    ? found
    : [...found, { path: `${path} (order)`, kind: "changes", old: before, now: after }];
}

/** Items that nothing tells apart: equal ones belong together, the others in their order. */
function ofUnnamed(
  old: readonly unknown[],
  now: readonly unknown[],
  path: string,
): PropertyChange[] {
  const without = (items: readonly unknown[], others: readonly unknown[]) => {
    const left = [...others];
    return items.flatMap((item, index) => {
      const at = left.findIndex((other) => differencesOf(item, other).length === 0);
      if (at === -1) return [{ item, index }];
      left.splice(at, 1);
      return [];
    });
  };
  const [gone, come] = [without(old, now), without(now, old)];
  // All items are there, in another order.
  if (gone.length + come.length === 0)
    return [{ path: `${path} (order)`, kind: "changes", old, now }];
  return Array.from({ length: Math.max(gone.length, come.length) }, (_, at) =>
    differencesOf(gone[at]?.item, come[at]?.item, `${path}[${come[at]?.index ?? gone[at]?.index}]`),
  ).flat();
}

function tellsApart(items: readonly unknown[], key: string): boolean {
  const names = items.map((item) => (isMap(item) ? own(item, key) : undefined));
  const plain = names.every((name) => typeof name === "string" || typeof name === "number");
  return plain && new Set(names.map(String)).size === names.length;
}

/** Node's own comparison would take two secrets for the same, whatever they hold. */
function equal(old: unknown, now: unknown): boolean {
  if (old instanceof Hidden) return old.same(now);
  if (Array.isArray(old) && Array.isArray(now)) {
    return old.length === now.length && old.every((item, index) => equal(item, now[index]));
  }
  if (!isMap(old) || !isMap(now)) return Object.is(old, now);
  const keys = Object.keys(old);
  return (
    keys.length === Object.keys(now).length &&
    keys.every((key) => Object.hasOwn(now, key) && equal(old[key], now[key]))
  );
}

/** Policies and such are JSON in a text. */
function parsed(value: unknown): Map | undefined {
  if (typeof value !== "string" || !value.startsWith("{")) return undefined;
  try {
    const json: unknown = JSON.parse(value);
    return isMap(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

/** The path of a key in a map. */
export function below(path: string, key: string): string {
  const plain = /^[A-Za-z_][\w-]*$/.test(key);
  if (!plain) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}

function own(map: Map, key: string): unknown {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

function isMap(value: unknown): value is Map {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Hidden)
  );
}
