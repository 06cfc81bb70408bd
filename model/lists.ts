/** The first item that occurs again later; undefined if each occurs once. */
export function firstRepeated<T>(items: readonly T[]): T | undefined {
  return items.find((item, index) => items.indexOf(item) !== index);
}
