import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { leavesWhatHangs } from "./hanging";
import type { CacheControl } from "./lifetimes";
import * as log from "./log";
import { get } from "./release";

/**
 * The five places where Next.js offers no interface. Each is optional: if it is missing, the handlers say so once and
 * work without it.
 */
export interface SeedReader {
  get(key: string, context: unknown): Promise<unknown>;
  set(key: string, value: unknown, context: unknown): Promise<void>;
  revalidateTag(tags: string | string[], durations?: unknown): Promise<void>;
}

type Loader = (id: string) => unknown;

let loader: Loader | undefined;

/** Next.js as the server itself has loaded it, wherever this package is linked from. */
function load(id: string, serverDistDir: string | undefined): unknown {
  const folders = [serverDistDir, process.cwd(), __dirname].filter(
    (f): f is string => f !== undefined,
  );
  if (loader) return loader(id);
  for (const folder of folders) {
    try {
      const found = createRequire(join(folder, "noop.js"));
      found.resolve("next/package.json");
      loader = found;
      return found(id);
    } catch {
      // try the next folder
    }
  }
  throw new Error("next cannot be found from the server's folder");
}

/** Versions that the test suite runs with: from the first to below the last. */
const TESTED = { from: [15, 5], below: [16, 5] } as const;

function isTested(version: string): boolean {
  const [major = 0, minor = 0] = version.split(/[.-]/).map(Number);
  const at = major * 1000 + minor;
  return (
    at >= TESTED.from[0] * 1000 + TESTED.from[1] && at < TESTED.below[0] * 1000 + TESTED.below[1]
  );
}

let warned = false;

export function warnIfUntested(version: string | undefined): void {
  if (version === undefined || warned || isTested(version)) return;
  warned = true;
  log.warn(
    `@next-on-eks/runtime was not tested with Next.js ${version}: use ${TESTED.from.join(".")} to below ${TESTED.below.join(".")}, or a newer @next-on-eks/runtime`,
  );
}

export function nextVersion(serverDistDir: string | undefined): string | undefined {
  try {
    const version = get(load("next/package.json", serverDistDir), "version");
    return typeof version === "string" ? version : undefined;
  } catch {
    return undefined;
  }
}

/** Next.js's own reader of the files in the image, which knows each version's layout of them. */
export function seedReader(context: Readonly<Record<string, unknown>>): SeedReader | undefined {
  const folder = typeof context.serverDistDir === "string" ? context.serverDistDir : undefined;
  try {
    const module = load("next/dist/server/lib/incremental-cache/file-system-cache", folder);
    const Reader = get(module, "default");
    if (typeof Reader !== "function") throw new Error("no FileSystemCache");
    const reader: unknown = Reflect.construct(Reader, [context]);
    if (isSeedReader(reader)) return reader;
  } catch (cause) {
    log.warnSometimes(
      "seeds",
      "Prerendered pages cannot be read from the image: each is rendered once",
      {
        reason: log.reason(cause),
      },
    );
  }
  return undefined;
}

function isSeedReader(value: unknown): value is SeedReader {
  return typeof get(value, "get") === "function" && typeof get(value, "set") === "function";
}

/** Whether Next.js takes a user agent for a bot: it renders some pages otherwise for it. */
export function botReader(
  serverDistDir: string | undefined,
): ((userAgent: string) => boolean) | undefined {
  try {
    const isBot = get(load("next/dist/shared/lib/router/utils/is-bot", serverDistDir), "isBot");
    if (typeof isBot !== "function") throw new Error("no isBot");
    return (userAgent) => Reflect.apply(isBot, undefined, [userAgent]) !== false;
  } catch (cause) {
    log.warnSometimes(
      "bots",
      "Nothing is answered from memory without Next.js: its list of bots is missing",
      { reason: log.reason(cause) },
    );
    return undefined;
  }
}

let controls: Map<string, CacheControl> | null | undefined;

/**
 * Before 16.4, Next.js remembers each page's lifetime in the process that rendered it, and takes one
 * second for a page that another pod rendered: tell it the lifetime that was stored with the entry.
 */
export function rememberLifetime(
  key: string,
  cacheControl: CacheControl,
  serverDistDir: string | undefined,
): void {
  if (controls === undefined) {
    controls = null;
    try {
      const module = load(
        "next/dist/server/lib/incremental-cache/shared-cache-controls.external",
        serverDistDir,
      );
      const map = get(get(module, "SharedCacheControls"), "cacheControls");
      if (map instanceof Map) controls = map;
      else throw new Error("no SharedCacheControls");
    } catch (cause) {
      log.warnSometimes(
        "lifetimes",
        "Lifetimes of pages cannot be handed to Next.js: stale pages may be rendered too often",
        {
          reason: log.reason(cause),
        },
      );
    }
  }
  if (!controls) return;
  const at = key.startsWith("/route-cache/") ? key : key.replace(/(?:\/index)?\/?$/, "") || "/";
  controls.set(at, cacheControl);
}

/** Each kind of page is rendered by a separate bundle of Next.js, with copies of shared code. */
const BUNDLES: Readonly<Record<string, string>> = {
  APP_PAGE: "app-page",
  APP_ROUTE: "app-route",
  PAGES: "pages",
};
const watched = new Set<string>();

/**
 * Keeps pages of this kind from waiting for a rendering that hangs. Called when the first of them is requested, because
 * its bundle is loaded then.
 */
export function leaveWhatHangs(kind: string): void {
  const bundle = BUNDLES[kind];
  if (bundle === undefined || watched.has(kind)) return;
  watched.add(kind);
  const file = new RegExp(
    `[\\\\/]next-server[\\\\/]${bundle}(-turbo)?(-experimental)?\\.runtime\\.prod\\.js$`,
  );
  try {
    const { cache } = createRequire(join(process.cwd(), "noop.js"));
    const owners = Object.keys(cache)
      .filter((path) => file.test(path))
      .flatMap((path) => ownersOfCaches(cache[path]?.exports));
    if (owners.length === 0) throw new Error("no getResponseCache");
    for (const owner of owners) watchCachesOf(owner);
  } catch (cause) {
    cannotLeave(log.reason(cause));
  }
}

function cannotLeave(reason: string): void {
  log.warnSometimes(
    "hanging",
    "Renderings that hang cannot be left: such a page stays as it is on this pod until the rendering ends",
    { reason },
  );
}

/** The exported prototypes of a module that have a `ResponseCache` for each page. */
function ownersOfCaches(exported: unknown): object[] {
  const owners = new Set<object>();
  if (typeof exported !== "object" || exported === null) return [];
  for (const value of Object.values(exported)) {
    let prototype: unknown = typeof value === "function" ? get(value, "prototype") : undefined;
    while (typeof prototype === "object" && prototype !== null) {
      if (Object.hasOwn(prototype, "getResponseCache")) owners.add(prototype);
      prototype = Object.getPrototypeOf(prototype);
    }
  }
  return [...owners];
}

function watchCachesOf(owner: object): void {
  const original: unknown = get(owner, "getResponseCache");
  if (typeof original !== "function") throw new Error("getResponseCache is no function");
  Reflect.set(owner, "getResponseCache", function (this: unknown, ...args: unknown[]): unknown {
    const cache: unknown = Reflect.apply(original, this, args);
    if (!leavesWhatHangs(cache)) cannotLeave("its ResponseCache is another one");
    return cache;
  });
}

export function folderOf(serverDistDir: string): string {
  return dirname(dirname(serverDistDir));
}
