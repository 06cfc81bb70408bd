import { z } from "zod";
import { setCommand } from "./commands";
import type { Problem } from "./problems";
import { remedyOf } from "./remedies";
import { holdsSecret, keyOf, knownKeys, schemaAt, unwrap } from "./schemaTree";
import { unknownKey } from "./strayKeys";

/**
 * What zod found wrong with the value of one top-level key, one problem a value.
 * @param raw all groups as they were typed: a mistyped key is not told to overwrite one that is there
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
    // A group is missing: what is wrong is that its required keys are.
    return problemsOf(key, refused, {}, raw);
  }
  const remedy = remedyOf(schema, group, issue.path, issue.input);
  if (issue.input === undefined) {
    return [{ key, message: "is missing.", remedy }];
  }
  const value = holdsSecret(refused) ? "the value" : show(issue.input);
  const rule = ruleOf(issue);
  const meant = /did you mean (\S+)\?$/.exec(rule)?.[1];
  return meant === undefined
    ? [{ key, message: `${value} is refused: ${rule}.`, remedy }]
    : [{ key, message: `${value} is refused: ${rule}`, remedy: setCommand(key, meant) }];
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
