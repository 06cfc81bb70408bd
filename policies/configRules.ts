import { platforms } from "../config/platforms";
import { commonRules, severities } from "../config/rules";
import type { Rule } from "../config/rules/rule";
import type { Policy } from "./policy";

type ConfigRule = Pick<Rule<never>, "id" | "why" | "severity">;

const rules: readonly ConfigRule[] = [
  ...commonRules(() => []),
  ...Object.values(platforms).flatMap((platform): readonly ConfigRule[] => platform.rules),
];

/** The name, the reason and the severity of a rule of the config, for the policy that is the same rule. */
export function asInConfig(id: string): Pick<Policy, "id" | "why" | "severity"> {
  const rule = rules.find((one) => one.id === id);
  if (!rule) throw new Error(`policies/configRules.ts: the config has no rule '${id}'`);
  return { id, why: rule.why, severity: severities(rule) };
}
