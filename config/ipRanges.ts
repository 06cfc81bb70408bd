import { overlaps, parseCidr } from "../model/cidr";

/** The two ranges have no address in common. What is no range has none. */
export function outsideOf(cidr: string, other: string): boolean {
  const [a, b] = [parseCidr(cidr), parseCidr(other)];
  return a === undefined || b === undefined || !overlaps(a, b);
}

/** Each address of the first range is one of the second. */
export function within(cidr: string, outer: string): boolean {
  const [a, b] = [parseCidr(cidr), parseCidr(outer)];
  return a !== undefined && b !== undefined && a.first >= b.first && a.last <= b.last;
}
