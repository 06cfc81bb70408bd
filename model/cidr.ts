/** An IPv4 range: the first and the last address as numbers, and the prefix length. */
export interface Cidr {
  readonly first: number;
  readonly last: number;
  readonly prefix: number;
}

/** Parses `10.20.0.0/16`. Undefined if it is not a range or has bits set below its prefix. */
export function parseCidr(text: string): Cidr | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(text);
  // A leading zero makes a number octal to some readers and decimal to others.
  if (!match || match.slice(1).some((number) => /^0\d|^\d{4}/.test(number))) return undefined;
  const [octets, prefix] = [match.slice(1, 5).map(Number), Number(match[5])];
  if (prefix > 32 || octets.some((octet) => octet > 255)) return undefined;
  const first = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  const size = 2 ** (32 - prefix);
  return first % size === 0 ? { first, last: first + size - 1, prefix } : undefined;
}

export function overlaps(a: Cidr, b: Cidr): boolean {
  return a.first <= b.last && b.first <= a.last;
}

export function formatCidr(first: number, prefix: number): string {
  const octets = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256);
  return `${octets.join(".")}/${prefix}`;
}

/** Whether the two ranges have an address in common. What is not a range has none. */
export function outsideOf(cidr: string, other: string): boolean {
  const [a, b] = [parseCidr(cidr), parseCidr(other)];
  return a === undefined || b === undefined || !overlaps(a, b);
}

/** Whether each address of the first range is in the second. */
export function within(cidr: string, outer: string): boolean {
  const [a, b] = [parseCidr(cidr), parseCidr(outer)];
  return a !== undefined && b !== undefined && a.first >= b.first && a.last <= b.last;
}

/** A range of so few fixed bits is no range: two of /1 are the whole internet. */
const LEAST_BITS = 8;

/** `fc00::/7`, which nobody routes on the internet (RFC 4193). */
const UNIQUE_LOCAL = /^f[cd][0-9a-f]{2}:/i;

/** Whether a range, of IPv4 or IPv6, is as good as the whole internet. */
export function isWorld(range: string): boolean {
  if (UNIQUE_LOCAL.test(range)) return false;
  const bits = /\/(\d+)$/.exec(range)?.[1];
  return bits !== undefined && Number(bits) < LEAST_BITS;
}
