import type { Told } from "../config/rules";
import type { Severity } from "../config/rules/rule";
import type { Waiver } from "../config/schema/waivers";
import { policies } from ".";
import type { Policy, Scene, Violation } from "./policy";

/*
 * What a plan is found to break.
 */

export interface PolicyFinding extends Violation {
  readonly rule: string;
  readonly severity: Severity;
}

export interface Findings {
  /** Errors first, each in the order of the policies. */
  readonly open: readonly PolicyFinding[];
  /** What the stack's waivers allow. */
  readonly waived: readonly PolicyFinding[];
  /** Rules with a waiver that nothing needs. */
  readonly unused: readonly string[];
}

/**
 * @param waivers of the stack; those that are over have refused the config already
 * @param told what rules of the config have said: a finding about the same key is not told twice
 */
export function findingsOf(
  scene: Scene,
  waivers: readonly Waiver[] = [],
  told: readonly Told[] = [],
  all: readonly Policy[] = policies,
): Findings {
  const environment = scene.production ? "production" : "elsewhere";
  const found = all.flatMap((policy): PolicyFinding[] => {
    const severity = policy.severity[environment];
    if (severity === "off") return [];
    return policy
      .check(scene)
      .filter(({ key }) => !told.some((it) => it.rule === policy.id && it.key === key))
      .map((violation) => ({ rule: policy.id, severity, ...violation }));
  });
  const isWaived = ({ rule }: { rule: string }) => waivers.some((waiver) => waiver.rule === rule);
  const open = found.filter((finding) => !isWaived(finding));
  return {
    open: [...open].sort((a, b) => rank(a) - rank(b)),
    waived: found.filter(isWaived),
    unused: unusedOf(scene, waivers, found, all),
  };
}

/** A rule of the config alone, or one that compares plans, may be broken where no single plan shows it. */
function unusedOf(
  { comparison }: Scene,
  waivers: readonly Waiver[],
  found: readonly PolicyFinding[],
  all: readonly Policy[],
): string[] {
  const shown = all.filter(({ comparesPlans }) => !comparesPlans || comparison !== undefined);
  return waivers
    .map(({ rule }) => rule)
    .filter((rule) => shown.some(({ id }) => id === rule))
    .filter((rule) => !found.some((finding) => finding.rule === rule));
}

function rank({ severity }: PolicyFinding): number {
  return severity === "error" ? 0 : 1;
}

/** Two findings with one identity are the same, however their words differ. */
export function identityOf({ rule, resource, part = "" }: PolicyFinding): string {
  return [rule, resource.urn, part].join("|");
}

/** Findings that a base does not have. */
export function newIn(
  now: readonly PolicyFinding[],
  base: readonly PolicyFinding[],
): PolicyFinding[] {
  const old = new Set(base.map(identityOf));
  return now.filter((finding) => !old.has(identityOf(finding)));
}
