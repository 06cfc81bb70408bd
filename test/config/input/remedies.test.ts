import * as assert from "node:assert/strict";
import { getStack } from "@pulumi/pulumi";
import { z } from "zod";
import { groups } from "../../../config";
import { CONFIRMABLE } from "../../../config/changes";
import { remedyOf } from "../../../config/input/remedies";
import { schemaAt, unwrap } from "../../../config/schema/tree";
import { carryOut, put, type Container } from "../../helpers/commands";
import { aws, existing } from "../../helpers/configs";
import { harmsNothingElse, refuses, rm, set, told, type RuleCase } from "../../helpers/refusals";

type Path = readonly (string | number)[];

/** The value of a group once the commands of a remedy ran. */
function mended(remedy: string, group: string, before: unknown): unknown {
  const root: Container = { [group]: before };
  carryOut(remedy, { files: { [getStack()]: root, other: {} }, selected: "other" });
  return root[group];
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
            const after = mended(remedy, group, structuredClone(before[group]));
            assert.deepEqual(flawsAt(schema, path, after), [], remedy);
            // Of confirm nothing is offered that a reader did not type.
            if (group !== "confirm") assert.notEqual(after, undefined, remedy);
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
    "a variable as shells write it in place of variables",
    { "app.env": "FOO=a b=c" },
    told(
      "app.env",
      "'FOO=a b=c' is refused: expected a map.",
      `${rm("app.env")} && ${set("app.env.FOO", "'a b=c'")}`,
    ),
  ],
  [
    "a label as shells write it in place of labels",
    { "app.nodeSelector": "kubernetes.io/arch=arm64" },
    told(
      "app.nodeSelector",
      "'kubernetes.io/arch=arm64' is refused: expected a map.",
      `${rm("app.nodeSelector")} && ${set('app.nodeSelector["kubernetes.io/arch"]', "arm64")}`,
    ),
  ],
  [
    "control: what is no variable by its name",
    { "app.env": "1A=x" },
    told(
      "app.env",
      "'1A=x' is refused: expected a map.",
      `${rm("app.env")} && ${set("app.env.NAME", "1A=x")}`,
    ),
  ],
  [
    "a variable's name with a hyphen",
    { "app.env": { "my-var": "a b" } },
    told(
      "app.env.my-var",
      "'my-var' is refused: expected a variable's name.",
      `${set("app.env.my_var", "'a b'")} && ${rm("app.env.my-var")}`,
    ),
  ],
  [
    "the same of a secret, whose value is not shown",
    { "app.secretEnv": { "my-var": "geheim" } },
    told(
      "app.secretEnv.my-var",
      "'my-var' is refused: expected a variable's name.",
      `${set("app.secretEnv.my_var", "--secret VALUE")} && ${rm("app.secretEnv.my-var")}`,
    ),
  ],
  [
    "control: one whose right name has a value",
    { "app.env": { "my-var": "old", my_var: "new" } },
    told(
      "app.env.my-var",
      "'my-var' is refused: expected a variable's name.",
      rm("app.env.my-var"),
    ),
  ],
  ...["https://Shop.acme.org/", "SHOP.acme.org"].map((host): RuleCase => [
    `${host} in place of a host`,
    { "app.host": host },
    told(
      "app.host",
      `'${host}' is refused: expected a DNS name in lower case, such as shop.example.com.`,
      set("app.host", "shop.acme.org"),
    ),
  ]),
  [
    "control: an address with a path",
    { "app.host": "https://acme.org/shop" },
    told(
      "app.host",
      "'https://acme.org/shop' is refused: expected a DNS name in lower case, such as shop.example.com.",
      set("app.host", "shop.example.com"),
    ),
  ],
  [
    "an address in place of a range",
    { "cluster.publicAccessCidrs": ["54.1.2.3"] },
    told(
      "cluster.publicAccessCidrs[0]",
      "'54.1.2.3' is refused: expected an IPv4 range such as 10.20.0.0/16.",
      set("cluster.publicAccessCidrs[0]", "54.1.2.3/32"),
    ),
  ],
  [
    "an address in place of a list of ranges",
    { "cluster.publicAccessCidrs": "54.1.2.3" },
    told(
      "cluster.publicAccessCidrs",
      "'54.1.2.3' is refused: expected a list.",
      `${rm("cluster.publicAccessCidrs")} && ${set("cluster.publicAccessCidrs[0]", "54.1.2.3/32")}`,
    ),
  ],
  ...["54.1.2.0", "54.1.2.256"].map((range): RuleCase => [
    `control: ${range}, of which nobody knows the range`,
    { "cluster.publicAccessCidrs": [range] },
    told(
      "cluster.publicAccessCidrs[0]",
      `'${range}' is refused: expected an IPv4 range such as 10.20.0.0/16.`,
      set("cluster.publicAccessCidrs[0]", "203.0.113.7/32"),
    ),
  ]),
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

