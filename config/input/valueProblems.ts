import { z } from "zod";
import { setCommand } from "../messages/commands";
import { dottedName } from "./dottedNames";
import type { Problem } from "../messages/problems";
import { remedyOf } from "./remedies";
import { remedyOfName } from "./wrongNames";
import { holdsSecret, itemsOf, keyOf, knownKeys, schemaAt, unwrap } from "../schema/tree";
import { unknownKey } from "./strayKeys";

/**
 * What zod found wrong with the value of one top-level key, one problem per value.
 * @param raw all groups as they were typed: a mistyped key must not overwrite one that is set
 */
export function problemsOf(
  group: string,
  schema: z.ZodType,
  value: unknown,
  raw: Readonly<Record<string, unknown>> = {},
): Problem[] {
  const result = schema.safeParse(value, { reportInput: true });
  const found = result.error?.issues.flatMap((issue) => problemsOfIssue(group, schema, issue, raw));
  const keys = found?.map(({ key }) => key);
  return found?.filter(({ key }, index) => keys?.indexOf(key) === index) ?? [];
}

function problemsOfIssue(
  group: string,
  schema: z.ZodType,
  issue: z.core.$ZodIssue,
  raw: Readonly<Record<string, unknown>>,
): Problem[] {
  const key = keyOf(group, issue.path);
  if (issue.code === "unrecognized_keys") {
    const known = knownKeys(schemaAt(schema, issue.path));
    const values = issue.input as Readonly<Record<string, unknown>>;
    return issue.keys.map((name) =>
      unknownKey({ parent: key, name, value: values[name], known, knows: `${key} knows`, raw }),
    );
  }
  const refused = schemaAt(schema, issue.path);
  if (issue.input === undefined && refused && unwrap(refused) instanceof z.ZodObject) {
    // If a group is missing, the problem is that its required keys are missing.
    return problemsOf(key, refused, {}, raw);
  }
  const dotted = dottedName(group, schema, issue.path, issue.input, raw);
  if (dotted) return [dotted];
  const isName = issue.code === "invalid_key";
  const remedy = isName
    ? remedyOfName(group, schema, issue.path, raw)
    : remedyOf(schema, group, issue.path, issue.input);
  if (issue.input === undefined) {
    return [{ key, message: "is missing.", remedy }];
  }
  const value = holdsSecret(refused) && !isName ? "the value" : show(issue.input);
  const rule = ruleOf(issue, refused);
  const meant = /did you mean (\S+)\?$/.exec(rule)?.[1];
  return meant === undefined
    ? [{ key, message: `${value} is refused: ${rule}.`, remedy }]
    : [{ key, message: `${value} is refused: ${rule}`, remedy: setCommand(key, meant) }];
}

function ruleOf(issue: z.core.$ZodIssue, refused: z.ZodType | undefined): string {
  switch (issue.code) {
    case "invalid_value":
      return `expected ${choice(issue.values)}`;
    case "invalid_type":
      return `expected ${article(isWhole(refused) ? "int" : issue.expected)}${itemsNamed(refused)}`;
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

/** The CLI stores `4.5` as a text, for which zod asks for any number. */
function isWhole(schema: z.ZodType | undefined): boolean {
  const bare = schema && unwrap(schema);
  return bare instanceof z.ZodNumber && bare.isInt;
}

/** What a list accepts, if that is a fixed set of words. */
function itemsNamed(list: z.ZodType | undefined): string {
  const items = list && itemsOf(list);
  return items instanceof z.ZodEnum ? ` of ${choice(items.options)}` : "";
}

function choice(values: readonly unknown[]): string {
  return values.map((value) => show(value)).join(" or ");
}

function article(expected: string): string {
  const name =
    { int: "integer", record: "map", object: "map", array: "list" }[expected] ?? expected;
  return `${/^[aeiou]/.test(name) ? "an" : "a"} ${name}`;
}

function show(value: unknown): string {
  return typeof value === "string" ? `'${value}'` : JSON.stringify(value);
}
