import { byUrn, type Plan, type PlannedResource } from "../plan/plan";
import { madeIn } from "../plan/made";
import { created, deleted, staying, type ResourceChange } from "./change";
import { underNewNames } from "./aliases";
import { noiseOf, type Noise } from "./noise";
import { propagated } from "./propagation";
import { propertiesOf } from "./properties";
import { renamesIn, type Rename } from "./renames";
import { effectOf, isBelow } from "./replacement";

export interface Difference {
  /** In the order of the plans. */
  readonly changes: readonly ResourceChange[];
  readonly renames: readonly Rename[];
  /** What was left out, and why. */
  readonly noise: readonly Noise[];
  /** How many resources stay as they are. */
  readonly unchanged: number;
}

/** What differs between two plans of one stack, by URN. An empty plan stands for a stack that is not there. */
export function differenceOf(before: Plan, after: Plan): Difference {
  const now = byUrn({ resources: madeIn(after) });
  const old = byUrn({ resources: madeIn(underNewNames(before, after)) });
  const noise = new Map<string, number>();
  const changes = [...now.values()].flatMap((resource) => {
    const earlier = old.get(resource.urn);
    return earlier ? (changeOf(earlier, resource, noise) ?? []) : created(resource);
  });
  const gone = [...old.values()].filter(({ urn }) => !now.has(urn)).map(deleted);
  const all = propagated([...gone, ...changes], old, now);
  const changed = new Set(all.map(({ urn }) => urn));
  return {
    changes: all,
    renames: renamesIn(all, byUrn(before), byUrn(after)),
    noise: [...noise].map(([reason, count]) => ({ reason, count })),
    unchanged: [...now.keys()].filter((urn) => !changed.has(urn)).length,
  };
}

/** The change of a resource that stays; undefined if there is none beside noise. */
function changeOf(
  before: PlannedResource,
  after: PlannedResource,
  noise: Map<string, number>,
): ResourceChange | undefined {
  const { ignoreChanges, replaceOnChanges } = after.options;
  const ignored = (path: string) =>
    ignoreChanges.some((whole) => path === whole || isBelow(path, whole));
  const all = propertiesOf(before, after);
  const properties = all.filter((property) => {
    if (ignored(property.path)) return false;
    if (effectOf(after.type, property, replaceOnChanges) !== "updated") return true;
    const reason = noiseOf(after.type, property);
    if (reason !== undefined) noise.set(reason, (noise.get(reason) ?? 0) + 1);
    return reason === undefined;
  });
  const protection =
    before.protect === after.protect ? undefined : after.protect ? "added" : "removed";
  if (properties.length === 0 && protection === undefined) return undefined;
  return staying(before, after, properties, { protection, because: [] });
}
