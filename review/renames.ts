import { literal } from "../model/literal";
import { Hidden } from "../plan/hidden";
import type { PlannedResource } from "../plan/plan";
import { shortType } from "../plan/typeNames";
import type { ResourceChange } from "./change";
import { differencesOf } from "./values";

/** A resource that is deleted and created again because its name, or that of its parents, is another. */
export interface Rename {
  readonly from: string;
  readonly to: string;
  readonly type: string;
  /** Names of the two. */
  readonly names: readonly [old: string, now: string];
  readonly keep: Keep;
}

/** The resource option with which Pulumi takes the new one for the old one. */
export interface Keep {
  /** Which resource gets the option, or which component that it is in: `SharedVolumes volumes`. */
  readonly on: string;
  /** As it is written: `aliases: [{ name: "files" }]`. */
  readonly option: string;
}

type Resources = ReadonlyMap<string, PlannedResource>;

/**
 * Pairs what is deleted with what is created: the same type, and inputs that are the same once the name is taken out of
 * them. Of several that are alike, those with the same name belong together, and the others in their order.
 * @param old all resources, components too
 * @param now all resources, components too
 */
export function renamesIn(
  changes: readonly ResourceChange[],
  old: Resources,
  now: Resources,
): Rename[] {
  const gone = changes.flatMap(({ before, fate }) => (before && fate === "deleted" ? before : []));
  const come = changes.flatMap(({ after, fate }) => (after && fate === "created" ? after : []));
  const sameName = paired(gone, come, (it) => `${likeness(it)} ${it.name}`);
  const left = <T>(all: readonly T[], taken: readonly T[]) => {
    const set = new Set(taken);
    return all.filter((it) => !set.has(it));
  };
  const rest = paired(
    left(
      gone,
      sameName.map(([it]) => it),
    ),
    left(
      come,
      sameName.map(([, it]) => it),
    ),
    likeness,
  );
  return [...sameName, ...rest].map(([was, is]) => ({
    from: was.urn,
    to: is.urn,
    type: was.type,
    names: [was.name, is.name],
    keep: keepOf(was, is, old, now),
  }));
}

type Pair = readonly [was: PlannedResource, is: PlannedResource];

/** Each of the first with the first of the second that has the same key and is alike. */
function paired(
  gone: readonly PlannedResource[],
  come: readonly PlannedResource[],
  keyOf: (resource: PlannedResource) => string,
): Pair[] {
  const byKey = new Map<string, PlannedResource[]>();
  for (const it of come) {
    const key = keyOf(it);
    const there = byKey.get(key);
    if (there) there.push(it);
    else byKey.set(key, [it]);
  }
  return gone.flatMap((was): Pair[] => {
    const candidates = byKey.get(keyOf(was)) ?? [];
    // Secrets look the same in a key.
    const at = candidates.findIndex((is) => alike(was, is));
    const [is] = at === -1 ? [] : candidates.splice(at, 1);
    return is ? [[was, is]] : [];
  });
}

/** The same for two that may be alike. */
function likeness({ type, inputs, name }: PlannedResource): string {
  return `${type} ${JSON.stringify(withoutName(inputs, nameIn(name)))}`;
}

function alike(was: PlannedResource, is: PlannedResource): boolean {
  const [old, now] = [was, is].map(({ name, inputs }) => withoutName(inputs, nameIn(name)));
  return differencesOf(old, now).length === 0;
}

/** A name as a whole: `web` is no part of `webhook`. */
function nameIn(name: string): RegExp {
  return new RegExp(`(?<![A-Za-z0-9])${literal(name)}(?![A-Za-z0-9])`, "g");
}

function withoutName(value: unknown, name: RegExp): unknown {
  // A text of several lines is content, in which a name is a word like others.
  if (typeof value === "string") return value.includes("\n") ? value : value.replace(name, "\0");
  if (Array.isArray(value)) return value.map((item) => withoutName(item, name));
  if (typeof value !== "object" || value === null || value instanceof Hidden) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, withoutName(item, name)]),
  );
}

/**
 * What keeps it. Children follow their component: an alias of it counts for them too, and for the part of their name
 * that is its name. Source: pulumi, sdk/nodejs/resource.ts, `inheritedChildAlias`.
 */
function keepOf(was: PlannedResource, is: PlannedResource, old: Resources, now: Resources): Keep {
  let [from, to] = [was, is];
  while (from.parent !== to.parent) {
    const [above, below] = [old.get(from.parent ?? ""), now.get(to.parent ?? "")];
    if (!above || !below || above.type !== below.type || !follows(from, to, above, below)) break;
    [from, to] = [above, below];
  }
  const alias =
    from.parent === to.parent ? `{ name: ${JSON.stringify(from.name)} }` : JSON.stringify(from.urn);
  return {
    on: `${shortType(to.type).split(/[.:]/).at(-1)} ${to.name}`,
    option: `aliases: [${alias}]`,
  };
}

/** Whether an alias of the component finds the child: the part of its name that is the component's is taken to be so. */
function follows(
  from: PlannedResource,
  to: PlannedResource,
  above: PlannedResource,
  below: PlannedResource,
): boolean {
  const own = to.name.startsWith(below.name) ? to.name.slice(below.name.length) : undefined;
  return from.name === (own === undefined ? to.name : above.name + own);
}
