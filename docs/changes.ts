import { join } from "node:path";
import { changeRules, harmlessChanges, type ChangeKind } from "../config/changes";
import { setCommand, upCommand } from "../config/messages/commands";

/* docs/changes.md, from the rules: `npm run docs`. */

export const CHANGES_PAGE = join(__dirname, "changes.md");

const KINDS: Readonly<Record<ChangeKind, string>> = {
  refused: "**refused**",
  asked: "**asked about**",
  warned: "warned of",
};

const INTRODUCTION = `# What happens when you change…

Written by \`npm run docs\` from the rules in \`config/changes/\`. Change it there.

From the first \`pulumi up\` on, even from one that failed half-way, a stack records in its state what must not simply change
([why](decisions/0009-stack-facts.md)). \`pulumi preview\` and \`pulumi up\` (also with \`--skip-preview\`) compare the config with that
record before they create anything. A change is then

- **refused** if it would lose data or cannot succeed. The message says how to go back, or how to get there another way.
- **asked about** if visitors notice it, or if it cannot be undone. The message contains the command that confirms it, such as
  \`${setCommand("confirm[0]", "redis.sessions", "", "STACK")}\`. Remove \`confirm\` after the \`pulumi up\`; every preview
  reminds you. If \`protect\` is on, Pulumi still refuses to delete what it protects: run
  \`${setCommand("protect", "false", "", "STACK")} && ${upCommand("STACK")}\` before the change, and
  before a destroy.
- **warned of**: the preview says what it does.

The offline \`npm run preview\` cannot see the state; it shows what will be recorded. If a stack was last updated by a version that did not record a
value, that value is not compared until the next \`pulumi up\`. \`pulumi up --target\` compares nothing unless it also targets the resource
\`facts\`.
`;

const OTHERS = `## What others have in the cluster

On an existing cluster (platform \`existing\`), the first preview of a stack asks the API server what is there, with kubectl and the context from
the config. Later previews ask again if the stack claims something new. Nothing is reported offline, without kubectl, without an answer, or
without the right to look.

| what already exists | what happens |
| --- | --- |
| the namespace, owned by another stack of this project (\`cluster.namespace\`, \`ingress.namespace\`) | **refused** |
| the namespace, without an owner or owned by a stack of the same name | warned of: the stack takes it over, and a destroy deletes it |
| the IngressClass, if the stack installs the controller | **refused**: Helm does not take it over |
| a host in another Ingress of the class (with other controllers than F5's: the same host and path) | **asked about**: \`app.host\` in \`confirm\` |

The owner is the annotation \`next-on-eks/stack\` (ORGANIZATION/STACK) on namespaces and on the Ingress.
`;

/** The whole page. */
export function changesPage(): string {
  const rules = Object.entries(changeRules).flatMap(([part, of]) => [
    part === "common" ? "## On both platforms" : `## Platform \`${part}\``,
    "",
    "| key | change | what happens |",
    "| --- | --- | --- |",
    ...of.map(
      ({ key, change, kind, keeps }) =>
        `| \`${key}\` | ${change} | ${keeps ? "kept until you confirm; the preview says so" : KINDS[kind]} |`,
    ),
    "",
  ]);
  const rest = harmlessChanges.map(([keys, effect]) => {
    const quoted = keys.split(", ").map((key) => `\`${key}\``);
    return `| ${quoted.join(", ")} | ${effect} |`;
  });
  return [
    INTRODUCTION,
    ...rules,
    OTHERS,
    "## Everything else",
    "",
    "| keys, including those below them | what happens |",
    "| --- | --- |",
    ...rest,
    "",
  ].join("\n");
}
