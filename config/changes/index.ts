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
  // A platform's rules work on its own config; here only their keys are read.
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

/** Keys that `confirm` accepts. */
export const CONFIRMABLE = [
  ...new Set([
    ...ALL.flatMap(({ key, kind }) => (kind === "asked" ? [key] : [])),
    ...Object.values(platforms).flatMap(({ confirmable }) => confirmable),
  ]),
];

/** What the state should record about a stack. */
export function factsOf(config: Config): Facts {
  return Object.fromEntries([
    ...known(config, common),
    ...known(config, platformOf(config).changes),
  ]);
}

/** Facts that keep their value because nobody has confirmed their removal. */
export function keptFacts(config: Config): string[] {
  const facts = factsOf(config);
  return ALL.filter(
    ({ key, keeps }) => keeps && facts[key] === NONE && !config.confirm.includes(key),
  ).map(({ key }) => key);
}

/** The verdict on going from what the state has recorded to this config. For a new stack there is none. */
export function changesSince(old: Facts | undefined, config: Config): Verdict {
  if (old === undefined) return SAFE;
  const same = (old.platform ?? config.platform) === config.platform;
  // A key that several platforms have can mean different things on each.
  const own = same ? platformOf(config).changes : [];
  const rules = [...common, ...own];
  // What keeps its value is not a change.
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
