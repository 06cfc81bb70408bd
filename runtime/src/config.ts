import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import * as log from "./log";
import { warnIfUntested } from "./next-internals";
import { BUILT_AT, get } from "./release";
import { installedVersion, isSince } from "./versions";

/** The parts of Next.js's config that are used here. */
export interface NextConfigLike {
  output?: unknown;
  distDir?: unknown;
  deploymentId?: unknown;
  cacheHandler?: unknown;
  cacheHandlers?: unknown;
  cacheComponents?: unknown;
  env?: unknown;
  images?: unknown;
  experimental?: unknown;
}

export interface ConfigContext {
  readonly phase: string;
  readonly nextVersion: string;
  readonly projectDir: string;
}

/** The image cache's default is half of the free space, and network file systems report almost unlimited space. */
const IMAGE_CACHE_BYTES = 256 * 1024 * 1024;

/** The stack's `ingress.maxBodySize`, for the build; same default as the stack's. */
const MAX_BODY = "NEXT_SHARED_CACHE_MAX_BODY_SIZE";
const MAX_BODY_BYTES = 20 * 1024 * 1024;
const UNITS: Readonly<Record<string, number>> = { k: 1024, m: 1024 * 1024 };
/** Since 16.0, and before. */
const BODY_LIMIT_KEYS = ["proxyClientMaxBodySize", "middlewareClientMaxBodySize"] as const;

/** Carries the release from the first load of the config to the workers of the same build. */
const BUILD = "__NEXT_SHARED_CACHE_BUILD";

const HANDLER = join(__dirname, "next/cache-handler.js");
const USE_CACHE_HANDLER = join(__dirname, "next/use-cache-handler.js");

interface Build {
  readonly id: string;
  readonly at: number;
}

function currentBuild(): Build {
  try {
    const build: unknown = JSON.parse(process.env[BUILD] ?? "");
    const id = get(build, "id");
    const at = get(build, "at");
    if (typeof id === "string" && typeof at === "number") return { id, at };
  } catch {
    // the first load of this build
  }
  const build = {
    id: `${Date.now().toString(36)}${randomBytes(4).toString("hex")}`,
    at: Date.now(),
  };
  process.env[BUILD] = JSON.stringify(build);
  return build;
}

