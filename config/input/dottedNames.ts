import { z } from "zod";
import { removeCommand, setCommand } from "../messages/commands";
import { qualify, type Problem } from "../messages/problems";
import { isText, keyOf, schemaAt, unwrap, valueAt } from "../schema/tree";
import { shellWord } from "../messages/shellWord";

/*
 * `--path 'ingress.annotations.cert-manager.io/cluster-issuer' le` makes a map `cert-manager` with a key
 * `io/cluster-issuer`: each dot leads one level down, unless the name is in brackets. What was meant can be
 * reconstructed.
 */

/**
 * The problem of a map that stands in place of a text in a map of texts: annotations, labels, variables.
 * @param raw all groups as they were typed: a name that is also set correctly keeps its value
 * @returns undefined if the map cannot have come from dots in a name
 */
export function dottedName(
  group: string,
  schema: z.ZodType,
  path: readonly PropertyKey[],
  value: unknown,
  raw: Readonly<Record<string, unknown>>,
): Problem | undefined {
  const map = keyOf(group, path.slice(0, -1));
  const parent = schemaAt(schema, path.slice(0, -1));
  const record = parent && unwrap(parent);
  if (!(record instanceof z.ZodRecord) || !isText(record.valueType as z.ZodType)) return undefined;
  const meant = leavesOf(value, String(path.at(-1)));
  const names = record.keyType as z.ZodType;
  if (!meant?.every(([name]) => names.safeParse(name).success)) return undefined;
  const key = keyOf(group, path);
  const isSet = (name: string) => valueAt(raw, keyOf(map, [name])) !== undefined;
  const moves = meant
    .filter(([name]) => !isSet(name))
    .map(([name, text]) => setCommand(keyOf(map, [name]), shellWord(text)));
  const kept = meant
    .filter(([name]) => isSet(name))
    .map(([name]) => `${qualify(keyOf(map, [name]))} stays as it is`);
  return {
    key,
    message: "is a map instead of a text: type a name with dots in brackets and quotes.",
    remedy: [[...moves, removeCommand(key)].join(" && "), ...kept].join("\n"),
  };
}

/** The names that the dots split, with their values; undefined if it contains anything but maps and plain values. */
function leavesOf(value: unknown, name: string): [name: string, value: unknown][] | undefined {
  if (typeof value !== "object") return [[name, value]];
  if (value === null || Array.isArray(value)) return undefined;
  const below = Object.entries(value).map(([part, item]) => leavesOf(item, `${name}.${part}`));
  return below.length > 0 && below.every((it) => it !== undefined) ? below.flat() : undefined;
}
