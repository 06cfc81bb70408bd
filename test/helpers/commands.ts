import * as assert from "node:assert/strict";
import { partsOf } from "../../config/schema/tree";

/*
 * What `pulumi config set` and `rm` do to the config of a stack, as far as remedies use them. The CLI's own behaviour was
 * tried with 3.259; test/cluster runs the remedies of strays with the CLI itself.
 */

type Path = readonly (string | number)[];
export type Container = Record<string | number, unknown>;

/** What stands for a value of the user's own, and a value of that kind. */
const OWN_VALUES: [placeholder: string, value: string][] = [
  ["REGISTRY/NAME@sha256:DIGEST", `registry.test/shop@sha256:${"0".repeat(64)}`],
  ["certificate/ID", "certificate/0"],
  ["VALUE", "value"],
];

const COMMAND =
  /^pulumi config (set|rm)(?: --stack (\S+))? ((?:--(?:path|secret|type string) )*)'?(?:next-on-eks:)?([^' ]+)'?(?: --secret)?(?: (.+))?$/s;
/** A value as shells read it, or none. */
const ONE_WORD = /^(|[^\s'"]+|'.*'|\$'.*'|"\$\(.*\)")$/s;
const ANOTHER_STACK = /^pulumi stack init (\S+) --copy-config-from (\S+)$/;

/** The top level of each stack's config, without the project's namespace. */
export interface Stacks {
  readonly files: Record<string, Container>;
  /** What a command changes that names no stack. */
  readonly selected: string;
}

/**
 * Carries out a line of a remedy: a command, or some joined by `&&`.
 * @returns the keys that it names, each as set or removed
 */
export function carryOut(
  line: string,
  { files, selected }: Stacks,
): { set: string[]; removed: string[] } {
  const named = { set: [] as string[], removed: [] as string[] };
  for (const command of line.split(" && ")) {
    const [, name = "", from = ""] = ANOTHER_STACK.exec(command) ?? [];
    if (name !== "") {
      files[name] = structuredClone(fileOf(files, from));
      continue;
    }
    if (/^pulumi up --stack \S+$/.test(command)) continue;
    const [, verb, stack, flags = "", key = "", text = ""] = COMMAND.exec(command) ?? [];
    assert.ok(verb, `not a command: ${command}`);
    assert.match(text, ONE_WORD, `words behind a command: ${command}`);
    const keys = fileOf(files, stack ?? selected);
    const path = flags.includes("--path") ? pathOf(key) : [key];
    if (verb === "rm") remove(keys, path);
    else put(keys, path, flags.includes("--type") ? word(text) : typed(valueOf(text, files)));
    named[verb === "rm" ? "removed" : "set"].push(key);
  }
  return named;
}

function fileOf(files: Stacks["files"], stack: string): Container {
  const keys = files[stack];
  assert.ok(keys, `there is no stack '${stack}'`);
  return keys;
}

function pathOf(key: string): Path {
  return partsOf(key.replace(/NAME$/, "name"));
}

/** A word of a shell, or what `"$(pulumi config get …)"` prints. */
function valueOf(text: string, files: Stacks["files"]): string {
  const [, stack = "", flag, key = ""] =
    /^"\$\(pulumi config get --stack (\S+) (--path )?'(?:next-on-eks:)?([^']+)'\)"$/.exec(text) ??
    [];
  if (key === "") return word(text);
  const path: Path = flag ? pathOf(key) : [key];
  const keys = fileOf(files, stack);
  return String(path.reduce<unknown>((at, part) => (at as Container | undefined)?.[part], keys));
}

function word(text: string): string {
  return OWN_VALUES.reduce(
    (found, [placeholder, value]) => found.replace(placeholder, value),
    text.replaceAll("'", ""),
  );
}

/** The CLI makes numbers and booleans of what looks like them. */
function typed(text: string): unknown {
  if (text === "true" || text === "false") return text === "true";
  return /^(0|-?[1-9][0-9]*)$/.test(text) ? Number(text) : text;
}

/** As the CLI: containers are made where nothing is, and in place of a plain value at the top level alone. */
export function put(root: Container, path: Path, value: unknown): void {
  let at = root;
  path.slice(0, -1).forEach((part, depth) => {
    const list = typeof path[depth + 1] === "number";
    const there = at[part];
    if (there === undefined || (depth === 0 && typeof there !== "object")) {
      at[part] = list ? [] : {};
    } else {
      assert.ok(typeof there === "object", `${path.join(".")}: expected a map or an array`);
      assert.equal(Array.isArray(there), list, `${path.join(".")}: of the other kind`);
    }
    at = at[part] as Container;
  });
  at[path.at(-1) ?? ""] = value;
}

function remove(root: Container, path: Path): void {
  const parent = path
    .slice(0, -1)
    .reduce<unknown>((at, part) => (at as Container | undefined)?.[part], root);
  if (typeof parent === "object" && parent !== null)
    delete (parent as Container)[path.at(-1) ?? ""];
}

/** Every value of a config by its key, `app.replicas.min`; keys of the top level that have dots in their names in brackets. */
export function valuesOf(keys: Container): Map<string, string> {
  const found = new Map<string, string>();
  const visit = (key: string, value: unknown): void => {
    if (typeof value !== "object" || value === null) found.set(key, JSON.stringify(value));
    else for (const [name, item] of Object.entries(value)) visit(`${key}.${name}`, item);
  };
  for (const [key, value] of Object.entries(keys)) {
    visit(key.includes(".") ? `[${key}]` : key, value);
  }
  return found;
}
