import { isCacheControl, validLifetime, type CacheControl } from "./lifetimes";
import { get as property } from "./release";

/** What Next.js's `cacheHandler` gets back. Times are milliseconds of this pod's clock. */
export interface HandlerValue {
  lastModified: number;
  value: unknown;
  cacheControl?: CacheControl;
}

export interface SetContext {
  readonly fetchCache?: boolean;
  readonly tags?: unknown;
  readonly cacheControl?: unknown;
  /** Next.js 15.5's name for the lifetime, in some places. */
  readonly revalidate?: number | false;
}

export function kindOf(value: unknown): string {
  const kind: unknown = property(value, "kind");
  return typeof kind === "string" ? kind : "";
}

/** Pages of all kinds share one namespace: a redirect or a 404 replaces the page with its key. */
export function keyOfKind(kind: string, key: string): string {
  return `${kind === "FETCH" ? "d" : kind === "IMAGE" ? "i" : "p"}:${key}`;
}

export function cacheControlOf(context: SetContext): CacheControl | undefined {
  if (isCacheControl(context.cacheControl)) return validLifetime(context.cacheControl);
  return context.revalidate === undefined || context.fetchCache === true
    ? undefined
    : validLifetime({ revalidate: context.revalidate });
}

/** A text with one of these takes two bytes for each character. */
const WIDE = /[\u0100-\uffff]/;

/** Roughly a page as Next.js reads it, in bytes of memory. */
export function sizeOf(value: unknown): number {
  if (typeof value === "string") return (WIDE.test(value) ? 2 : 1) * value.length;
  if (value instanceof Uint8Array) return value.byteLength;
  if (typeof value !== "object" || value === null) return 8;
  const parts: readonly unknown[] =
    value instanceof Map ? [...value.values()] : Object.values(value);
  return parts.reduce<number>((sum, part) => sum + sizeOf(part), 64);
}
