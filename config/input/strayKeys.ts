import type { z } from "zod";
import { nearest } from "../messages/nearest";
import { qualify, type Problem } from "../messages/problems";
import { groupNames, groups } from "../groups";
import { platformNames } from "../platforms";
import { holdsSecret, keyOf, keysBelow, partsOf, schemaAt, valueAt } from "../schema/tree";
import { isSecretPlaceholder } from "../schema/secrets";
import { moveStray, removeStray, type Stray } from "./stray";

/*
 * Keys that nothing reads: mistyped ones, and those set without --path. Their value was meant for another key: a remedy
 * moves it there, and never removes or overwrites a correct value.
 */

/** All groups, as they were typed. */
type Raw = Readonly<Record<string, unknown>>;
const SCHEMAS: readonly Readonly<Record<string, z.ZodType>>[] = Object.values(groups);

/** A key of the file's top level that is no group: `ingres`, or `app.image`, which was set without `--path`. */
export function strayKey(name: string, value: unknown, raw: Raw): Problem {
  if (!name.includes(".")) {
    return unknownKey({ parent: "", name, value, known: groupNames, knows: "known are", raw });
  }
  const stray = { key: name, value, topLevel: true };
  const message = "is a key with dots in its name, which nothing reads: --path is missing";
  if (schemaAtKey(name) === undefined) {
    return {
      key: name,
      message: `${message}, and there is no such key.`,
      remedy: removeStray(stray),
    };
  }
  if (valueAt(raw, name) === undefined) {
    return { key: name, message: `${message}.`, remedy: moved(stray, name) };
  }
  return {
    key: name,
    message: `${message}. The value in use is ${name} below ${partsOf(name)[0]}, which is set too.`,
    remedy: `${removeStray(stray)}\nor, to keep this value instead:\n${moved(stray, name)}`,
  };
}

interface UnknownKey {
  /** The group that contains it; empty at the top level. */
  readonly parent: string;
  readonly name: string;
  readonly value: unknown;
  /** The names that exist. */
  readonly known: readonly string[];
  /** How these get introduced. */
  readonly knows: string;
  readonly raw: Raw;
}

/** A key that a group does not know. */
export function unknownKey({ parent, name, value, known, knows, raw }: UnknownKey): Problem {
  const key = below(parent, name);
  const stray = { key, value, topLevel: false };
  const near = nearest(name, known);
  const meant = near === undefined ? elsewhere(name, key, raw) : below(parent, near);
  if (meant === undefined) {
    const message = `there is no such key; ${knows} ${known.join(", ")}.`;
    return { key, message, remedy: removeStray(stray) };
  }
  const message = `there is no such key; did you mean ${meant}`;
  return valueAt(raw, meant) === undefined
    ? { key, message: `${message}?`, remedy: moved(stray, meant) }
    : {
        key,
        message: `${message}, which is set too?`,
        remedy: `${removeStray(stray)}\n${qualify(meant)} stays as it is`,
      };
}

/** Sets the key that was meant, then removes the stray one. */
export function moved(stray: Stray, to: string): string {
  return moveStray(stray, to, isSecretPlaceholder(stray.value) || holdsSecret(schemaAtKey(to)));
}

/** Where else a name is a key of the platform, if in one place: `host` is `app.host`. */
function elsewhere(name: string, key: string, { platform }: Raw): string | undefined {
  const own = platformNames.find((it) => it === platform) ?? platformNames[0];
  const schemas = { ...groups.common, ...groups[own] };
  const places = Object.entries<z.ZodType>(schemas).flatMap(([group, schema]) =>
    keysBelow(group, schema),
  );
  const found = places.filter((place) => place.endsWith(`.${name}`) && place !== key);
  return found.length === 1 ? found[0] : undefined;
}

/** The schema of a key below a group, on the first platform that has it. */
function schemaAtKey(key: string): z.ZodType | undefined {
  const [group = "", ...path] = partsOf(key);
  if (path.length === 0) return undefined;
  return SCHEMAS.map((schemas) => schemas[group])
    .map((schema) => schema && schemaAt(schema, path))
    .find((schema) => schema !== undefined);
}

function below(parent: string, name: string): string {
  return parent === "" ? name : keyOf(parent, [name]);
}
