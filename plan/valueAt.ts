/**
 * The value below another; undefined where there is none.
 * @param path names and positions; `*` is each item of a list
 */
export function valueAt(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined) return value;
  if (key === "*")
    return Array.isArray(value) ? value.map((item) => valueAt(item, rest)) : undefined;
  if (typeof value !== "object" || value === null) return undefined;
  return valueAt((value as Record<string, unknown>)[key], rest);
}
