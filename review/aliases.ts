import { literal } from "../model/literal";
import { Hidden } from "../plan/hidden";
import { GENERATED, type Plan, type PlannedResource } from "../plan/plan";

/**
 * A plan with the names that another has for the same resources: what the other one takes over by the option `aliases`
 * is no other resource, and keeps the name that Pulumi has made for it.
 */
export function underNewNames(before: Plan, after: Plan): Plan {
  const taken = takenOver(before, after);
  if (taken.size === 0) return before;
  const urn = (old: string) => taken.get(old)?.urn ?? old;
  const generated = before.resources.flatMap((old): NewName[] => {
    const now = taken.get(old.urn);
    return now && now.name !== old.name ? [[generatedFrom(old.name), now.name + GENERATED]] : [];
  });
  return {
    ...before,
    resources: before.resources.map((old): PlannedResource => {
      const { options } = old;
      const sources = Object.entries(options.sources).map(([input, urns]) => [
        input,
        urns.map(urn),
      ]);
      return {
        ...old,
        urn: urn(old.urn),
        name: taken.get(old.urn)?.name ?? old.name,
        inputs: renamed(old.inputs, generated) as PlannedResource["inputs"],
        options: {
          ...options,
          sources: Object.fromEntries(sources) as typeof options.sources,
          ...(options.texts && {
            texts: renamed(options.texts, generated) as PlannedResource["inputs"],
          }),
        },
      };
    }),
  };
}

/** What has another URN now, by the old one. */
function takenOver(before: Plan, after: Plan): ReadonlyMap<string, PlannedResource> {
  const [old, now] = [before, after].map(
    ({ resources }) => new Set(resources.map((resource) => resource.urn)),
  );
  return new Map(
    after.resources
      .filter(({ urn }) => !old?.has(urn))
      .flatMap((resource) => {
        const alias = resource.options.aliases?.find((it) => old?.has(it) && !now?.has(it));
        return alias === undefined ? [] : [[alias, resource] as const];
      }),
  );
}

type NewName = readonly [old: RegExp, now: string];

/** The name that Pulumi makes from a resource's: that of `files` is no part of `pod-files-…`. */
function generatedFrom(name: string): RegExp {
  return new RegExp(`(?<![A-Za-z0-9.-])${literal(name)}${GENERATED}`, "g");
}

function renamed(value: unknown, names: readonly NewName[]): unknown {
  if (names.length === 0 || value instanceof Hidden) return value;
  if (typeof value === "string") {
    return names.reduce((text, [old, now]) => text.replace(old, () => now), value);
  }
  if (Array.isArray(value)) return value.map((item) => renamed(item, names));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, renamed(item, names)]),
  );
}
