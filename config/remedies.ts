import { z } from "zod";
import { removeCommand, setCommand } from "./problems";
import { holdsSecret, itemsOf, keyOf, metaOf, schemaAt, unwrap } from "./schemaTree";

/**
 * The command that mends the value at `path` of a group. Where a map or a list is wanted, it sets a key in it.
 * @param refused what is there now; undefined where nothing is
 */
export function remedyOf(
  schema: z.ZodType,
  group: string,
  path: readonly PropertyKey[],
  refused: unknown,
): string {
  const at = schemaAt(schema, path);
  const key = keyOf(group, path);
  // An item without an example has that of its list.
  const inList = typeof path.at(-1) === "number";
  const example = inList ? metaOf(schemaAt(schema, path.slice(0, -1))).example : undefined;
  const leaf = leafOf(key, at, example);
  const moved = leaf.key !== key;
  const keeps = moved && isPlain(refused) && !holdsSecret(at) && accepts(leaf.schema, refused);
  const command = setCommand(leaf.key, keeps ? shellWord(refused) : leaf.example);
  // The CLI puts a key below a plain value at the top level alone, and makes no map of a list.
  const inTheWay =
    moved && refused !== undefined && (path.length > 0 || typeof refused === "object");
  return inTheWay ? `${removeCommand(key)} && ${command}` : command;
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

function shellWord(value: unknown): string {
  const text = String(value);
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
