import { isComponent } from "../../plan/typeNames";
import type { Fate, ResourceChange } from "../../review/change";
import { noiseOf } from "../../review/noise";
import { shortOf, typeOf } from "../aws/engineLog";

/*
 * Whether the engine's own preview does what the comparison says, resource by resource.
 */

/** What the engine does with a resource. */
export type Did = "created" | "updated" | "replaced" | "deleted" | "same";

/** What the engine does where the comparison says it: what may change is unknown in its preview, and so changes there. */
const MEANS: Readonly<Record<Fate, Did>> = {
  created: "created",
  deleted: "deleted",
  replaced: "replaced",
  "perhaps replaced": "replaced",
  updated: "updated",
  "may change": "updated",
};

const OPS: Readonly<Record<string, Did>> = {
  create: "created",
  update: "updated",
  replace: "replaced",
  delete: "deleted",
};

/** What the steps of `pulumi preview --json` do, by URN; the parts of a replacement are one with it. */
export function doneBy(json: string): Map<string, Did> {
  const { steps = [] } = JSON.parse(json.slice(json.indexOf("{"))) as {
    steps?: { op: string; urn: string }[];
  };
  return new Map(
    steps.flatMap(({ op, urn }) => {
      const did = OPS[op];
      return did === undefined ? [] : [[urn, did] as const];
    }),
  );
}

/**
 * Resources that only one of the two has.
 * - Components, the stack and providers are nothing beside what is in them.
 * - What `eks.Cluster` makes inside its plugin is that component's to the program, and so to the plan.
 * - What is noise by review/noise.ts is left out of the comparison, and counted there.
 */
function isCompared(urn: string): boolean {
  const type = typeOf(urn);
  return !(
    isComponent(type) ||
    /^pulumi:(pulumi|providers):/.test(type) ||
    urn.includes("$eks:index:Cluster$") ||
    noiseOf(type, { path: "input", kind: "changes", old: 1, now: 2 }) !== undefined
  );
}

/** `protect` alone is in Pulumi's state, and no step of its preview. */
function meant({ fate, properties, protection }: ResourceChange): Did {
  return protection !== undefined && properties.length === 0 ? "same" : MEANS[fate];
}

/** `Type name: what the comparison says, and the engine: what it does`, for each that is not the same in both. */
export function disagreements(
  changes: readonly ResourceChange[],
  done: ReadonlyMap<string, Did>,
): string[] {
  const ours = new Map(changes.map((change) => [change.urn, change]));
  return [...new Set([...ours.keys(), ...done.keys()])].filter(isCompared).flatMap((urn) => {
    const change = ours.get(urn);
    const [told, did] = [change ? meant(change) : "same", done.get(urn) ?? "same"];
    return told === did ? [] : [`${shortOf(urn)}: ${change?.fate ?? "unchanged"}, engine: ${did}`];
  });
}
