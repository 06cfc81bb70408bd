import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Where shared entries are kept. `process` is the last resort: nothing is shared. */
export type StoreName = "redis" | "files" | "process";

/** What the handlers read from the environment, checked once per process. */
export interface Environment {
  /** Application's name: the prefix of every key, shared by all its releases. */
  readonly app: string;
  readonly store: StoreName;
  readonly redisUrl: string | undefined;
  /** Folder shared by all pods, or undefined. */
  readonly directory: string | undefined;
  /** Size of the memory level in bytes; 0 turns it off. */
  readonly memoryBytes: number;
  /** Longest wait for one Redis call, in milliseconds. */
  readonly timeoutMs: number;
  /** What the files store keeps of one release, in bytes. */
  readonly filesBytes: number;
  /** How often an entry that is rewritten all the time goes to the folder behind Redis, in milliseconds; 0: each time. */
  readonly filesEveryMs: number;
  /** Largest entry that is shared, in bytes before compression. */
  readonly maxEntryBytes: number;
  readonly debug: boolean;
}

type Variables = Readonly<Record<string, string | undefined>>;

const MIB = 1024 * 1024;

function number(env: Variables, key: string, fallback: number, min: number, max: number): number {
  const text = env[key];
  if (text === undefined || text === "") return fallback;
  const value = Number(text);
  if (!Number.isFinite(value) || value < min || value > max) {
    throw new Error(`${key} is "${text}": give a number from ${min} to ${max}, or leave it unset`);
  }
  return value;
}

/** `name` in the package.json of the folder that the server runs in. */
function packageName(folder: string): string | undefined {
  try {
    const json: unknown = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    if (typeof json === "object" && json !== null && "name" in json) {
      return typeof json.name === "string" && json.name !== "" ? json.name : undefined;
    }
  } catch {
    // no package.json beside the server: the default name is as good
  }
  return undefined;
}

export function readEnvironment(env: Variables, folder: string): Environment {
  const redisUrl = env.REDIS_URL || undefined;
  if (redisUrl !== undefined && !/^rediss?:\/\//.test(redisUrl)) {
    // the value may hold a password: name only its scheme
    throw new Error(
      `REDIS_URL starts with "${redisUrl.slice(0, redisUrl.indexOf(":") + 1)}": give redis://host:port or rediss://host:port`,
    );
  }
  const directory = env.SHARED_CACHE_DIR || undefined;
  const asked = env.NEXT_SHARED_CACHE_STORE || undefined;
  if (asked !== undefined && asked !== "redis" && asked !== "files") {
    throw new Error(`NEXT_SHARED_CACHE_STORE is "${asked}": give "redis" or "files"`);
  }
  if (asked === "redis" && redisUrl === undefined) {
    throw new Error(`NEXT_SHARED_CACHE_STORE is "redis" but REDIS_URL is not set: set REDIS_URL`);
  }
  if (asked === "files" && directory === undefined) {
    throw new Error(
      `NEXT_SHARED_CACHE_STORE is "files" but SHARED_CACHE_DIR is not set: set it to the shared folder`,
    );
  }
  const store: StoreName =
    asked ?? (redisUrl !== undefined ? "redis" : directory !== undefined ? "files" : "process");
  return {
    app: env.NEXT_SHARED_CACHE_APP || packageName(folder) || "app",
    store,
    redisUrl: store === "redis" ? redisUrl : undefined,
    directory,
    memoryBytes: number(env, "NEXT_SHARED_CACHE_MEMORY_MIB", 64, 0, 65536) * MIB,
    timeoutMs: number(env, "NEXT_SHARED_CACHE_TIMEOUT_MS", 250, 10, 10000),
    filesBytes: number(env, "NEXT_SHARED_CACHE_FILES_MIB", 512, 1, 1024 * 1024) * MIB,
    filesEveryMs: number(env, "NEXT_SHARED_CACHE_FILES_EVERY_S", 30, 0, 3600) * 1000,
    maxEntryBytes: number(env, "NEXT_SHARED_CACHE_MAX_ENTRY_MIB", 16, 0.01, 512) * MIB,
    debug: env.NEXT_SHARED_CACHE_DEBUG === "1" || env.NEXT_SHARED_CACHE_DEBUG === "true",
  };
}
