import { readEnvironment, type Environment } from "./environment";
import * as log from "./log";
import type { Release } from "./release";
import { SharedCache } from "./shared-cache";
import { openStores } from "./stores/open-stores";
import { openWholeAnswers } from "./whole-answers/open";
import type { WholeAnswers } from "./whole-answers/whole-answers";

interface Holder {
  readonly cache: SharedCache;
  readonly environment: Environment;
  answers?: WholeAnswers | undefined;
}

const HOLDER = Symbol.for("next-shared-cache.process");

/**
 * The one cache of the process. Next.js creates a handler for each request, and some versions load handlers more than
 * once; connections and memory must not multiply with them.
 */
export function sharedCache(folder: string, release: Release): SharedCache {
  return holderOf(folder, release).cache;
}

/** The one that stands in front of Next.js in this process; undefined where it is off. */
export function wholeAnswers(
  folder: string,
  release: Release,
  serverDistDir: string,
): WholeAnswers | undefined {
  const holder = holderOf(folder, release);
  if (!("answers" in holder)) {
    const { cache, environment } = holder;
    holder.answers = openWholeAnswers(cache, environment, serverDistDir);
  }
  return holder.answers;
}

function holderOf(folder: string, release: Release): Holder {
  const held: unknown = Reflect.get(globalThis, HOLDER);
  if (isHolder(held)) return held;
  // a server without part of its cache is better than none; the problem is logged once
  const environment = readEnvironment(process.env, folder, (message) => log.error(message));
  log.setDebug(environment.debug);
  const stack = openStores(environment, release);
  const holder: Holder = { cache: new SharedCache(stack, environment), environment };
  Reflect.set(globalThis, HOLDER, holder);
  return holder;
}

function isHolder(value: unknown): value is Holder {
  return typeof value === "object" && value !== null && "cache" in value;
}
