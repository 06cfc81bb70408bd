import { join } from "node:path";
import { changeRules, type ChangeKind } from "../config/changes";
import { setCommand, upCommand } from "../config/messages/commands";
import { HARMLESS } from "../config/changes/harmless";

/* docs/changes.md, from the rules: `npm run docs`. */

export const CHANGES_PAGE = join(__dirname, "changes.md");

const KINDS: Readonly<Record<ChangeKind, string>> = {
  refused: "**refused**",
  asked: "**asked about**",
  warned: "warned of",
};

const INTRODUCTION = `# What happens when you change…

Written by \`npm run docs\` from the rules in \`config/changes/\`. Change it there.

A stack remembers in its state what it is ([why so](decisions/0009-stack-facts.md)), from the first \`pulumi up\` on, also from one
that failed halfway. \`pulumi preview\` and \`pulumi up\`, with \`--skip-preview\` too, compare the config with it before anything is
made:

- **refused**: it would lose data or cannot succeed. The message says how to go back, or how to get there another way.
- **asked about**: visitors notice it, or it cannot be taken back. The message has the command that confirms it, such as
  \`${setCommand("confirm[0]", "redis.sessions", "", "STACK")}\`. Remove \`confirm\` after the \`pulumi up\`: every preview
  reminds of it. Where \`protect\` is on, Pulumi still refuses to delete what it protects:
  \`${setCommand("protect", "false", "", "STACK")} && ${upCommand("STACK")}\` before the change, and
  before a destroy.
- **warned of**: the preview says what it does.

The offline \`npm run preview\` knows no state, and shows what is remembered. A stack from before a fact was remembered is not
compared by it until the next \`pulumi up\`. \`pulumi up --target\` compares nothing unless it targets the resource \`facts\` too.
`;

const OTHERS = `## What others have in the cluster

On a cluster that exists (platform \`existing\`) the first preview of a stack asks the API server, with kubectl and the context of the
config, and later ones where the stack comes to claim more. Offline, without kubectl, without an answer or without the right to see
something, nothing is said.

| what is there already | what happens |
| --- | --- |
| the namespace of another stack of this project (\`cluster.namespace\`, \`ingress.namespace\`) | **refused** |
| the namespace of nobody, or of a stack of the same name | warned of: the stack takes it over, and a destroy deletes it |
| the IngressClass, where the stack installs the controller | **refused**: Helm does not take it over |
| a host in another Ingress of the class, with F5's controller; with others one of its paths | **asked about**: \`app.host\` in \`confirm\` |

A stack is known by the annotation \`next-on-eks/stack\` (ORGANIZATION/STACK) of its namespaces and its Ingress.
`;

/** The whole page. */
export function changesPage(): string {
  const { common, aws, existing } = changeRules;
  const parts = {
    "On both platforms": common,
    "Platform `aws`": aws,
    "Platform `existing`": existing,
  };
  const rules = Object.entries(parts).flatMap(([title, of]) => [
    `## ${title}`,
    "",
    "| key | change | what happens |",
    "| --- | --- | --- |",
    ...of.map(
      ({ key, change, kind, keeps }) =>
        `| \`${key}\` | ${change} | ${keeps ? "kept until it is confirmed: the preview says so" : KINDS[kind]} |`,
    ),
    "",
  ]);
  const rest = Object.entries(HARMLESS).map(([keys, effect]) => {
    const quoted = keys.split(", ").map((key) => `\`${key}\``);
    return `| ${quoted.join(", ")} | ${effect} |`;
  });
  return [
    INTRODUCTION,
    ...rules,
    OTHERS,
    "## Everything else",
    "",
    "| keys, and those below | what happens |",
    "| --- | --- |",
    ...rest,
    "",
  ].join("\n");
}
