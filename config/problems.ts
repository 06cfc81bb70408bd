import { RunError } from "@pulumi/pulumi";
import { z } from "zod";

/** The project's name, which is also the namespace of its config keys. */
export const PROJECT = "next-on-eks";

/** One thing that is wrong with the config, told so that a reader can mend it without the source. */
export interface Problem {
  /** Path below the project's namespace, as the user typed it: `app.replicas.min`. */
  readonly key: string;
  /** The rule and the value that broke it. */
  readonly message: string;
  /** A command or an edit that mends it. */
  readonly remedy: string;
}

/** Thrown once, with every problem of a stack's config. Pulumi prints a RunError without a stack trace. */
export class ConfigError extends RunError {
  constructor(
    readonly stackName: string,
    readonly problems: readonly Problem[],
  ) {
    super(describe(stackName, problems));
    this.name = "ConfigError";
  }
}

function describe(stackName: string, problems: readonly Problem[]): string {
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  const lines = problems.map(
    ({ key, message, remedy }) => `  ${qualify(key)}: ${message}\n    ${remedy}`,
  );
  return `The config of stack '${stackName}' has ${count}:\n${lines.join("\n")}`;
}

/** `app.image` is `next-on-eks:app.image`; a key of another namespace (`aws:region`) stays. */
export function qualify(key: string): string {
  return key.includes(":") ? key : `${PROJECT}:${key}`;
}

/** The command that sets a key. */
export function setCommand(key: string, value: string, flags = ""): string {
  return `pulumi config set ${flags}--path '${qualify(key)}' ${value}`;
}

/** The command that removes a key. */
export function removeCommand(key: string): string {
  return `pulumi config rm --path '${qualify(key)}'`;
}

/** `["paths", 0, "path"]` is `paths[0].path`, as `pulumi config set --path` takes it. */
export function keyOf(group: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (key, part) => (typeof part === "number" ? `${key}[${part}]` : `${key}.${String(part)}`),
    group,
  );
}

/** What zod found wrong with the value of one top-level key. */
export function problemsOf(group: string, schema: z.ZodType, value: unknown): Problem[] {
  const result = schema.safeParse(value, { reportInput: true });
  return result.success
    ? []
    : result.error.issues.flatMap((issue) => problemsOfIssue(group, schema, issue));
}

function problemsOfIssue(group: string, schema: z.ZodType, issue: z.core.$ZodIssue): Problem[] {
  const key = keyOf(group, issue.path);
  if (issue.code === "unrecognized_keys") {
    const known = knownKeys(schemaAt(schema, issue.path));
    return issue.keys.map((name) => ({
      key: `${key}.${name}`,
      message: `there is no such key; ${key} knows ${known.join(", ")}.`,
      remedy: removeCommand(`${key}.${name}`),
    }));
  }
  const refused = schemaAt(schema, issue.path);
  if (issue.input === undefined && refused && unwrap(refused) instanceof z.ZodObject) {
    // A group is missing: what is wrong is that its required keys are.
    return problemsOf(key, refused, {});
  }
  const remedy = remedyOf(schema, group, issue.path);
  if (issue.input === undefined) {
    return [{ key, message: "is missing.", remedy }];
  }
  const value = holdsSecret(refused) ? "the value" : show(issue.input);
  return [{ key, message: `${value} is refused: ${ruleOf(issue)}.`, remedy }];
}

/** The command that sets the key; of a list, its first item. An item without an example has that of its list. */
function remedyOf(schema: z.ZodType, group: string, path: readonly PropertyKey[]): string {
  const at = schemaAt(schema, path);
  const key = keyOf(group, path);
  const inList = typeof path.at(-1) === "number";
  const example =
    metaOf(at).example ??
    (inList ? metaOf(schemaAt(schema, path.slice(0, -1))).example : undefined);
  return setCommand(isList(at) ? `${key}[0]` : key, example ?? "VALUE");
}

export function isList(schema: z.ZodType | undefined): boolean {
  return schema !== undefined && unwrap(schema) instanceof z.ZodArray;
}

function ruleOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_value":
      return `expected ${issue.values.map((value) => show(value)).join(" or ")}`;
    case "invalid_type":
      return `expected ${article(issue.expected)}`;
    case "too_small":
      return issue.origin === "string" ? "expected some text" : `expected ${issue.minimum} or more`;
    case "too_big":
      return `expected ${issue.maximum} ${issue.origin === "string" ? "characters " : ""}or less`;
    case "invalid_key":
      return issue.issues[0]?.message ?? issue.message;
    default:
      return issue.message;
  }
}

function article(expected: string): string {
  const name =
    { int: "integer", record: "map", object: "map", array: "list" }[expected] ?? expected;
  return `${/^[aeiou]/.test(name) ? "an" : "a"} ${name}`;
}

function show(value: unknown): string {
  return typeof value === "string" ? `'${value}'` : JSON.stringify(value);
}

/** What the schemas say of themselves beside zod's own rules; `docs/configuration.md` shows it. */
export interface Meta {
  readonly description?: string;
  /** A value that is accepted, quoted as a shell needs it. */
  readonly example?: string;
  /** The default in words, where it depends on other keys. */
  readonly defaultText?: string;
  readonly secret?: boolean;
}

/** The meta data of a schema, looked up through the wrappers that `optional` and `default` put around it. */
export function metaOf(schema: z.ZodType | undefined): Meta {
  const own = (schema?.meta() ?? {}) as Meta;
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault
    ? { ...metaOf(schema.unwrap() as z.ZodType), ...own }
    : own;
}

/** A secret, or a map in which one may be: whoever typed one for the other must not read it in a log. */
function holdsSecret(schema: z.ZodType | undefined): boolean {
  const bare = schema && unwrap(schema);
  return (
    metaOf(schema).secret === true ||
    (bare instanceof z.ZodObject &&
      Object.values(bare.shape as z.ZodRawShape).some((child) => holdsSecret(child as z.ZodType)))
  );
}

/** The schema below `path`, or undefined where the path leaves what the schema knows. */
function schemaAt(schema: z.ZodType, path: readonly PropertyKey[]): z.ZodType | undefined {
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

function knownKeys(schema: z.ZodType | undefined): string[] {
  const bare = schema && unwrap(schema);
  return bare instanceof z.ZodObject ? Object.keys(bare.shape) : [];
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
