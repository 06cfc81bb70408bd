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
 * The one cache of the process. Next.js creates a handler for each request, and some versions load handlers more than
 * once; connections and memory must not multiply with them.
 */
export function sharedCache(folder: string, release: Release): SharedCache {
  const held: unknown = Reflect.get(globalThis, HOLDER);
  if (isHolder(held)) return held.cache;
  // a server without part of its cache is better than none; the problem is logged once
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
