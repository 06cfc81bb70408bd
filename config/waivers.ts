import { nearest } from "./messages/nearest";
import { removeCommand, setCommand } from "./messages/commands";
import { told, type Problem } from "./messages/problems";
import type { Waiver } from "./schema/waivers";

/*
 * Waivers: a stack may break a rule for a time, with a reason. The rules about plans are in policies/, a layer above;
 * their names are here, so that a mistyped one is noticed when the config is read.
 */

/** The rules that look at plans and are no rules of the config; a test holds policies/ to it. */
export const PLAN_RULES = [
  "state-replaced",
  "protection-removed",
  "security-group-open",
  "network-policy",
  "iam-wildcard",
  "encryption-at-rest",
  "encryption-in-transit",
  "secret-in-clear",
  "pod-probes",
  "pod-resources",
  "pod-read-only-root",
  "pod-seccomp",
  "pod-privileges",
  "disruption-budget",
  "grace-period",
  "sessions-evicted",
  "image-not-tried",
  "retired-annotations",
] as const;

/** Rules of the config that look at plans too, and can be waived although they refuse everywhere. */
export const SHARED_RULES = ["kubernetes-support-ended"] as const;

/** From so many days before its end, a waiver is warned of: after it, not even a roll-back is deployed. */
const WARNED_DAYS = 14;
const DAY = 86_400_000;

/** What is read of a rule. */
interface Named {
  readonly id: string;
  readonly severity: unknown;
}

/** Whether a stack may break a rule: what refuses everywhere is about a config that cannot work. */
export function isWaivable({ id, severity }: Named): boolean {
  return severity !== "error" || (SHARED_RULES as readonly string[]).includes(id);
}

/** Without the rules that a stack may break. */
export function withoutWaived<T extends Named>(
  rules: readonly T[],
  waivers: readonly Waiver[],
): readonly T[] {
  const waived = new Set(waivers.map(({ rule }) => rule));
  return rules.filter((rule) => !waived.has(rule.id) || !isWaivable(rule));
}

/**
 * Waivers of rules that there are not, or that nobody can waive, and those that are over.
 * @param rules every rule of the config, of all platforms
 */
export function problemsOfWaivers(
  waivers: readonly Waiver[],
  rules: readonly Named[],
  today: Date,
): Problem[] {
  const known = [...PLAN_RULES, ...rules.filter(isWaivable).map(({ id }) => id)];
  return waivers.flatMap(({ rule, until }, index): Problem[] => {
    const key = `waivers[${index}]`;
    if (!known.includes(rule)) return [unknownRule(key, rule, known, rules)];
    if (today <= lastMoment(until)) return [];
    return [
      {
        key,
        message: `the waiver of ${rule} ended on ${until}: put right what breaks the rule, or decide anew.`,
        remedy: `${removeCommand(key)}\nor\n${setCommand(`${key}.until`, "DAY")}`,
      },
    ];
  });
}

function unknownRule(
  key: string,
  rule: string,
  known: readonly string[],
  rules: readonly Named[],
): Problem {
  if (rules.some(({ id }) => id === rule)) {
    const message = `'${rule}' cannot be waived: a config that breaks it does not work.`;
    return { key, message, remedy: removeCommand(key) };
  }
  const meant = nearest(rule, known);
  return meant === undefined
    ? {
        key,
        message: `'${rule}' is no rule; docs/rules.md lists them all.`,
        remedy: removeCommand(key),
      }
    : {
        key: `${key}.rule`,
        message: `'${rule}' is no rule; did you mean ${meant}?`,
        remedy: setCommand(`${key}.rule`, meant),
      };
}

/** Waivers that are over soon, as lines for the reader of a preview. */
export function warningsOfWaivers(waivers: readonly Waiver[], today: Date): string[] {
  return waivers.flatMap(({ rule, until }, index) => {
    const left = Number(lastMoment(until)) - Number(today);
    return left <= WARNED_DAYS * DAY
      ? told(
          `waivers[${index}]`,
          `the waiver of ${rule} ends on ${until}; after that day every pulumi up is refused, including roll-backs.`,
        )
      : [];
  });
}

function lastMoment(day: string): Date {
  return new Date(`${day}T23:59:59Z`);
}