function object(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

/** The deployment id that the build of this folder was given, for `next start`. */
function builtDeploymentId(projectDir: string, distDir: unknown): string | undefined {
  const file = join(
    projectDir,
    typeof distDir === "string" ? distDir : ".next",
    "required-server-files.json",
  );
  if (!existsSync(file)) return undefined;
  try {
    const id = get(JSON.parse(readFileSync(file, "utf8")), "config", "deploymentId");
    return typeof id === "string" && id !== "" ? id : undefined;
  } catch {
    return undefined;
  }
}

const said = new Set<string>();

function leftAlone(what: string, remedy: string): void {
  if (said.has(what)) return;
  said.add(what);
  log.warn(`${what} is set in next.config and left alone: ${remedy}`);
}

/**
 * Whether Next.js takes 'use cache'. Where it does not, nothing would call `cacheHandlers`, and with Turbopack
 * any of them breaks the build of an edge route handler (16.4: a syntax error in edge-app-route.js). Where
 * it does, Next.js refuses routes and pages of the edge runtime by itself.
 */
function hasUseCache(config: NextConfigLike): boolean {
  const { experimental } = config;
  return [
    config.cacheComponents,
    get(experimental, "useCache"),
    get(experimental, "cacheComponents"),
    get(experimental, "dynamicIO"),
  ].includes(true);
}

/** `cacheHandlers` where that version looks for them. */
function useCacheHandlers(config: NextConfigLike, version: string): Partial<NextConfigLike> {
  const topLevel = isSince(version, 16, 0);
  const handlers = object(
    topLevel ? config.cacheHandlers : get(config.experimental, "cacheHandlers"),
  );
  for (const kind of ["default", "remote"]) {
    const path = handlers[kind];
    if (!path || path === USE_CACHE_HANDLER) handlers[kind] = USE_CACHE_HANDLER;
    else
      leftAlone(
        `cacheHandlers.${kind}`,
        "'use cache' is shared only as that handler shares it; remove it to use this one",
      );
  }
  if (topLevel) return { cacheHandlers: handlers };
  return { experimental: { ...object(config.experimental), cacheHandlers: handlers } };
}

/**
 * Switches the shared cache on in a config: what both the build adapter and `withSharedCache` do.
 * What the user set stays as it is.
 */
export function applySharedCache<T extends NextConfigLike>(config: T, context: ConfigContext): T {
  const { phase, nextVersion: version } = context;
  const building = phase === "phase-production-build";
  // a development server renders everything again
  if (!building && phase !== "phase-production-server") return config;
  if (config.output === "export") {
    leftAlone('output: "export"', "a static export has no server and needs no shared cache");
    return config;
  }
  if (building) warnIfUntested(version);
  const result: T = { ...config };

  if (!config.cacheHandler || config.cacheHandler === HANDLER) result.cacheHandler = HANDLER;
  else
    leftAlone(
      "cacheHandler",
      "pages and fetch data are shared only as that handler shares them; remove it to use this one",
    );

  if (hasUseCache(config)) Object.assign(result, useCacheHandlers(config, version));

  if (!config.output) result.output = "standalone";

  if (!config.deploymentId) {
    const id =
      process.env.NEXT_DEPLOYMENT_ID ||
      (building ? currentBuild().id : builtDeploymentId(context.projectDir, config.distDir));
    if (id) result.deploymentId = id;
  }
  if (building) result.env = { ...object(config.env), [BUILT_AT]: String(currentBuild().at) };

  const images = object(config.images);
  const defaults = defaultsOf(context.projectDir);
  // not in all versions, and an unknown key is an error in some
  if (images.maximumDiskCacheSize === undefined && "maximumDiskCacheSize" in defaults.images) {
    result.images = { ...images, maximumDiskCacheSize: IMAGE_CACHE_BYTES };
  }
  const limit = bodyLimit(result.experimental, defaults.experimental);
  if (limit) result.experimental = { ...object(result.experimental), ...limit };
  return result;
}

interface Defaults {
  readonly images: Readonly<Record<string, unknown>>;
  readonly experimental: Readonly<Record<string, unknown>>;
}

/** The installed Next.js's own defaults: the options that it knows. */
function defaultsOf(projectDir: string): Defaults {
  const next = createRequire(join(projectDir, "noop.js"));
  const read = (file: string, ...path: readonly string[]): Record<string, unknown> => {
    try {
      return object(get(next(file), ...path));
    } catch {
      return {};
    }
  };
  return {
    images: read("next/dist/shared/lib/image-config", "imageConfigDefault"),
    experimental: read("next/dist/server/config-shared", "defaultConfig", "experimental"),
  };
}

/**
 * Where there is a proxy or middleware, Next.js hands a route no more of a body than this. It says so only in the
 * log: to the visitor the upload looks complete. So the limit has to be the one of nginx.
 */
function bodyLimit(
  configured: unknown,
  defaults: Defaults["experimental"],
): Readonly<Record<string, number>> | undefined {
  const key = BODY_LIMIT_KEYS.find((name) => name in defaults);
  if (key === undefined) return undefined;
  // an adapter gets the config with Next.js's defaults filled in
  const own = BODY_LIMIT_KEYS.map((name) => get(configured, name)).find(
    (value) => value !== undefined && value !== defaults[key],
  );
  return own === undefined ? { [key]: maxBodyBytes(process.env[MAX_BODY]) } : undefined;
}

function maxBodyBytes(text: string | undefined): number {
  if (text === undefined || text === "") return MAX_BODY_BYTES;
  const [, digits, unit = ""] = /^(\d+)([km]?)$/i.exec(text) ?? [];
  const bytes = Number(digits) * (UNITS[unit.toLowerCase()] ?? 1);
  // in nginx, 0 means no limit
  if (bytes === 0) return Number.MAX_SAFE_INTEGER;
  if (Number.isSafeInteger(bytes)) return bytes;
  throw new Error(
    `${MAX_BODY} is "${text}": give it the value of ingress.maxBodySize, such as 20m`,
  );
}

type ConfigFunction = (phase: string, context: { defaultConfig: never }) => unknown;

/**
 * For next.config: `export default withSharedCache(nextConfig)`. Accepts what next.config may export: an object, or a
 * function that returns one or a promise of one.
 */
export function withSharedCache(
  nextConfig: NextConfigLike | ConfigFunction = {},
): (phase: string, context: { defaultConfig: never }) => Promise<NextConfigLike> {
  return async (phase, context) => {
    const config: unknown = await (typeof nextConfig === "function"
      ? nextConfig(phase, context)
      : nextConfig);
    if (typeof config !== "object" || config === null) {
      throw new Error(
        `next.config gave ${String(config)} to withSharedCache: give it an object, or a function that returns one`,
      );
    }
    if (phase === "phase-development-server") return config;
    const projectDir = process.cwd();
    return applySharedCache(config, {
      phase,
      projectDir,
      nextVersion: installedVersion(projectDir),
    });
  };
}
