import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import * as log from "./log";
import { isTested, TESTED } from "./next-internals";
import { BUILT_AT, get } from "./release";

/** The parts of Next.js's config that are looked at here. */
export interface NextConfigLike {
  output?: unknown;
  distDir?: unknown;
  deploymentId?: unknown;
  cacheHandler?: unknown;
  cacheHandlers?: unknown;
  env?: unknown;
  images?: unknown;
  experimental?: unknown;
}

export interface ConfigContext {
  readonly phase: string;
  readonly nextVersion: string;
  readonly projectDir: string;
}

/** The image cache's default is half of the free space, and a network file system reports no end of it. */
const IMAGE_CACHE_BYTES = 256 * 1024 * 1024;

/** Carries the release from the first load of the config to the workers of the same build. */
const BUILD = "__NEXT_SHARED_CACHE_BUILD";

const HANDLER = join(__dirname, "cache-handler.js");
const USE_CACHE_HANDLER = join(__dirname, "use-cache-handler.js");

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

function supports(version: string, major: number, minor: number): boolean {
  const [a = 0, b = 0] = version.split(/[.-]/).map(Number);
  return a > major || (a === major && b >= minor);
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
 * Switches the shared cache on in a config: what both the build adapter and `withSharedCache` do.
 * What the user set stays as it is.
 */
export function applySharedCache<T extends NextConfigLike>(config: T, context: ConfigContext): T {
  const { phase, nextVersion: version } = context;
  const building = phase === "phase-production-build";
  // a development server renders everything anew
  if (!building && phase !== "phase-production-server") return config;
  if (config.output === "export") {
    leftAlone('output: "export"', "a static export has no server and needs no shared cache");
    return config;
  }
  if (building && !isTested(version) && !said.has("version")) {
    said.add("version");
    log.warn(
      `@next-on-eks/runtime was not tested with Next.js ${version}: use ${TESTED.from.join(".")} to below ${TESTED.below.join(".")}, or a newer @next-on-eks/runtime`,
    );
  }
  const result: T = { ...config };

  if (!config.cacheHandler || config.cacheHandler === HANDLER) result.cacheHandler = HANDLER;
  else
    leftAlone(
      "cacheHandler",
      "pages and fetch data are shared only as that handler shares them; remove it to use this one",
    );

  const topLevel = supports(version, 16, 0);
  const holder = topLevel ? config.cacheHandlers : get(config.experimental, "cacheHandlers");
  const handlers = object(holder);
  for (const kind of ["default", "remote"]) {
    const path = handlers[kind];
    if (!path || path === USE_CACHE_HANDLER) handlers[kind] = USE_CACHE_HANDLER;
    else
      leftAlone(
        `cacheHandlers.${kind}`,
        "'use cache' is shared only as that handler shares it; remove it to use this one",
      );
  }
  if (topLevel) result.cacheHandlers = handlers;
  else result.experimental = { ...object(config.experimental), cacheHandlers: handlers };

  if (!config.output) result.output = "standalone";

  if (!config.deploymentId) {
    const id =
      process.env.NEXT_DEPLOYMENT_ID ||
      (building ? currentBuild().id : builtDeploymentId(context.projectDir, config.distDir));
    if (id) result.deploymentId = id;
  }
  if (building) result.env = { ...object(config.env), [BUILT_AT]: String(currentBuild().at) };

  const images = object(config.images);
  if (images.maximumDiskCacheSize === undefined && knowsImageLimit(context)) {
    result.images = { ...images, maximumDiskCacheSize: IMAGE_CACHE_BYTES };
  }
  return result;
}

/** Not in all versions, and an unknown key is an error in some. */
function knowsImageLimit(context: ConfigContext): boolean {
  try {
    const next = createRequire(join(context.projectDir, "noop.js"));
    const defaults = get(next("next/dist/shared/lib/image-config"), "imageConfigDefault");
    return typeof defaults === "object" && defaults !== null && "maximumDiskCacheSize" in defaults;
  } catch {
    return false;
  }
}

type ConfigFunction = (phase: string, context: { defaultConfig: never }) => unknown;

/**
 * For next.config: `export default withSharedCache(nextConfig)`. Takes what next.config may export: an
 * object, or a function that returns one or a promise of one.
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
    const projectDir = process.cwd();
    return applySharedCache(config, {
      phase,
      projectDir,
      nextVersion: installedVersion(projectDir),
    });
  };
}

function installedVersion(projectDir: string): string {
  const version = get(createRequire(join(projectDir, "noop.js"))("next/package.json"), "version");
  if (typeof version !== "string")
    throw new Error("next/package.json has no version: install next");
  return version;
}
