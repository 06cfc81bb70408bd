import type { Plan, PlannedResource } from "./plan";

/** The record that a stack keeps of itself (components/stackFacts.ts); undefined: the plan has none. */
export function factsRecord({ resources }: Pick<Plan, "resources">): PlannedResource | undefined {
  return resources.find(({ type, name }) => type === "pulumi:index:Stash" && name === "facts");
}
