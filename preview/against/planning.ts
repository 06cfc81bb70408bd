import { existsSync } from "node:fs";
import { join } from "node:path";
import { explain, isRefusal } from "../../cli/explain";
import { readStackConfig, type StackConfig } from "../../cli/stackConfig";
import type { Earlier } from "../../engine/engine";
import { planOf, type Plan, type PlannedResource } from "../../plan/plan";
import { answersForTexts, offlineAnswers } from "../answers";
import { runProgram } from "../program";

/** A plan with the config that it is from. */
export interface Made {
  readonly plan: Plan;
  readonly config: StackConfig;
  /** Why the plan has less than it should have; default: it has all. */
  readonly limited?: string;
}

/** A plan, or why there is none. `refused`: the stack's config is at fault, and not what runs the program. */
export type Planned = Made | { readonly why: string; readonly refused: boolean };

/** What stands for secrets in plans that are compared. */
export type Hide = (secret: unknown) => unknown;

export function hasStack(folder: string, stack: string): boolean {
  return existsSync(join(folder, `Pulumi.${stack}.yaml`));
}

/**
 * Runs the program of a folder with a stack's config.
 * @param before what runs: what the program keeps of its state is what this has recorded; default: the stack is new
 * @param texts whether texts are compared that are not known as a whole: it takes one more run
 */
export async function planIn(
  folder: string,
  config: StackConfig,
  hide: Hide,
  before?: Plan,
  texts = true,
): Promise<Plan> {
  const earlier = before && recordsOf(before);
  const run = await runProgram(config, offlineAnswers, folder, earlier);
  const plan = planOf(config, run, hide);
  if (!texts) return plan;
  // A program that does not get along with stand-ins has its plan, whose texts are not compared.
  const more = await runProgram(config, answersForTexts, folder, earlier).catch(() => undefined);
  return more ? withTexts(plan, planOf(config, more, hide)) : plan;
}

function withTexts(plan: Plan, texts: Plan): Plan {
  const inputs = new Map(texts.resources.map((resource) => [resource.urn, resource.inputs]));
  const resources = plan.resources.map((resource): PlannedResource => {
    const own = inputs.get(resource.urn);
    return own ? { ...resource, options: { ...resource.options, texts: own } } : resource;
  });
  return { ...plan, resources };
}

/** The records that the program keeps in its state, which decide what it makes. */
function recordsOf({ resources }: Plan): Earlier {
  return new Map(
    resources
      .filter(({ type }) => type === "pulumi:index:Stash")
      .map(({ urn, inputs }) => [urn, inputs]),
  );
}

/**
 * The plan of a stack in a folder, with the stack's own file.
 * @param before what it is compared with
 */
export async function planned(
  folder: string,
  stack: string,
  hide: Hide,
  before?: Made,
): Promise<Planned> {
  try {
    const config = readStackConfig(folder, stack, undefined, before?.config.ciphertexts);
    return { plan: await planIn(folder, config, hide, before?.plan), config };
  } catch (error) {
    return { why: explain(error, false), refused: isRefusal(error) };
  }
}
