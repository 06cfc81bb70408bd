import { hider } from "../../plan/hidden";
import { planOf, type Plan } from "../../plan/plan";
import type { RecordedResource } from "../../engine/engine";
import type { ExtraSection } from "../../review/extraSections";
import { differenceOf } from "../../review/difference";
import { recorded } from "../preview/helpers";
import { offlineAnswers } from "../../preview/answers";
import { changed, configOf, wire } from "../helpers/configs";
import { program } from "../helpers/programs";
import { record } from "../helpers/recording";

/** Both plans of a comparison hide their secrets under one key. */
const hide = hider();

export function plan(...resources: RecordedResource[]): Plan {
  return planOf({ stack: "test", warnings: [] }, { resources, outputs: {}, warnings: [] }, hide);
}

/** The plan of a stack for tests as `npm run preview` makes it, after changes of its config by full path. */
export async function planned(
  stack: string,
  changes: Readonly<Record<string, unknown>> = {},
): Promise<Plan> {
  const config = wire(changed(configOf(stack), changes));
  const answers = offlineAnswers("eu-west-1", config);
  const { resources } = await record(program, { stack, config, preview: true, answers });
  return { ...plan(...resources), stack };
}

/** What somebody else says of a stack. */
export function extra(more: Partial<ExtraSection> = {}): ExtraSection {
  return {
    id: "cost",
    title: "Cost",
    summary: "about +$127 a month",
    lines: ["nodes: $300 to $400", "NAT: $38"],
    danger: "capacity",
    changed: true,
    ...more,
  };
}

/** One line for each resource that changes: `replaced Vpc network: cidrBlock`. */
export function lines(before: Plan, after: Plan): string[] {
  return differenceOf(before, after).changes.map(({ fate, type, name, properties }) => {
    const paths = properties.map(({ path, kind }) => (kind === "changes" ? path : `${path}?`));
    return `${fate} ${type.split(":").at(-1)} ${name}: ${paths.join(", ")}`.replace(/: $/, "");
  });
}

export { recorded };
