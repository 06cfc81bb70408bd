import { z } from "zod";
import { removeCommand, setCommand } from "../messages/commands";
import { shellWord } from "../messages/shellWord";
import { holdsSecret, itemsOf, keyOf, metaOf, schemaAt, unwrap } from "../schema/tree";
import { meantBy } from "./meantValues";

/**
 * The command that fixes the value at `path` of a group. If a map or a list is needed, it sets a key in it.
 * @param refused what is there now; undefined if nothing is
 */
export function remedyOf(
  schema: z.ZodType,
  group: string,
  path: readonly PropertyKey[],
  refused: unknown,
): string {
  const at = schemaAt(schema, path);
  const key = keyOf(group, path);
  const pair = pairOf(at, refused);
  if (pair) return `${removeCommand(key)} && ${setCommand(keyOf(key, [pair[0]]), pair[1])}`;
  // An item without an example uses its list's.
  const inList = typeof path.at(-1) === "number";
  const example = inList ? metaOf(schemaAt(schema, path.slice(0, -1))).example : undefined;
  const leaf = leafOf(key, at, example);
  const moved = leaf.key !== key;
  const keeps = moved && isPlain(refused) && !holdsSecret(at) && accepts(leaf.schema, refused);
  const meant = holdsSecret(at) ? undefined : meantBy(leaf.key, leaf.schema, refused);
  if (metaOf(schema).typedAlone && !keeps) return removeCommand(key);
  const command = setCommand(
    leaf.key,
    keeps ? shellWord(refused) : meant === undefined ? leaf.example : String(meant),
  );
  // The CLI puts a key below a plain value only at the top level, and does not turn a list into a map.
  const inTheWay =
    moved && refused !== undefined && (path.length > 0 || typeof refused === "object");
  return inTheWay ? `${removeCommand(key)} && ${command}` : command;
}

/** `FOO=bar`, as shells and .env files write it, instead of a map that accepts this name and value. */
function pairOf(schema: z.ZodType | undefined, refused: unknown): [string, string] | undefined {
  const record = schema && unwrap(schema);
  if (!(record instanceof z.ZodRecord) || holdsSecret(schema)) return undefined;
  const [, name = "", value = ""] = /^([^=\s]+)=(.+)$/.exec(String(refused)) ?? [];
  const fits =
    accepts(record.keyType as z.ZodType, name) && accepts(record.valueType as z.ZodType, value);
  return typeof refused === "string" && name !== "" && fits ? [name, shellWord(value)] : undefined;
}

interface Leaf {
  readonly key: string;
  readonly schema: z.ZodType | undefined;
  readonly example: string;
}

/** The first key at or below `key` that one command sets. */
function leafOf(key: string, schema: z.ZodType | undefined, inherited = "VALUE"): Leaf {
  const example = metaOf(schema).example ?? inherited;
  const items = schema && itemsOf(schema);
  if (items) return leafOf(`${key}[0]`, items, example);
  const bare = schema && unwrap(schema);
  if (bare instanceof z.ZodRecord)
    return leafOf(`${key}.NAME`, bare.valueType as z.ZodType, example);
  if (bare instanceof z.ZodObject) {
    const [[name, child] = ["KEY", undefined]] = Object.entries(bare.shape as z.ZodRawShape);
    return leafOf(`${key}.${name}`, child as z.ZodType | undefined);
  }
  return { key, schema, example };
}

function accepts(schema: z.ZodType | undefined, value: unknown): boolean {
  return schema?.safeParse(value).success ?? false;
}

function isPlain(value: unknown): boolean {
  return ["string", "number", "boolean"].includes(typeof value);
}
