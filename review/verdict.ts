import { changeRules, SAFE, type ChangeRule, type Facts, type Verdict } from "../config/changes";
import { verdictOn } from "../config/changes/verdict";
import type { CommonConfig } from "../config/commonConfig";
import { factsRecord } from "../plan/facts";
import type { Plan } from "../plan/plan";

type Rules = Readonly<Record<string, readonly ChangeRule<CommonConfig>[]>>;

/**
 * What `pulumi up` says of going from one plan to the other, if the first is what runs: the rules of config/changes on
 * what both plans record about their stack. Commands in it name the stack that the process has run last.
 * @param confirmed keys whose change the config confirms
 */
export function verdictBetween(before: Plan, after: Plan, confirmed: readonly string[]): Verdict {
  const [old, now] = [factsIn(before), factsIn(after)];
  if (!old || !now) return SAFE;
  const rules: Rules = changeRules;
  // A key that several platforms have can mean different things on each.
  const own =
    old.facts.platform === now.facts.platform ? (rules[now.facts.platform ?? ""] ?? []) : [];
  const kept = Object.entries(old.facts).filter(([key]) => now.kept.includes(`input["${key}"]`));
  return verdictOn(
    after.stack,
    [...(rules.common ?? []), ...own],
    old.facts,
    { ...now.facts, ...Object.fromEntries(kept) },
    { confirmed, protect: before.resources.some(({ protect }) => protect) },
  );
}

/** What a plan records about its stack, and the paths that keep the value that the state has. */
function factsIn(plan: Plan): { facts: Facts; kept: readonly string[] } | undefined {
  const stash = factsRecord(plan);
  return stash && { facts: stash.inputs.input as Facts, kept: stash.options.ignoreChanges };
}
