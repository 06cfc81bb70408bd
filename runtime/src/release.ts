import { statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Micros } from "./clock";
import { readBuild, readJson } from "./contract/pod-contract.cjs";

/** What the handlers know about the build that they serve. */
export interface Release {
  readonly id: string;
  /** When the build began: prerendered pages are not older. */
  readonly builtAt: Micros;
  /** Seconds after which a prerendered path is stale, false for never; undefined if it is not prerendered. */
  lifetimeOf(path: string): number | false | undefined;
  /** Seconds after which a prerendered path is no longer shown; undefined if there is no such limit. */
  expireOf(path: string): number | undefined;
}

/** Set by the build through `env` in the config, found again in required-server-files.json. */
export const BUILT_AT = "NEXT_SHARED_CACHE_BUILT_AT";

export function get(value: unknown, ...path: readonly string[]): unknown {
  let at = value;
  for (const name of path) {
    if ((typeof at !== "object" && typeof at !== "function") || at === null) return undefined;
    at = Reflect.get(at, name);
  }
  return at;
}

/** `serverDistDir` is `.next/server`, as Next.js passes it to the cache handler. */
export function readRelease(serverDistDir: string, env: NodeJS.ProcessEnv): Release {
  const dist = dirname(serverDistDir);
  const { id = "development", config } = readBuild(dist, env);
  const stamp = Number(get(config, "env", BUILT_AT));
  const builtAt = (Number.isFinite(stamp) && stamp > 0 ? stamp : buildIdWrittenAt(dist)) * 1000;
  const manifest = readJson(join(dist, "prerender-manifest.json"));
  const routes = get(manifest, "routes");
  const dynamicRoutes = get(manifest, "dynamicRoutes");
  const locales = get(config, "i18n", "locales");
  const withoutLocale = (path: string): string => {
    const locale = path.split("/", 2)[1];
    return Array.isArray(locales) && locales.includes(locale)
      ? path.slice(`/${locale}`.length)
      : path;
  };
  // each language has shells of its own; the manifest names them once, without one
  const shellOf = (path: string): unknown =>
    get(dynamicRoutes, path) ?? get(dynamicRoutes, withoutLocale(path));
  // the manifest has decoded paths, keys of some versions encoded ones
  const known = (asked: string): string =>
    (get(routes, asked) ?? shellOf(asked)) ? asked : decoded(asked);
  return {
    id,
    builtAt: Math.floor(builtAt),
    lifetimeOf(asked) {
      const path = known(asked);
      const route = get(routes, path);
      if (route !== undefined) {
        const seconds = get(route, "initialRevalidateSeconds");
        return typeof seconds === "number" ? seconds : false;
      }
      const shell = shellOf(path);
      if (shell === undefined) return undefined;
      const seconds = get(shell, "fallbackRevalidate");
      return typeof seconds === "number" ? seconds : false;
    },
    expireOf(asked) {
      const path = known(asked);
      const seconds =
        get(routes, path, "initialExpireSeconds") ?? get(shellOf(path), "fallbackExpire");
      return typeof seconds === "number" ? seconds : undefined;
    },
  };
}

/** In milliseconds; 0 if there is none: a development server, or a build with a deployment id. */
function buildIdWrittenAt(dist: string): number {
  try {
    return statSync(join(dist, "BUILD_ID")).mtimeMs;
  } catch {
    return 0;
  }
}

function decoded(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

/** The path that a key of Next.js stands for: `/route-cache/APP_PAGE/<hash>/$/index` is `/`. */
export function pathOfKey(key: string): string {
  const at = key.startsWith("/route-cache/") ? key.indexOf("/$/") : -1;
  const page = at === -1 ? key : key.slice(at + 2);
  if (page === "/index") return "/";
  return page.startsWith("/index/") ? page.slice("/index".length) : page;
}
