/** The first item that is there once more, further on; undefined where each is there once. */
export function firstRepeated<T>(items: readonly T[]): T | undefined {
  return items.find((item, index) => items.indexOf(item) !== index);
}
