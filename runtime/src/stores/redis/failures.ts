import * as log from "../../log";
import * as metrics from "../../metrics";
import { Unavailable } from "../unavailable";

/** Counts and logs Redis's failures; the connection reports that Redis is away. */
export async function reported<T>(
  operation: "read" | "prove" | "write" | "drop" | "revalidate" | "replay",
  key: string,
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    const reason = log.reason(cause);
    log.debug("Redis did not serve", { operation, key, reason });
    if (!(cause instanceof Unavailable)) {
      metrics.count("next_shared_cache_errors_total", { store: "redis", kind: operation });
      log.warnSometimes(`redis-${operation}`, `Redis failed a ${operation}`, { key, reason });
    }
    throw cause;
  }
}

/** Measures how long Redis takes. */
export async function timed<T>(operation: string, run: () => Promise<T>): Promise<T> {
  const started = performance.now();
  try {
    return await run();
  } finally {
    metrics.observe("next_shared_cache_operation_seconds", (performance.now() - started) / 1000, {
      store: "redis",
      operation,
    });
  }
}

/** Redis accepts no more data: its memory or its disk is full. */
export function isOutOfMemory(cause: unknown): boolean {
  return /OOM|MISCONF/.test(log.reason(cause));
}
