import type { Micros } from "./clock";
import { isCacheControl, validLifetime } from "./lifetimes";
import { seedReader } from "./next-internals";
import type { HandlerValue } from "./next-values";
import { get as property, pathOfKey, type Release } from "./release";
import { tagsOf } from "./tags";

/** What Next.js passes to a handler's constructor. */
export interface HandlerContext {
  readonly serverDistDir?: string;
  readonly dev?: boolean;
  readonly _requestHeaders?: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

export interface GetContext {
  readonly kind?: string;
  readonly isFallback?: boolean;
  readonly isRoutePPREnabled?: boolean;
  readonly revalidate?: number | false;
  readonly tags?: unknown;
  readonly softTags?: unknown;
}

/** The image's own page for a key. */
export interface Seed {
  readonly asOf: Micros;
  readonly staleAt: Micros;
  readonly tags: readonly string[];
  readonly revalidate: number | false;
  readonly expire: number | undefined;
}

/** A listed path has many spellings in a URL. */
const MAX_REMEMBERED = 100_000;

/** What is known about a release's prerendered pages; each is read once per process. */
export class Seeds {
  /** Only of paths that the build lists: visitors can make up any number of others. */
  private readonly known = new Map<string, Seed | null>();

  constructor(private readonly release: Release) {}

  async find(handler: HandlerContext, key: string, context: GetContext): Promise<Seed | undefined> {
    const name = `${key}\0${context.isFallback === true}\0${context.isRoutePPREnabled === true}`;
    const known = this.known.get(name);
    if (known !== undefined) return known ?? undefined;
    const path = pathOfKey(key);
    const revalidate = this.release.lifetimeOf(path);
    if (revalidate === undefined) return undefined;
    const page = await readSeed(handler, key, context);
    const seed = page && this.seedOf(page, path, revalidate);
    if (this.known.size < MAX_REMEMBERED) this.known.set(name, seed ?? null);
    return seed;
  }

  private seedOf(page: HandlerValue, path: string, revalidate: number | false): Seed {
    const asOf = this.release.builtAt;
    return {
      asOf,
      staleAt: revalidate === false ? 0 : asOf + Math.round(revalidate * 1e6),
      tags: tagsOf(page.value, undefined),
      revalidate,
      expire: this.release.expireOf(path),
    };
  }
}

/** The prerendered page itself, read by Next.js's own reader of the image's files. */
export async function readSeed(
  handler: HandlerContext,
  key: string,
  context: GetContext,
): Promise<HandlerValue | undefined> {
  try {
    const reader = seedReader({
      ...handler,
      flushToDisk: false,
      maxMemoryCacheSize: 0,
      revalidatedTags: [],
    });
    const read: unknown = await reader?.get(key, context);
    const lastModified: unknown = property(read, "lastModified");
    if (typeof lastModified !== "number") return undefined;
    const cacheControl: unknown = property(read, "cacheControl");
    return {
      lastModified,
      value: property(read, "value"),
      ...(isCacheControl(cacheControl) ? { cacheControl: validLifetime(cacheControl) } : {}),
    };
  } catch {
    return undefined;
  }
}
