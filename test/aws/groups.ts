import type { Plan } from "../../plan/plan";
import type { ResourceChange } from "../../review/change";
import type { Scenario } from "../golden/scenario";
import { shortOf } from "./engineLog";

/** A scenario, and what the comparison says of it alone. */
export interface Asked {
  readonly scenario: Scenario;
  readonly changes: readonly ResourceChange[];
  /** What it changes to the comparison or to the engine, as `Type name`. */
  readonly touched: ReadonlySet<string>;
}

export function askedOf(
  scenario: Scenario,
  changes: readonly ResourceChange[],
  before: Plan,
  now: Plan,
): Asked {
  // a resource of another name that is the same one by an alias is no change, but others would look for the old name
  const renamed = [...onlyIn(before, now), ...onlyIn(now, before)];
  const differs = Object.keys(scenario.engine?.differs ?? {});
  const urns = [...changes.map(({ urn }) => urn), ...renamed];
  return { scenario, changes, touched: new Set([...urns.map(shortOf), ...differs]) };
}

function onlyIn({ resources }: Plan, other: Plan): string[] {
  const there = new Set(other.resources.map(({ urn }) => urn));
  return resources.map(({ urn }) => urn).filter((urn) => !there.has(urn));
}

/**
 * As few groups as first fit gives, in each of which no two scenarios set the same key, edit the same file or change the
 * same resource. So what the engine does with a resource is the answer to one of them; if they change more together than
 * each alone, that is in none of them, and they fail.
 */
export function inGroups(all: readonly Asked[]): readonly (readonly Asked[])[] {
  const groups: Asked[][] = [];
  // those that change most first: what changes little fits in anywhere
  for (const asked of [...all].sort((a, b) => b.touched.size - a.touched.size)) {
    const group = groups.find((others) => others.every((other) => areApart(asked, other)));
    if (group) group.push(asked);
    else groups.push([asked]);
  }
  return groups;
}

function areApart(a: Asked, b: Asked): boolean {
  const keys = keysOf(b.scenario);
  const files = new Set(b.scenario.code?.map(({ file }) => file));
  return (
    ![...a.touched].some((it) => b.touched.has(it)) &&
    !keysOf(a.scenario).some((one) => keys.some((other) => overlap(one, other))) &&
    !a.scenario.code?.some(({ file }) => files.has(file))
  );
}

function keysOf({ config = {}, secrets = {} }: Scenario): readonly string[] {
  return [...Object.keys(config), ...Object.keys(secrets)];
}

/** One is the other, or in it. */
function overlap(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);
}
