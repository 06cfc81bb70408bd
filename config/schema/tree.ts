import { z } from "zod";

/*
 * Looks into schemas: what they say of themselves, and what is below a path.
 */

/**
 * `["paths", 0, "path"]` is `paths[0].path`, as `pulumi config set --path` takes it, and a name with dots, such as an
 * annotation's, is in brackets and quotes.
 */
export function keyOf(group: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>((key, part) => {
    if (typeof part === "number") return `${key}[${part}]`;
    const name = String(part);
    return /[.[\]]/.test(name) ? `${key}["${name}"]` : `${key}.${name}`;
  }, group);
}

const PART = /\["([^"]*)"\]|\[(\d+)\]|[^.[\]]+/g;

/** The inverse of `keyOf`: `paths[0].path` is `["paths", 0, "path"]`. */
export function partsOf(key: string): (string | number)[] {
  return [...key.matchAll(PART)].map(([part, name, index]) =>
    index === undefined ? (name ?? part) : Number(index),
  );
}

/** The value at a key, if there is one. */
export function valueAt(raw: unknown, key: string): unknown {
  return partsOf(key).reduce<unknown>(
    (at, part) =>
      typeof at === "object" && at !== null
        ? (at as Record<PropertyKey, unknown>)[part]
        : undefined,
    raw,
  );
}

/** What the schemas describe beyond zod's own rules; `docs/configuration.md` shows it. */
export interface Meta {
  readonly description?: string;
  /** An accepted value, quoted for a shell. */
  readonly example?: string;
  /** The default in words, if it depends on other keys. */
  readonly defaultText?: string;
  readonly secret?: boolean;
  /** Its values do something that must not happen by pasting an example: the remedy for a refused value removes it. */
  readonly typedAlone?: boolean;
}

/** The meta data of a schema, looked up through the wrappers that `optional` and `default` put around it. */
export function metaOf(schema: z.ZodType | undefined): Meta {
  const own = (schema?.meta() ?? {}) as Meta;
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault
    ? { ...metaOf(schema.unwrap() as z.ZodType), ...own }
    : own;
}

/** A secret, or a map that may contain one: if somebody typed one for the other, it must not appear in a log. */
export function holdsSecret(schema: z.ZodType | undefined): boolean {
  const bare = schema && unwrap(schema);
  return (
    metaOf(schema).secret === true ||
    (bare instanceof z.ZodObject &&
      Object.values(bare.shape as z.ZodRawShape).some((child) => holdsSecret(child as z.ZodType)))
  );
}

/** The schema below `path`, or undefined if the schema does not know the path. */
export function schemaAt(schema: z.ZodType, path: readonly PropertyKey[]): z.ZodType | undefined {
  const bare = unwrap(schema);
  const [head, ...rest] = path;
  if (head === undefined) return schema;
  if (bare instanceof z.ZodObject) {
    const child = (bare.shape as Record<PropertyKey, z.ZodType | undefined>)[head];
    return child && schemaAt(child, rest);
  }
  if (bare instanceof z.ZodArray) return schemaAt(bare.element as z.ZodType, rest);
  if (bare instanceof z.ZodRecord) return schemaAt(bare.valueType as z.ZodType, rest);
  return undefined;
}

export function knownKeys(schema: z.ZodType | undefined): string[] {
  const bare = schema && unwrap(schema);
  return bare instanceof z.ZodObject ? Object.keys(bare.shape) : [];
}

/** Every named key below a schema, groups as well as values. */
export function keysBelow(key: string, schema: z.ZodType): string[] {
  const bare = unwrap(schema);
  if (!(bare instanceof z.ZodObject)) return [];
  return Object.entries(bare.shape as Record<string, z.ZodType>).flatMap(([name, child]) => [
    `${key}.${name}`,
    ...keysBelow(`${key}.${name}`, child),
  ]);
}

/** The schema of a list's items; undefined if it accepts no list. */
export function itemsOf(schema: z.ZodType): z.ZodType | undefined {
  const bare = unwrap(schema);
  if (bare instanceof z.ZodArray) return bare.element as z.ZodType;
  if (!(bare instanceof z.ZodUnion)) return undefined;
  return bare.options.map((option) => itemsOf(option as z.ZodType)).find((items) => items);
}

/** Whether a schema accepts a text, also one that looked like a number: what `text()` creates. */
export function isText(schema: z.ZodType): boolean {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault
    ? isText(schema.unwrap() as z.ZodType)
    : schema instanceof z.ZodPipe && schema.in instanceof z.ZodTransform;
}

/** A schema without what `optional`, `default`, `prefault` and `preprocess` put around it. */
export function unwrap(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodPipe && schema.in instanceof z.ZodTransform) {
    return unwrap(schema.out as z.ZodType);
  }
  return schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault
    ? unwrap(schema.unwrap() as z.ZodType)
    : schema;
}
