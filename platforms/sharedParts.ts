import type { Platform } from "./platform";

/** What a Redis is for. One that keeps pages may evict them; sessions must survive a full cache. */
export type RedisRole = "pages" | "sessions";

/** How a full Redis frees memory, by its role. */
export const EVICTION = { pages: "volatile-lru", sessions: "noeviction" } as const;

/**
 * One Redis for pages, and another for sessions if they have their own.
 * @param make is called once for each Redis, first for pages
 */
export function pagesAndSessions<T>(
  sessions: "own" | "shared",
  make: (role: RedisRole) => T,
): Readonly<Record<RedisRole, T>> {
  const pages = make("pages");
  return { pages, sessions: sessions === "own" ? make("sessions") : pages };
}

/** TLS that nginx terminates with a Secret, if the config names one. */
export function tlsOfSecret(secretName: string | undefined): Platform["tls"] {
  return secretName === undefined ? "none" : { secretName };
}
