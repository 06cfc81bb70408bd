import { isMap } from "../model/isMap";
import { byUrn, type Plan, type PlannedResource } from "../plan/plan";
import type { ResourceChange } from "./change";
import { propertiesOf } from "./properties";
import { touches } from "./replacement";
import { below, differencesOf } from "./values";

/** Two plans that differ by one cause. */
export interface Experiment {
  /** A key of the config, or the files of the code. */
  readonly cause: string;
  readonly having: Plan;
  readonly without: Plan;
}

/** Where a change comes from, by experiment: a cause is one whose absence takes the change away. */
export function causesBy(experiments: readonly Experiment[]): (change: ResourceChange) => string[] {
  const found = experiments.map(({ cause, having, without }) => ({
    cause,
    having: byUrn(having),
    without: byUrn(without),
  }));
  return (change) =>
    found.flatMap(({ cause, having, without }) => {
      const own = makes(change, having.get(change.urn), without.get(change.urn));
      const byOthers = change.because.some((urn) => differ(having.get(urn), without.get(urn)));
      return own || byOthers ? [cause] : [];
    });
}

/**
 * Causes of each change, and of those because of which it changes, however far away.
 * @param own causes of a change by itself
 */
export function withCausesOfOthers(
  changes: readonly ResourceChange[],
  own: (change: ResourceChange) => readonly string[],
): (change: ResourceChange) => readonly string[] {
  const all = new Map(changes.map((change) => [change.urn, change]));
  const found = new Map<string, readonly string[]>();
  const of = (change: ResourceChange): readonly string[] => {
    const known = found.get(change.urn);
    if (known) return known;
    found.set(change.urn, []);
    const others = change.because.flatMap((urn) => {
      const other = all.get(urn);
      return other ? of(other) : [];
    });
    const causes = [...new Set([...own(change), ...others])];
    found.set(change.urn, causes);
    return causes;
  };
  return of;
}

/** Whether what differs between the two is what the change is about; a resource has more properties than those. */
function makes(
  { properties, protection }: ResourceChange,
  having: PlannedResource | undefined,
  without: PlannedResource | undefined,
): boolean {
  if (!having || !without) return having !== without;
  if (protection !== undefined && having.protect !== without.protect) return true;
  const paths = properties.map(({ path }) => path);
  return propertiesOf(having, without).some(({ path }) => paths.some((one) => touches(path, one)));
}

function differ(one: PlannedResource | undefined, other: PlannedResource | undefined): boolean {
  if (!one || !other) return one !== other;
  return propertiesOf(one, other).length > 0;
}

type Config = Readonly<Record<string, string>>;

/** Keys of the config that differ, as deep as they can be told apart: `next-on-eks:redis.nodeType`. */
export function changedKeys(old: Config, now: Config): string[] {
  return differencesOf(parsed(old), parsed(now))
    .map(({ path, old: was, now: is }) =>
      was === undefined || is === undefined ? leafIn(path, was ?? is) : path,
    )
    .map((path) =>
      // Full keys have a colon, which is quoted in paths.
      path.replace(/^\["([^"]*)"\]/, "$1"),
    );
}

/** A group that appears or goes away with one key is that key. */
function leafIn(path: string, value: unknown): string {
  const [only, ...others] = isMap(value) ? Object.entries(value) : [];
  return only === undefined || others.length > 0 ? path : leafIn(below(path, only[0]), only[1]);
}

/** `now` with the value that the key has in `old`; only the group that it is in is known by name. */
export function takenBack(key: string, old: Config, now: Config): Config {
  const group = Object.keys({ ...old, ...now }).find(
    (name) => key === name || key.startsWith(`${name}.`) || key.startsWith(`${name}[`),
  );
  if (group === undefined) return now;
  const [before, after] = [parsed(old)[group], parsed(now)[group]];
  const steps = key.slice(group.length).split(".").filter(Boolean);
  const value = steps.length === 0 ? before : replacedAt(after, steps, before);
  if (value === undefined) return without(now, group);
  return { ...now, [group]: typeof value === "string" ? value : JSON.stringify(value) };
}

/** A step that is not a plain name ends the way: what is below is taken back as a whole. */
function replacedAt(now: unknown, [step = "", ...rest]: readonly string[], old: unknown): unknown {
  if (!isMap(now) || !/^[\w-]+$/.test(step)) return old;
  const was = isMap(old) ? old[step] : undefined;
  const value = rest.length === 0 ? was : replacedAt(now[step], rest, was);
  return value === undefined ? without(now, step) : { ...now, [step]: value };
}

function without<T>(map: Readonly<Record<string, T>>, key: string): Record<string, T> {
  return Object.fromEntries(Object.entries(map).filter(([name]) => name !== key));
}

function parsed(config: Config): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(config).map(([key, text]) => [key, /^[[{]/.test(text) ? json(text) : text]),
  );
}

function json(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
