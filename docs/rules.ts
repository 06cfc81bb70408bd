import { join } from "node:path";
import { platforms } from "../config/platforms";
import { commonRules, severities } from "../config/rules";
import type { Rule, SeverityByEnvironment } from "../config/rules/rule";

/* docs/rules.md, from the rules: `npm run docs`. */

export const RULES_PAGE = join(__dirname, "rules.md");

const INTRODUCTION = `# The rules of the config

Written by \`npm run docs\` from the rules in \`config/rules/\` and \`config/platforms/\`. Change it there.

The schemas check each key by itself ([configuration.md](configuration.md)); these rules compare keys. Breaking a rule is an
**error**, and then nothing is created, or a warning, in the preview and in \`pulumi up\`. Some rules are stricter in production. The
names are stable.
`;

/** What is read of a rule, whatever config it looks at. */
export type RuleLine = Pick<Rule<never>, "id" | "why" | "severity">;

/** Every rule: those that all platforms have, then each platform's. */
export const ruleParts: Readonly<Record<string, readonly RuleLine[]>> = {
  "Every platform": commonRules(() => []),
  ...Object.fromEntries(
    Object.entries(platforms).map(([name, { rules }]) => [`Platform \`${name}\``, rules]),
  ),
};

/** The whole page. */
export function rulesPage(): string {
  const parts = Object.entries(ruleParts).flatMap(([title, rules]) => [
    `## ${title}`,
    "",
    "| rule | why | severity |",
    "| --- | --- | --- |",
    ...rules.map((rule) => `| \`${rule.id}\` | ${rule.why} | ${inWords(severities(rule))} |`),
    "",
  ]);
  return [INTRODUCTION, ...parts].join("\n");
}

function inWords({ production, elsewhere }: SeverityByEnvironment): string {
  if (production === elsewhere) return word(production);
  const otherwise = elsewhere === "off" ? "elsewhere none" : `elsewhere ${word(elsewhere)}`;
  return `${word(production)} in production, ${otherwise}`;
}

function word(severity: SeverityByEnvironment["elsewhere"]): string {
  return severity === "error" ? "**error**" : severity;
}
