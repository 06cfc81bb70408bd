import { z } from "zod";
import { removeCommand, setCommand } from "../messages/commands";
import { shellWord } from "../messages/shellWord";
import { holdsSecret, keyOf, metaOf, schemaAt, unwrap, valueAt } from "../schema/tree";

/**
 * The commands for a name that a map does not accept, such as `my-var` of a variable: no value mends it. The name that was
 * probably meant takes the value, unless it has one.
 * @param raw all groups as they were typed
 */
export function remedyOfName(
  group: string,
  schema: z.ZodType,
  path: readonly PropertyKey[],
  raw: Readonly<Record<string, unknown>>,
): string {
  const key = keyOf(group, path);
  const above = path.slice(0, -1);
  const parent = schemaAt(schema, above);
  const record = parent && unwrap(parent);
  if (!(record instanceof z.ZodRecord)) return removeCommand(key);
  const meant = String(path.at(-1)).replace(/[^A-Za-z0-9_]/g, "_");
  const moved = keyOf(group, [...above, meant]);
  const fits = (record.keyType as z.ZodType).safeParse(meant).success;
  if (!fits || valueAt(raw, moved) !== undefined) return removeCommand(key);
  const values = record.valueType as z.ZodType;
  const value = holdsSecret(values)
    ? (metaOf(values).example ?? "VALUE")
    : shellWord(valueAt(raw, key));
  return `${setCommand(moved, value)} && ${removeCommand(key)}`;
}
