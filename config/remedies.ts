import { z } from "zod";
import { removeCommand, setCommand } from "./commands";
import { shellWord } from "./shellWord";
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
  const meant = holdsSecret(at) ? undefined : meantBy(leaf.schema, refused);
  const command = setCommand(
    leaf.key,
    keeps ? shellWord(refused) : meant === undefined ? leaf.example : String(meant),
  );
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

/** YAML 1.1's and shells' words for the two. */
const YES = /^(true|yes|on|y|1)$/i;
const NO = /^(false|no|off|n|0)$/i;

/** The number or boolean that a text stands for, where the schema takes that: `"true"`, `yes` and `"3000"` are typed often. */
function meantBy(schema: z.ZodType | undefined, refused: unknown): number | boolean | undefined {
  if (schema === undefined || !isPlain(refused)) return undefined;
  const text = String(refused).trim();
  const candidates: (number | boolean)[] = [];
  if (YES.test(text)) candidates.push(true);
  if (NO.test(text)) candidates.push(false);
  if (/^-?[0-9]+$/.test(text)) candidates.push(Number(text));
  return candidates.find((candidate) => candidate !== refused && accepts(schema, candidate));
}

function isPlain(value: unknown): boolean {
  return ["string", "number", "boolean"].includes(typeof value);
}
