import { z } from "zod";
import { nearest } from "./nearest";
import { removeCommand, setCommand, type Problem } from "./problems";
import { remedyOf } from "./remedies";
import { holdsSecret, keyOf, knownKeys, schemaAt, unwrap } from "./schemaTree";

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
    return issue.keys.map((name) => unknownKey(`${key}.${name}`, name, known, `${key} knows`));
  }
  const refused = schemaAt(schema, issue.path);
  if (issue.input === undefined && refused && unwrap(refused) instanceof z.ZodObject) {
    // A group is missing: what is wrong is that its required keys are.
    return problemsOf(key, refused, {});
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

/** @param knows how the names that there are get introduced */
export function unknownKey(
  key: string,
  name: string,
  known: readonly string[],
  knows: string,
): Problem {
  const meant = nearest(name, known);
  return {
    key,
    message:
      meant === undefined
        ? `there is no such key; ${knows} ${known.join(", ")}.`
        : `there is no such key; did you mean ${key.slice(0, key.length - name.length)}${meant}?`,
    remedy: removeCommand(key),
  };
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
