import * as assert from "node:assert/strict";
import { z } from "zod";
import { groups } from "../../config";
import { remedyOf } from "../../config/remedies";
import { schemaAt, unwrap } from "../../config/schemaTree";
import { aws, existing } from "../helpers/configs";
import { refuses, rm, set, told, type RuleCase } from "../helpers/refusals";

type Path = readonly (string | number)[];
type Container = Record<string | number, unknown>;

/** What stands for a value of the user's own, and a value of that kind. */
const OWN_VALUES: [placeholder: string, value: string][] = [
  ["REGISTRY/NAME@sha256:DIGEST", `registry.test/shop@sha256:${"0".repeat(64)}`],
  ["certificate/ID", "certificate/0"],
  ["VALUE", "value"],
];

/** Carries out `pulumi config set --path` and `rm`, as far as a remedy uses them, on the value of one group. */
function carryOut(remedy: string, group: string, before: unknown): unknown {
  const root: Container = { [group]: before };
  for (const command of remedy.split(" && ")) {
    const words =
      /^pulumi config (set|rm) --path 'next-on-eks:([^']+)'(?: --secret)?(?: (\S+|'[^']*'))?$/;
    const [, verb, key = "", text = ""] = words.exec(command) ?? [];
    assert.ok(verb, `not a command: ${command}`);
    const path = key
      .replace(/NAME$/, "name")
      .split(/\.|(?=\[)/)
      .map((part) => {
        const index = /^\[(\d+)\]$/.exec(part)?.[1];
        return index === undefined ? part : Number(index);
      });
    if (verb === "rm") remove(root, path);
    else put(root, path, typed(own(text.replaceAll("'", ""))));
  }
  return root[group];
}

const own = (text: string) =>
  OWN_VALUES.reduce((found, [placeholder, value]) => found.replace(placeholder, value), text);

/** The CLI makes numbers and booleans of what looks like them. */
function typed(text: string): unknown {
  if (text === "true" || text === "false") return text === "true";
  return /^(0|-?[1-9][0-9]*)$/.test(text) ? Number(text) : text;
}

/** As the CLI: containers are made where nothing is, and in place of a plain value at the top level alone. */
function put(root: Container, path: Path, value: unknown): void {
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

/** Every path of a schema, groups and lists as well as values. */
function pathsOf(schema: z.ZodType, path: Path = []): Path[] {
  const bare = unwrap(schema);
  if (bare instanceof z.ZodObject) {
    const below = Object.entries(bare.shape as Record<string, z.ZodType>);
    return [path, ...below.flatMap(([name, child]) => pathsOf(child, [...path, name]))];
  }
  if (bare instanceof z.ZodArray && bare.element instanceof z.ZodObject) {
    return [path, ...pathsOf(bare.element, [...path, 0])];
  }
  return [path];
}

/** What zod finds at a path or below it, in a group where all else is left out. */
function flawsAt(schema: z.ZodType, path: Path, value: unknown): string[] {
  const issues = schema.safeParse(value).error?.issues ?? [];
  return (
    issues
      .filter((issue) => path.every((part, depth) => issue.path[depth] === part))
      // Keys that the group needs too are problems of their own, with remedies of their own.
      .filter((issue) => !/received undefined/.test(issue.message))
      .map((issue) => `${issue.path.join(".")}: ${issue.message}`)
  );
}

describe("remedies of the schema", () => {
  for (const [platform, schemas] of Object.entries(groups)) {
    for (const [group, schema] of Object.entries<z.ZodType>(schemas)) {
      it(`mend what they are offered for: ${group} of ${platform}`, () => {
        for (const path of pathsOf(schema)) {
          for (const refused of [undefined, "wrong \t", 3.5, ["wrong \t"], { wrong: true }]) {
            const before: Container = {};
            if (refused !== undefined) put(before, [group, ...path], refused);
            const taken = flawsAt(schema, path, before[group]).length === 0;
            if (refused !== undefined && taken) continue;
            const remedy = remedyOf(schema, group, path, refused);
            // A group with a key that nobody knows is told to remove the key.
            const isMap = schemaAt(schema, path) && typeof refused === "object";
            if (isMap && !Array.isArray(refused)) continue;
            const after = carryOut(remedy, group, structuredClone(before[group]));
            assert.deepEqual(flawsAt(schema, path, after), [], remedy);
            assert.notEqual(after, undefined, remedy);
          }
        }
      });
    }
  }
});

const cases: RuleCase[] = [
  [
    "a number in place of a group",
    { "app.replicas": 3 },
    told(
      "app.replicas",
      "3 is refused: expected a map.",
      `${rm("app.replicas")} && ${set("app.replicas.min", "3")}`,
    ),
  ],
  [
    "a path in place of a group",
    { "app.health": "/x" },
    told(
      "app.health",
      "'/x' is refused: expected a map.",
      `${rm("app.health")} && ${set("app.health.path", "/x")}`,
    ),
  ],
  [
    "a number in place of a group at the top",
    { timeouts: 300 },
    told("timeouts", "300 is refused: expected a map.", set("timeouts.app", "300")),
  ],
  [
    "a value in place of variables",
    { "app.env": "x" },
    told(
      "app.env",
      "'x' is refused: expected a map.",
      `${rm("app.env")} && ${set("app.env.NAME", "x")}`,
    ),
  ],
  [
    "a range in place of a list of them",
    { "networkPolicy.outbound": "10.0.0.0/8" },
    told(
      "networkPolicy.outbound",
      "'10.0.0.0/8' is refused: expected all, or a list of IPv4 ranges such as 10.0.0.0/8.",
      `${rm("networkPolicy.outbound")} && ${set("networkPolicy.outbound[0]", "10.0.0.0/8")}`,
    ),
  ],
  [
    "a text that a shell would take apart",
    { "app.nodeSelector": "it's here" },
    told(
      "app.nodeSelector",
      "'it's here' is refused: expected a map.",
      `${rm("app.nodeSelector")} && ${set("app.nodeSelector.NAME", "'it'\\''s here'")}`,
    ),
  ],
];

describe("remedies that set a key below", () => {
  refuses(aws, cases);
  refuses(existing, [
    [
      "a server and a folder in one",
      { files: { nfs: "10.0.0.5:/mnt" } },
      told(
        "files.nfs",
        "'10.0.0.5:/mnt' is refused: expected a map.",
        `${rm("files.nfs")} && ${set("files.nfs.server", "10.0.0.5")}`,
      ),
    ],
  ]);
});
