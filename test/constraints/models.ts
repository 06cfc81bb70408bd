import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Secret, Unknown } from "../../engine/engine";
import { SENT, type Sent } from "./sent";
import type { Models, Shape } from "./shape";

export const MODELS = JSON.parse(
  readFileSync(join(__dirname, "serviceModels.json"), "utf8"),
) as Models;

type Values = Readonly<Record<string, unknown>>;

/** What the service models object to in the inputs of a resource, as `input: what is wrong`. */
export function objections(type: string, inputs: Values): string[] {
  const sent = SENT[type];
  return sent ? new Walk(sent).members("", inputs, operation(sent.by)) : ["is of an unknown type"];
}

class Walk {
  constructor(private readonly sent: Sent) {}

  members(path: string, values: Values, shape: Shape | undefined): string[] {
    return Object.entries(values).flatMap(([key, value]) => {
      const part = key.replaceAll(".", "_");
      return this.member(path === "" ? part : `${path}.${part}`, key, value, shape);
    });
  }

  private member(path: string, key: string, value: unknown, above: Shape | undefined): string[] {
    if (entryOf(this.sent.kept, path) !== undefined) return [];
    const moved = entryOf(this.sent.as, path);
    const shape = moved === undefined ? memberOf(above, key) : this.at(moved);
    if (shape) return this.value(path, value, shape);
    const deeper = Object.keys({ ...this.sent.as, ...this.sent.kept }).some((known) =>
      matches(known.split(".").slice(0, path.split(".").length).join("."), path),
    );
    return deeper ? this.value(path, value, undefined) : [`${path}: no member of the API is known`];
  }

  private value(path: string, given: unknown, shape: Shape | undefined): string[] {
    const value = given instanceof Secret ? given.value : given;
    // The provider sends no zero values.
    if (value === undefined || value === null || value === "" || value instanceof Unknown) {
      return [];
    }
    if (Array.isArray(value)) {
      const listed = shape?.item ? counted(path, value.length, shape) : [];
      const item = shape?.item ?? shape;
      return [...listed, ...value.flatMap((it) => this.value(path, it, item))];
    }
    if (typeof value !== "object") return told(path, value, scalar(shape) ?? {});
    const map = mapOf(shape);
    if (!map) return this.members(path, value as Values, shape?.item ?? shape);
    const entries = Object.entries(value);
    return [
      ...counted(path, entries.length, shape ?? {}),
      ...entries.flatMap(([key, text]) => [
        ...told(`${path} key`, key, map.key),
        ...this.value(`${path}.${key}`, text, map.value),
      ]),
    ];
  }

  private at(target: string): Shape {
    const [path = "", name] = target.split(":").reverse();
    return path
      .split(".")
      .reduce<Shape>(
        (shape, part) => memberOf(shape, part) ?? missing(target),
        operation(name ?? this.sent.by),
      );
  }
}

function missing(target: string): never {
  throw new Error(`sent.ts: the models have no ${target}`);
}

function operation(name: string): Shape {
  const shape = MODELS.operations[name];
  if (!shape) throw new Error(`serviceModels.json has no ${name}: run test/constraints/extract.ts`);
  return shape;
}

/** The provider writes `cidrBlock`, the models `CidrBlock` or `cidrBlock`. */
function memberOf(shape: Shape | undefined, name: string): Shape | undefined {
  const members = (shape?.item ?? shape)?.members ?? {};
  const found = Object.keys(members).find((it) => it.toLowerCase() === name.toLowerCase());
  return found === undefined ? undefined : members[found];
}

/** Tags are a map for the provider, and a map or a list of pairs for the API. */
function mapOf(shape: Shape | undefined): { key: Shape; value: Shape } | undefined {
  if (shape?.key && shape.value) return { key: shape.key, value: shape.value };
  const pair = shape?.item;
  const [key, value] = ["Key", "Value"].map(
    (name) => memberOf(pair, name) ?? memberOf(pair, `Tag${name}`),
  );
  return key && value ? { key, value } : undefined;
}

function scalar(shape: Shape | undefined): Shape | undefined {
  return shape?.item ? scalar(shape.item) : shape;
}

function counted(path: string, count: number, { min = 0, max = Infinity }: Shape): string[] {
  if (count === 0) return [];
  return count < min || count > max ? [`${path}: ${count} are not ${min} to ${max}`] : [];
}

function told(path: string, value: unknown, shape: Shape): string[] {
  const found: string[] = [];
  const { min = -Infinity, max = Infinity } = shape;
  const size = typeof value === "string" ? value.length : value;
  const what = typeof value === "string" ? "the length" : "the number";
  if (typeof size === "number" && (size < min || size > max)) {
    found.push(`${path}: ${what} ${size} is not ${min} to ${max}`);
  }
  if (typeof value === "string" && shape.pattern && !patternOf(shape.pattern).test(value)) {
    found.push(`${path}: '${value}' is not ${shape.pattern}`);
  }
  if (shape.values && !shape.values.includes(String(value))) {
    found.push(`${path}: '${String(value)}' is none of ${shape.values.join(", ")}`);
  }
  return found;
}

const patterns = new Map<string, RegExp>();

/** Patterns are of Java: `\p{L}` wants JavaScript's flag `u`, which in turn forbids escapes that need none. */
export function patternOf(pattern: string): RegExp {
  const known = patterns.get(pattern);
  if (known) return known;
  const whole = `^(?:${pattern})$`;
  const made = pattern.includes("\\p{") ? new RegExp(whole, "u") : new RegExp(whole);
  patterns.set(pattern, made);
  return made;
}

function entryOf(
  entries: Readonly<Record<string, string>> | undefined,
  path: string,
): string | undefined {
  const key = Object.keys(entries ?? {}).find((known) => matches(known, path));
  return key === undefined ? undefined : entries?.[key];
}

/** `*` stands for one part: a key that the program chooses. */
function matches(known: string, path: string): boolean {
  const [a, b] = [known.split("."), path.split(".")];
  return a.length === b.length && a.every((part, index) => part === "*" || part === b[index]);
}
