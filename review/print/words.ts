import { SECRET_PLACEHOLDER } from "../../config/schema/secrets";
import { COMPUTED } from "../../plan/plan";
import { shortType } from "../../plan/typeNames";
import type { ResourceChange } from "../change";
import type { Encrypted } from "../encrypted";
import type { Row } from "../fold";
import type { Rename } from "../renames";
import type { Compared } from "../review";
import type { PropertyChange } from "../values";

/* Values and changes on one line each, for all printers. */

const LONGEST = 120;

/** `engine: valkey -> redis`. */
export function propertyLine({ path: raw, kind, old, now }: PropertyChange): string {
  // Names of containers and the like are parts of it as they are.
  const path = oneLine(raw);
  if (kind === "secret") return `${path}: ${verb(old, now)}, value hidden`;
  if (kind === "may change") {
    return now === COMPUTED && old !== COMPUTED && old !== undefined
      ? `${path}: may change (now ${valueWord(old)})`
      : `${path}: may change`;
  }
  if (isText(old) && isText(now)) return `${path}: ${linesWord(old, now)}`;
  return `${path}: ${valueWord(old)} -> ${valueWord(now)}`;
}

function verb(old: unknown, now: unknown): string {
  if (old === undefined) return "is set";
  return now === undefined ? "is removed" : "changes";
}

/** A value on one line; a long one is cut, and says how long it is. */
export function valueWord(value: unknown): string {
  if (value === undefined) return "(not set)";
  if (isText(value)) return `(text of ${value.trimEnd().split("\n").length} lines)`;
  const text = plainWord(value).replace(/(sha256:[0-9a-f]{12})[0-9a-f]{52}/g, "$1…");
  const points = [...text];
  return points.length <= LONGEST
    ? text
    : `${points.slice(0, LONGEST).join("")}… (${points.length} characters)`;
}

function plainWord(value: unknown): string {
  if (value === "") return '""';
  if (typeof value === "string") return oneLine(value);
  const variable = variableIn(value);
  if (variable !== undefined) return plainWord(variable);
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) {
    return value.length === 0 ? "[]" : oneLine(value.join(", "));
  }
  return oneLine(JSON.stringify(value) ?? SECRET_PLACEHOLDER);
}

/** A variable of a container: its name is in the path already. */
function variableIn(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  const { name, value: inner, ...more } = value as Record<string, unknown>;
  return name !== undefined && Object.keys(more).length === 0 ? inner : undefined;
}

/** Control characters and those that turn the direction of text would move what follows them; half a character is none. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, "�");
}

/** Several lines: a script, a config file. */
function isText(value: unknown): value is string {
  return typeof value === "string" && value.trimEnd().includes("\n");
}

/** How many lines come and go; lines that stay may move. */
function linesWord(old: string, now: string): string {
  const count = (lines: readonly string[], others: readonly string[]) => {
    const left = new Map<string, number>();
    for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
    return lines.filter((line) => {
      const there = left.get(line) ?? 0;
      left.set(line, there - 1);
      return there <= 0;
    }).length;
  };
  const [before, after] = [old.split("\n"), now.split("\n")];
  return `text, +${count(after, before)} -${count(before, after)} lines`;
}

/** What differs in the resources of a row, with their protection, one line each. */
export function rowPropertyLines({ changes, properties }: Row): string[] {
  const [first] = changes;
  const all = changes.every(({ protection }) => protection === first?.protection);
  const protect =
    first?.protection === undefined || !all
      ? []
      : [first.protection === "removed" ? "protect: true -> false" : "protect: false -> true"];
  return [...protect, ...properties.map(propertyLine)];
}

/** `ReplicationGroup sessions-group`. */
export function resourceWord({ type, name }: Pick<ResourceChange, "type" | "name">): string {
  return oneLine(`${shortType(type).split(".").at(-1)} ${name}`);
}

/** Names that a line about renamed resources shows. */
const RENAMED = 5;

/** One line for each `aliases` that keeps something: the option of a component keeps all that is in it. */
export function renameWords(renames: readonly Rename[]): string[] {
  const lines = new Map<string, Rename[]>();
  for (const rename of renames) {
    const { on, option } = rename.keep;
    const keep = `${option} in the options of ${on}`;
    lines.set(keep, [...(lines.get(keep) ?? []), rename]);
  }
  return [...lines].map(([keep, of]) => {
    const names = of.slice(0, RENAMED).map(({ type, names: [old, now] }) => {
      const word = resourceWord({ type, name: old });
      return old === now ? word : `${word} -> ${oneLine(now)}`;
    });
    const more = of.length > RENAMED ? ` and ${of.length - RENAMED} more` : "";
    return `looks like a rename: ${names.join(", ")}${more}; nothing is deleted with ${oneLine(keep)}`;
  });
}

/** What is not shown: how many resources do not change, and what is left out. */
export function leftWords({ kind, unchanged, noise }: Compared): string[] {
  return [
    ...(kind === "new" ? [] : [`${unchanged} resources do not change`]),
    ...noise.map(({ reason, count }) => `${count} left out: ${reason}`),
  ];
}

/** What to say of an encrypted value that is written in another way. */
export function encryptedWord({ key, change }: Encrypted): string {
  if (change !== "changed") return `${key}: an encrypted value is ${change}`;
  return `${key}: its encrypted value is another, and the plan is shown as if the secret were; encrypting the same secret again looks like this too`;
}
