import { valueAt } from "../plan/valueAt";

/** Looks an input up and words it; empty where it is not set. */
export interface Lookup {
  /**
   * @param path keys with dots between them; `*` is each item of a list
   * @param key one more key, which may hold dots itself
   */
  (path: string, key?: string): string;
}

/** What to show of a resource, most important first; empty strings are left out. */
export type Facts = (input: Lookup, inputs: Readonly<Record<string, unknown>>) => string[];

export function lookup(inputs: unknown): Lookup {
  return (path, key) =>
    word(valueAt(inputs, [...path.split("."), ...(key === undefined ? [] : [key])]));
}

/** `label value`, or nothing without a value. */
export function labelled(label: string, value: string): string {
  return value && `${label} ${value}`;
}

/** A switch in words, or nothing if it is not set. */
export function either(value: string, on: string, off = ""): string {
  return value === "true" ? on : value === "false" ? off : "";
}

/** A value on one line: lists and maps without brackets. */
export function word(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) return value.map(word).join(" ");
  if (typeof value !== "object") return String(value as string | number | boolean);
  return Object.entries(value)
    .map(([key, item]) => `${key}=${word(item)}`)
    .join(" ");
}
