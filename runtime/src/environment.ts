import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Env, Variable } from "./contract/pod-contract.cjs";

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
  /** Size of the client-side cache in bytes; 0 turns it off. */
  readonly memoryBytes: number;
  /** Size of the whole answers in bytes, beside the client-side cache; 0 for none, also of files of `public/`. */
  readonly answersBytes: number;
  /** Why those of pages are off, as far as the environment says: a label of a metric. */
  readonly answersOff: "variable" | "store" | "memory" | undefined;
  /** Longest wait for one Redis call, in milliseconds. */
  readonly timeoutMs: number;
  /** What the files store keeps of one release, in bytes. */
  readonly filesBytes: number;
  /**
   * How often an entry that is rewritten all the time is written to the folder behind Redis, in milliseconds; 0: every
   * time.
   */
  readonly filesEveryMs: number;
  /** Largest entry that is shared, in bytes before compression. */
  readonly maxEntryBytes: number;
  readonly debug: boolean;
}

const MIB = 1024 * 1024;
/** The part of the memory that whole answers get. */
const ANSWERS = 0.25;

/** Called for an unusable value, which is then ignored. */
type Wrong = (message: string) => void;

/** `1` or `0`; also `true` and `false`. */
function flags(env: Env, wrong: Wrong) {
  return (key: Variable, fallback: boolean): boolean => {
    const text = env[key];
    if (text === undefined || text === "") return fallback;
    if (text === "1" || text === "true") return true;
    if (text === "0" || text === "false") return false;
    wrong(`${key} is "${text}": give 1 or 0, or leave it unset`);
    return fallback;
  };
}

function strict(message: string): never {
  throw new Error(message);
}

function numbers(env: Env, wrong: Wrong) {
  return (key: Variable, fallback: number, min: number, max: number): number => {
    const text = env[key];
    if (text === undefined || text === "") return fallback;
    const value = Number(text);
    if (Number.isFinite(value) && value >= min && value <= max) return value;
    wrong(`${key} is "${text}": give a number from ${min} to ${max}, or leave it unset`);
    return fallback;
  };
}

/** The value may hold a password: no message shows more than its scheme. */
function redisUrlOf(env: Env, wrong: Wrong): string | undefined {
  const text = env.REDIS_URL || undefined;
  if (text === undefined) return undefined;
  if (!/^rediss?:\/\//.test(text)) {
    wrong(
      `REDIS_URL starts with "${text.slice(0, text.indexOf(":") + 1)}": give redis://host:port or rediss://host:port`,
    );
    return undefined;
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && url.hostname !== "" && /^\/?\d*$/.test(url.pathname)) return text;
  wrong(
    "REDIS_URL is no address: give redis://user:password@host:port, with special characters of the password percent-encoded",
  );
  return undefined;
}

/** `name` in the package.json of the folder that the server runs in. */
function packageName(folder: string): string | undefined {
  try {
    const json: unknown = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    if (typeof json === "object" && json !== null && "name" in json) {
      return typeof json.name === "string" && json.name !== "" ? json.name : undefined;
    }
  } catch {
    // no package.json beside the server: use the default name
  }
  return undefined;
}

function storeAsked(
  env: Env,
  there: { readonly redis: string | undefined; readonly files: string | undefined },
  wrong: Wrong,
): StoreName | undefined {
  const asked = env.NEXT_SHARED_CACHE_STORE || undefined;
  if (asked === undefined) return undefined;
  if (asked !== "redis" && asked !== "files") {
    wrong(`NEXT_SHARED_CACHE_STORE is "${asked}": give "redis" or "files"`);
    return undefined;
  }
  if (there[asked] !== undefined) return asked;
  wrong(
    asked === "redis"
      ? `NEXT_SHARED_CACHE_STORE is "redis" but there is no REDIS_URL that can be used: set REDIS_URL`
      : `NEXT_SHARED_CACHE_STORE is "files" but SHARED_CACHE_DIR is not set: set it to the shared folder`,
  );
  return undefined;
}

/** Only Redis tells of changes, and only what is in memory can be given again. */
function whyAnswersAreOff(
  asked: boolean,
  store: StoreName,
  memoryBytes: number,
): Environment["answersOff"] {
  if (!asked) return "variable";
  if (store !== "redis") return "store";
  return memoryBytes === 0 ? "memory" : undefined;
}

/** Throws for an invalid value, unless `wrong` takes the message: then that value is ignored. */
export function readEnvironment(env: Env, folder: string, wrong: Wrong = strict): Environment {
  const number = numbers(env, wrong);
  const flag = flags(env, wrong);
  const redisUrl = redisUrlOf(env, wrong);
  const directory = env.SHARED_CACHE_DIR || undefined;
  const best: StoreName =
    redisUrl !== undefined ? "redis" : directory !== undefined ? "files" : "process";
  const store = storeAsked(env, { redis: redisUrl, files: directory }, wrong) ?? best;
  const memory = number("NEXT_SHARED_CACHE_MEMORY_MIB", 64, 0, 65536) * MIB;
  const answersOff = whyAnswersAreOff(flag("NEXT_SHARED_CACHE_ANSWERS", true), store, memory);
  // files of public/ need no store
  const answersBytes = answersOff === undefined || answersOff === "store" ? memory * ANSWERS : 0;
  return {
    app: env.NEXT_SHARED_CACHE_APP || packageName(folder) || "app",
    store,
    redisUrl: store === "redis" ? redisUrl : undefined,
    directory,
    memoryBytes: memory - answersBytes,
    answersBytes,
    answersOff,
    timeoutMs: number("NEXT_SHARED_CACHE_TIMEOUT_MS", 250, 10, 10000),
    filesBytes: number("NEXT_SHARED_CACHE_FILES_MIB", 512, 1, 1024 * 1024) * MIB,
    filesEveryMs: number("NEXT_SHARED_CACHE_FILES_EVERY_S", 30, 0, 3600) * 1000,
    maxEntryBytes: number("NEXT_SHARED_CACHE_MAX_ENTRY_MIB", 16, 0.01, 512) * MIB,
    debug: flag("NEXT_SHARED_CACHE_DEBUG", false),
  };
}
