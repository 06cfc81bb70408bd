import { AWS_FACTS } from "./factsAws";
import { KUBERNETES_FACTS } from "./factsKubernetes";
import { lookup, word, type Facts } from "./factWords";
import type { PlannedResource } from "../plan/plan";

/** The few inputs, by type, that a reader of a plan looks for. */
const TABLE: Readonly<Record<string, Facts>> = {
  ...AWS_FACTS,
  ...KUBERNETES_FACTS,
  "pulumi:index:Stash": (_, { input }) => [
    // One of the two records what serves visitors, the other what the stack is.
    "track" in (input as object)
      ? "read by npm run release and npm run rollback"
      : "compared by the next pulumi up",
    ...Object.entries(input as object).map(([key, value]) => `${key} ${word(value)}`),
  ],
};
/** Why the stack reads something that it does not create. */
const READ: Readonly<Record<string, string>> = {
  "kubernetes:core/v1:Namespace": "read to check that the cluster answers, not created",
};
const FALLBACK_FACTS = 3;

/** What the tree shows of a resource. A type without an entry shows its first plain inputs, so that it is not blank. */
export function factsOf(resource: Pick<PlannedResource, "type" | "inputs" | "read">): string[] {
  const { type, inputs, read } = resource;
  if (read) return [READ[type] ?? "read, not made"];
  const facts = TABLE[type]?.(lookup(inputs), inputs) ?? firstInputs(inputs);
  return facts.filter((fact) => fact !== "");
}

function firstInputs(inputs: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(inputs)
    .filter(([, value]) => ["string", "number", "boolean"].includes(typeof value))
    .slice(0, FALLBACK_FACTS)
    .map(([key, value]) => `${key} ${word(value)}`);
}

/** Whether the facts of a type were chosen by hand. */
export function hasFacts(type: string): boolean {
  return type in TABLE;
}
