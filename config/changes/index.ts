import type { Config } from "../../config";
import { aws } from "./aws";
import { common } from "./common";
import type { ChangeRule, Facts } from "./rule";
import { verdictOn, type Verdict } from "./verdict";

export type { ChangeKind, ChangeRule, Consequence, Facts } from "./rule";
export type { Verdict } from "./verdict";

/** Every rule about changes of a running stack, by platform. */
export const changeRules = { common, aws } as const;

/** What the state is to remember of a stack. */
export function factsOf(config: Config): Facts {
  const known = rulesFor(config).flatMap(({ key, fact }): [string, string][] => {
    const value = fact(config);
    return value === undefined ? [] : [[key, value]];
  });
  return Object.fromEntries(known);
}

/** What is to be said of going from what the state remembers to this config. */
export function changesSince(old: Facts, config: Config): Verdict {
  return verdictOn(config.stack, rulesFor(config), old, factsOf(config), config.confirm);
}

function rulesFor(config: Config): readonly ChangeRule[] {
  return config.platform === "aws"
    ? [...common, ...(aws as readonly ChangeRule<never>[] as readonly ChangeRule[])]
    : common;
}
