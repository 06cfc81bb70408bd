import { readEnvironment } from "./environment";
import * as log from "./log";
import type { Release } from "./release";
import { SharedCache } from "./shared-cache";
import { openStores } from "./stores/open-stores";

interface Holder {
  readonly cache: SharedCache;
}

const HOLDER = Symbol.for("next-shared-cache.process");

/**
 * The process's one cache. Next.js makes a handler for each request, and loads handlers more than
 * once in some versions; connections and memory must not multiply with them.
 */
export function sharedCache(folder: string, release: Release): SharedCache {
  const held: unknown = Reflect.get(globalThis, HOLDER);
  if (isHolder(held)) return held.cache;
  // a server without a part of its cache is better than none: what is wrong is in the log once
  const environment = readEnvironment(process.env, folder, (message) => log.error(message));
  log.setDebug(environment.debug);
  const stack = openStores(environment, release);
  const holder: Holder = { cache: new SharedCache(stack, environment) };
  Reflect.set(globalThis, HOLDER, holder);
  return holder.cache;
}

function isHolder(value: unknown): value is Holder {
  return typeof value === "object" && value !== null && "cache" in value;
}
