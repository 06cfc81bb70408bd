import type { Config } from "..";
import { aws } from "../platforms/aws/changes";
import { common } from "./common";
import { existing } from "../platforms/existing/changes";
import { NONE, type ChangeRule, type Facts } from "./rule";
import { SAFE, verdictOn, type Verdict } from "./verdict";

export type { ChangeKind, ChangeRule, Consequence, Facts } from "./rule";
export { together, SAFE, type Verdict } from "./verdict";

/** Every rule about changes of a running stack, by platform. */
export const changeRules = { common, aws, existing } as const;

/** Keys that `confirm` takes. */
export const CONFIRMABLE = [
  ...new Set([
    ...[...common, ...aws, ...existing].flatMap(({ key, kind }) => (kind === "asked" ? [key] : [])),
    // A host that another Ingress in the cluster serves: platforms/existing/conflicts.ts.
    "app.host",
  ]),
];

/** What the state is to remember of a stack. */
export function factsOf(config: Config): Facts {
  return Object.fromEntries([
    ...known(config, common),
    ...(config.platform === "aws" ? known(config, aws) : known(config, existing)),
  ]);
}

/** Keys of the facts that stay what they were, since nobody has confirmed their end. */
export function keptFacts(config: Config): string[] {
  const facts = factsOf(config);
  return [...common, ...aws, ...existing]
    .filter(({ key, keeps }) => keeps && facts[key] === NONE && !config.confirm.includes(key))
    .map(({ key }) => key);
}

/** What is to be said of going from what the state remembers to this config. Of a new stack nothing. */
export function changesSince(old: Facts | undefined, config: Config): Verdict {
  if (old === undefined) return SAFE;
  const same = (old.platform ?? config.platform) === config.platform;
  // Keys that both platforms have mean other things there.
  const own = !same ? [] : config.platform === "aws" ? aws : existing;
  const rules = [...common, ...own];
  // What stays as it was is no change, whatever else is one.
  const stays = keptFacts(config).flatMap((key) => (key in old ? [[key, old[key]]] : []));
  const now: Facts = { ...factsOf(config), ...Object.fromEntries(stays) };
  return verdictOn(config.stack, rules, old, now, {
    confirmed: config.confirm,
    protect: config.protect,
  });
}

function known<T extends Config>(config: T, rules: readonly ChangeRule<T>[]): [string, string][] {
  return rules.flatMap(({ key, fact }): [string, string][] => {
    const value = fact(config);
    return value === undefined ? [] : [[key, value]];
  });
}