const words: RuleCase[] = [
  ...(["true", "yes", "on"] as const).map((word): RuleCase => [
    `the word ${word} in place of a boolean`,
    { "ingress.install": word },
    told(
      "ingress.install",
      `'${word}' is refused: expected a boolean.`,
      set("ingress.install", "true"),
    ),
  ]),
  ...(["false", "no", "Off"] as const).map((word): RuleCase => [
    `the word ${word} in place of a boolean`,
    { "ingress.install": word },
    told(
      "ingress.install",
      `'${word}' is refused: expected a boolean.`,
      set("ingress.install", "false"),
    ),
  ]),
  [
    "a number that is not whole, as the CLI stores it",
    { "app.replicas": { max: "4.5" } },
    told(
      "app.replicas.max",
      "'4.5' is refused: expected an integer.",
      set("app.replicas.max", "10"),
    ),
  ],
  [
    "a number in quotes",
    { "app.port": "3001" },
    told("app.port", "'3001' is refused: expected an integer.", set("app.port", "3001")),
  ],
];

const confirmable = `expected ${CONFIRMABLE.map((it) => `'${it}'`).join(" or ")}`;
/** `redis.sessions` confirms that every visitor is logged out: nobody may come to it by pasting. */
const confirmations: RuleCase[] = [
  [
    "a key that is never asked about",
    { confirm: ["app.host", "cluster.namespace"] },
    told("confirm[1]", `'cluster.namespace' is refused: ${confirmable}.`, rm("confirm[1]")),
  ],
  [
    "a key that is never asked about, in place of a list",
    { confirm: "cluster.namespace" },
    told(
      "confirm",
      `'cluster.namespace' is refused: ${confirmable.replace("expected", "expected a list of")}.`,
      rm("confirm"),
    ),
  ],
  [
    "control: a key of the user's own in place of a list",
    { confirm: "ingress.zone" },
    told(
      "confirm",
      `'ingress.zone' is refused: ${confirmable.replace("expected", "expected a list of")}.`,
      set("confirm[0]", "ingress.zone"),
    ),
  ],
];

describe("remedies of confirmations", () => {
  refuses(aws, confirmations);
});

describe("remedies that say what was meant", () => {
  refuses(aws, words);
});

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

describe("the run of remedies", () => {
  const port = "  next-on-eks:app.port: 80 is refused: expected 1024 or more.\n    ";
  const config = { app: { port: 80 } };
  const run = (remedy: string) => () => harmsNothingElse(port + remedy, config);

  it("takes a command of the stack itself", () => {
    run(set("app.port", "3000"))();
    const copy = "pulumi stack init NAME --copy-config-from test";
    const inCopy = set("app.host", "HOST").replace("--stack test", "--stack NAME");
    run(`${rm("app.port")}\n    or\n    ${copy}\n    ${inCopy}`)();
    assert.throws(run(`${inCopy}\n    ${copy}`), /there is no stack 'NAME'/);
  });

  it("control: finds a command that names no stack, or another", () => {
    const bare = set("app.port", "3000").replace(" --stack test", "");
    assert.throws(run(bare), /changes the stack that is selected/);
    assert.throws(
      run(bare.replace("set ", "set --stack other ")),
      /changes the stack that is selected/,
    );
  });

  it("control: finds a command with words around it", () => {
    assert.throws(run(`${set("app.port", "3000")} (or ${rm("app.port")})`), /syntax error/);
    assert.throws(run(`run: ${set("app.port", "3000")}`), /alone on its line/);
    assert.throws(run(`${set("app.port", "3000")} (with more nodes)`), /syntax error/);
    assert.throws(run(`${set("app.port", "3000")} or more`), /words behind a command/);
    assert.throws(run("kubectl get pods (all)"), /syntax error/);
  });

  it("control: finds a command that removes or changes what nobody spoke of", () => {
    assert.throws(run(rm("app.host")), /removes 'app.host'/);
    assert.throws(run(rm("app")), /removes 'app'/);
  });
});
