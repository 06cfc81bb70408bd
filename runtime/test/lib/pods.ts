import { localMicros } from "../../src/clock";
import { readEnvironment, type Environment } from "../../src/environment";
import type { Lookup } from "../../src/stores/store";
import type { Release } from "../../src/release";
import { SharedCache } from "../../src/shared-cache";
import { openStores } from "../../src/stores/open-stores";
import type { Writing } from "../../src/writing";
import { until } from "./processes";

const RELEASE: Release = {
  id: "r",
  builtAt: 1,
  lifetimeOf: () => undefined,
  expireOf: () => undefined,
};

export function lookup(key: string, over: Partial<Lookup> = {}): Lookup {
  return { release: "r", key, tags: [], seed: undefined, lease: "none", ...over };
}

/** A pod's stores without Next.js around them. */
export function pod(variables: Record<string, string>): SharedCache {
  return opened(readEnvironment({ NEXT_SHARED_CACHE_APP: "app", ...variables }, "/nowhere"));
}

export function opened(environment: Environment): SharedCache {
  return new SharedCache(openStores(environment, RELEASE), environment);
}

export async function ready(cache: SharedCache, seconds = 5): Promise<void> {
  await until("a pod to use Redis", seconds, async () => (cache.ready ? true : undefined));
}

export function write(
  cache: SharedCache,
  key: string,
  value: unknown,
  over: Partial<Writing> = {},
): Promise<void> {
  return cache.write({
    release: "r",
    key,
    snapshot: { local: localMicros(), exact: undefined },
    value,
    tags: ["tag"],
    cacheControl: undefined,
    revalidate: false,
    seeded: false,
    ttl: undefined,
    replace: false,
    ...over,
  });
}
