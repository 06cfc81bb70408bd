import type { CommonConfig } from "../commonConfig";
import { platformOf, platforms, type Config, type PlatformName } from "../platforms";
import { common } from "./common";
import { HARMLESS } from "./harmless";
import { NONE, type ChangeRule, type Facts } from "./rule";
import { SAFE, verdictOn, type Verdict } from "./verdict";

export type { ChangeKind, ChangeRule, Consequence, Facts } from "./rule";
export { together, SAFE, type Verdict } from "./verdict";

type AnyRule = ChangeRule<CommonConfig>;

/** Every rule about changes of a running stack: those that all platforms have, and each platform's. */
export const changeRules = {
  common,
  // A platform's rules take its own config; here their keys are read, and no fact is taken.
  ...(Object.fromEntries(
    Object.entries(platforms).map(([name, { changes }]) => [name, changes]),
  ) as Readonly<Record<PlatformName, readonly AnyRule[]>>),
};

/** What a change of the other keys does, by keys: those that all platforms have, then each platform's. */
export const harmlessChanges = [
  HARMLESS,
  ...Object.values(platforms).map(({ harmless }) => harmless),
].flatMap((effects) => Object.entries(effects));

const ALL = Object.values(changeRules).flat();

/** Keys that `confirm` takes. */
export const CONFIRMABLE = [
  ...new Set([
    ...ALL.flatMap(({ key, kind }) => (kind === "asked" ? [key] : [])),
    ...Object.values(platforms).flatMap(({ confirmable }) => confirmable),
  ]),
];

/** What the state is to remember of a stack. */
export function factsOf(config: Config): Facts {
  return Object.fromEntries([
    ...known(config, common),
    ...known(config, platformOf(config).changes),
  ]);
}

/** Keys of the facts that stay what they were, since nobody has confirmed their end. */
export function keptFacts(config: Config): string[] {
  const facts = factsOf(config);
  return ALL.filter(
    ({ key, keeps }) => keeps && facts[key] === NONE && !config.confirm.includes(key),
  ).map(({ key }) => key);
}

/** What is to be said of going from what the state remembers to this config. Of a new stack nothing. */
export function changesSince(old: Facts | undefined, config: Config): Verdict {
  if (old === undefined) return SAFE;
  const same = (old.platform ?? config.platform) === config.platform;
  // Keys that several platforms have mean other things on each.
  const own = same ? platformOf(config).changes : [];
  const rules = [...common, ...own];
  // What stays as it was is no change, whatever else is one.
  const stays = keptFacts(config).flatMap((key) => (key in old ? [[key, old[key]]] : []));
  const now: Facts = { ...factsOf(config), ...Object.fromEntries(stays) };
  return verdictOn(config.stack, rules, old, now, {
    confirmed: config.confirm,
    protect: config.protect,
  });
}

function known(config: CommonConfig, rules: readonly AnyRule[]): [string, string][] {
  return rules.flatMap(({ key, fact }): [string, string][] => {
    const value = fact(config);
    return value === undefined ? [] : [[key, value]];
  });
}
