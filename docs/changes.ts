import { join } from "node:path";
import { changeRules, type ChangeKind } from "../config/changes";
import { setCommand } from "../config/commands";
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
  reminds of it. Where \`protect\` is on, Pulumi still refuses to delete what it protects.
- **warned of**: the preview says what it does.

The offline \`npm run preview\` knows no state, and shows what is remembered. A stack from before a fact was remembered is not
compared by it until the next \`pulumi up\`. \`pulumi up --target\` compares nothing unless it targets the resource \`facts\` too.
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
    "## Everything else",
    "",
    "| keys, and those below | what happens |",
    "| --- | --- |",
    ...rest,
    "",
  ].join("\n");
}
