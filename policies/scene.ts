import { toldIn } from "../config/rules";
import { waivers as schema, type Waiver } from "../config/schema/waivers";
import { namedForProduction } from "../model/production";
import { PROJECT } from "../model/project";
import type { Plan } from "../plan/plan";
import { differenceOf } from "../review/difference";
import { findingsOf, type Findings } from "./findings";
import type { Scene } from "./policy";

/*
 * What policies are asked about, from a plan and the config that it is made from.
 */

/** By full key (`next-on-eks:waivers`); maps and lists as JSON, as the Pulumi CLI hands config to a program. */
export type RawConfig = Readonly<Record<string, string>>;

export interface Subject {
  readonly plan: Plan;
  readonly config: RawConfig;
  /** What the stack is compared with; undefined: nothing. */
  readonly before?: Plan | undefined;
  /** As in `Scene`. */
  readonly tried?: Scene["tried"];
}

/** What a stack breaks. What the config has warned of is not told again. */
export function findingsIn({ plan, config, before, tried }: Subject, today: Date): Findings {
  const scene: Scene = {
    plan,
    production: isProduction(plan.stack, config),
    today,
    config,
    ...(before && { comparison: { before, changes: differenceOf(before, plan).changes } }),
    ...(tried && { tried }),
  };
  return findingsOf(scene, waiversIn(config), toldIn(plan.warnings));
}

/** As the program decides it. */
export function isProduction(stack: string, config: RawConfig): boolean {
  const said = config[`${PROJECT}:production`];
  return said === undefined ? namedForProduction(stack) : said === "true";
}

/** The waivers of a config that its own program has accepted; none if this version cannot read them. */
export function waiversIn(config: RawConfig): readonly Waiver[] {
  const text = config[`${PROJECT}:waivers`];
  if (text === undefined) return [];
  try {
    return schema.safeParse(JSON.parse(text)).data ?? [];
  } catch {
    return [];
  }
}
