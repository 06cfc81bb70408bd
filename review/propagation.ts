import { Hidden } from "../plan/hidden";
import { COMPUTED, GENERATED, type PlannedResource } from "../plan/plan";
import { staying, type Fate, type ResourceChange } from "./change";
import { below, type PropertyChange } from "./values";

/*
 * What changes because another resource does. A value that only a deployment knows looks the same in both plans; whether
 * it stays depends on where it comes from. Another resource has another id, and whatever is updated in place keeps it.
 */

type Resources = ReadonlyMap<string, PlannedResource>;

/** Fates after which a resource has another id. */
const ANOTHER: ReadonlySet<Fate> = new Set(["replaced", "perhaps replaced"]);

/**
 * @param changes what differs by itself
 * @param old resources by URN
 * @param now in the order of registration: a resource comes after those that it depends on
 */
export function propagated(
  changes: readonly ResourceChange[],
  old: Resources,
  now: Resources,
): ResourceChange[] {
  const found = new Map(changes.map((change) => [change.urn, change]));
  for (const [urn, after] of now) {
    const before = old.get(urn);
    if (!before) continue;
    const isAnother = (source: string) => ANOTHER.has(found.get(source)?.fate ?? "updated");
    const own = found.get(urn);
    const { properties, because } = byOthers(before, after, isAnother, now);
    const known = new Set(own?.properties.map(({ path }) => path));
    // Of a list that has other items already, no item is worth a line.
    const more = properties.filter(({ path }) => !known.has(path) && !isBelowOf(path, known));
    if (more.length === 0) continue;
    const protection = own?.protection;
    found.set(
      urn,
      staying(before, after, [...(own?.properties ?? []), ...more], { protection, because }),
    );
  }
  return [...found.values()];
}

function isBelowOf(path: string, known: ReadonlySet<string>): boolean {
  const list = /^(.+)\[\d+\]$/.exec(path)?.[1];
  return list !== undefined && known.has(list);
}

function byOthers(
  before: PlannedResource,
  after: PlannedResource,
  isAnother: (urn: string) => boolean,
  now: Resources,
): { properties: PropertyChange[]; because: string[] } {
  const because = new Set<string>();
  const properties = Object.entries(after.options.sources).flatMap(([input, urns]) => {
    const earlier = before.options.sources[input];
    const others = [
      ...urns.filter((urn) => isAnother(urn) || earlier?.includes(urn) === false),
      // A plan that was read from JSON does not say where values come from.
      ...(earlier?.filter((urn) => !urns.includes(urn)) ?? []),
    ];
    if (others.length === 0) return [];
    const names = others.map((urn) => `${now.get(urn)?.name}${GENERATED}`);
    const paths = leavesOf(after.inputs[input], input).filter(
      ([, value]) =>
        value === COMPUTED ||
        // Whether a part of a secret is known is not known here.
        value instanceof Hidden ||
        names.some((name) => String(value).includes(name)),
    );
    if (paths.length > 0) others.forEach((urn) => because.add(urn));
    return paths.map(([path, value]): PropertyChange => ({
      path,
      kind: "may change",
      old: value,
      now: value,
    }));
  });
  return { properties, because: [...because] };
}

/** The plain values in a value, by path. */
function leavesOf(value: unknown, path: string): [path: string, value: unknown][] {
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown, index) =>
      leavesOf(item, `${path}[${nameOf(item) ?? index}]`),
    );
  }
  if (typeof value !== "object" || value === null || value instanceof Hidden) {
    return [[path, value]];
  }
  return Object.entries(value).flatMap(([key, item]) => leavesOf(item, below(path, key)));
}

function nameOf(item: unknown): string | undefined {
  const named = typeof item === "object" && item !== null && "name" in item;
  return named && typeof item.name === "string" ? item.name : undefined;
}
