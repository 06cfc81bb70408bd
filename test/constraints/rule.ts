import { Secret, Unknown } from "../../engine/engine";

export type Inputs = Readonly<Record<string, unknown>>;
/** Says what is wrong with the inputs of a resource, if anything is. */
export type Rule = (inputs: Inputs) => string | undefined;

/** A value that the plan tells; undefined where it does not, or there is none. */
export function known(value: unknown): unknown {
  const bare = value instanceof Secret ? value.value : value;
  return bare instanceof Unknown ? undefined : bare;
}

/** The input, if there, matches. */
export const text =
  (name: string, pattern: RegExp): Rule =>
  (inputs) => {
    const value = known(inputs[name]);
    return value === undefined || pattern.test(String(value))
      ? undefined
      : `${name}: '${String(value)}' is not ${pattern.source}`;
  };

/** The input, if there, matches and is no longer than that. */
export const all =
  (name: string, pattern: RegExp, longest: number, shortest = 0): Rule =>
  (inputs) => {
    const value = known(inputs[name]);
    if (value === undefined) return undefined;
    const { length } = String(value);
    return length > longest || length < shortest
      ? `${name}: the length ${length} is not ${shortest} to ${longest}`
      : text(name, pattern)(inputs);
  };

export const range =
  (name: string, min: number, max: number): Rule =>
  (inputs) => {
    const value = known(inputs[name]);
    return value === undefined || (Number(value) >= min && Number(value) <= max)
      ? undefined
      : `${name}: ${String(value)} is not ${min} to ${max}`;
  };

/** An input of each item of a list matches. */
export const each =
  (list: string, name: string, pattern: RegExp): Rule =>
  (inputs) =>
    ((known(inputs[list]) ?? []) as Inputs[])
      .map((item) => text(name, pattern)(item))
      .find((problem) => problem !== undefined);
