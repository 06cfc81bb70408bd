import { join } from "node:path";
import { platforms } from "../config/platforms";
import { commonRules, severities } from "../config/rules";
import type { Rule, SeverityByEnvironment } from "../config/rules/rule";
import { isWaivable } from "../config/waivers";
import { policyParts } from "../policies";
import type { Policy } from "../policies/policy";
import { REJECTED } from "../policies/rejected";

/* docs/rules.md, from the rules of the config and of the plan: `npm run docs`. */

export const RULES_PAGE = join(__dirname, "rules.md");

const INTRODUCTION = `# Rules

Written by \`npm run docs\` from the rules in \`config/rules/\`, \`config/platforms/\` and \`policies/\`. Change it there.

The names are stable. An **error** refuses: of the config, nothing is created; of the plan, \`npm run preview\` ends with exit code 1
(for \`state-replaced\`, which compares plans, with 2 and only with \`--fail-on replaced-state\`). A warning is shown, with the name of its rule. Some rules are stricter in production.

- **Rules of the config** compare keys, in the preview and in \`pulumi up\`. The schemas check each key by itself ([configuration.md](configuration.md)).
- **Rules of the plan** look at what config and code make of each other: in \`npm run preview\`, in a pull request (\`--against\` shows what is
  new, and counts what was there before), and in \`pulumi up\` with the policy pack. A rule that is in both lists is one rule: the
  config tells it early, the plan notices where the code leads to the same.
`;

const WAIVERS = `## Waivers

A stack may break a rule for a time. A reason and a last day are required; from 14 days before that day on there is a warning, and after it
the config is refused until what breaks the rule is put right or the waiver is renewed. A mistyped name is refused. A waiver of
a rule of the plan that nothing needs any more is named in the preview. Rules marked with an asterisk are about configs that do not work, and cannot be waived.

\`\`\`yaml
next-on-eks:waivers:
  - rule: one-pod
    reason: a demo without visitors
    until: "2027-03-31"
\`\`\`
`;

const PACK = `## In \`pulumi up\`

\`\`\`sh
pulumi up --stack prod --policy-pack policies/pack
\`\`\`

runs the rules of the plan in Pulumi's own engine (CrossGuard), also over the resources that other packages make of \`eks.Cluster\`: an
error stops \`pulumi up\` after its preview, before anything is created; warnings are shown, some of them under the name
\`RULE-warning\`. It needs what \`npm ci\` installs, and no account at Pulumi. Waivers are read from the stack's file; where that is
another (\`--config-file FILE\`), set \`RULES_CONFIG_FILE=FILE\` too. \`state-replaced\`, \`image-not-tried\` and \`server-actions-key\`
need what only the preview knows.
`;

/** What is read of a rule, whatever config it looks at. */
export type RuleLine = Pick<Rule<never>, "id" | "why" | "severity">;

/** Every rule of the config: those that all platforms have, then each platform's. */
export const ruleParts: Readonly<Record<string, readonly RuleLine[]>> = {
  "Every platform": commonRules(() => []),
  ...Object.fromEntries(
    Object.entries(platforms).map(([name, { rules }]) => [`Platform \`${name}\``, rules]),
  ),
};

/** The whole page. */
export function rulesPage(): string {
  const parts = Object.entries(ruleParts).flatMap(([title, rules]) => [
    `### ${title}`,
    "",
    "| rule | why | severity |",
    "| --- | --- | --- |",
    ...rules.map(
      (rule) =>
        `| \`${rule.id}\`${isWaivable(rule) ? "" : " *"} | ${rule.why} | ${inWords(severities(rule))} |`,
    ),
    "",
  ]);
  return [
    INTRODUCTION,
    "## Rules of the plan",
    "",
    ...Object.entries(policyParts).flatMap(policyLines),
    "## Rules of the config",
    "",
    ...parts,
    WAIVERS,
    PACK,
    ...rejectedLines(),
  ].join("\n");
}

function policyLines([title, policies]: [string, readonly Policy[]]): string[] {
  return [
    `### ${title}`,
    "",
    "| rule | why | severity | checkov, kube-linter |",
    "| --- | --- | --- | --- |",
    ...policies.map(
      ({ id, why, severity, scanners }) =>
        `| \`${id}\` | ${why} | ${inWords(severity)} | ${[...(scanners.checkov ?? []), ...(scanners.kubeLinter ?? [])].join(", ")} |`,
    ),
    "",
  ];
}

function rejectedLines(): string[] {
  return [
    "## Rules of others that are rejected",
    "",
    "| rule | asks for | why not |",
    "| --- | --- | --- |",
    ...REJECTED.map(({ ids, asks, because }) => `| ${ids.join(", ")} | ${asks} | ${because} |`),
    "",
  ];
}

function inWords({ production, elsewhere }: SeverityByEnvironment): string {
  if (production === elsewhere) return word(production);
  const otherwise = elsewhere === "off" ? "elsewhere none" : `elsewhere ${word(elsewhere)}`;
  return `${word(production)} in production, ${otherwise}`;
}

function word(severity: SeverityByEnvironment["elsewhere"]): string {
  return severity === "error" ? "**error**" : severity;
}
