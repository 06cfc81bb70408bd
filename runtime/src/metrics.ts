/**
 * Counters of this process in Prometheus text format. The pod's agent, or a route of the app, serves what `render()`
 * returns; `globalThis[Symbol.for("next-shared-cache.metrics")]` is the same function, for code that cannot import this
 * package.
 */
import { RUNTIME_METRICS } from "./contract/pod-contract.cjs";

type Labels = Readonly<Record<string, string>>;

const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];

interface Histogram {
  readonly buckets: number[];
  sum: number;
  count: number;
}

const counters = new Map<string, Map<string, number>>();
const gauges = new Map<string, Map<string, () => number>>();
const histograms = new Map<string, Map<string, Histogram>>();

const HELP: Readonly<Record<string, string>> = {
  next_shared_cache_requests_total:
    "Lookups by interface (pages, data, use-cache), answering level and result",
  next_shared_cache_writes_total: "Entries stored, by store and result",
  next_shared_cache_writes_running: "Entries on their way to the store",
  next_shared_cache_renderings_hung:
    "Renderings of pages that have taken longer than 10 s: what they wait for does not answer",
  next_shared_cache_errors_total: "Failed store operations, by store and kind",
  next_shared_cache_operation_seconds: "Latency of store operations",
  next_shared_cache_breaker_state: "Redis circuit breaker: 0 closed, 1 half-open, 2 open",
  next_shared_cache_files_bytes:
    "Size of this release's entries in the shared folder, as this pod last measured it; 0 if it never did",
  next_shared_cache_files_swept_total:
    "Entries removed from the shared folder: over its limit, or too old",
  next_shared_cache_files_hung:
    "Operations on the shared folder that hang: above 0, the site goes on without it",
  next_shared_cache_files_held:
    "Entries that this pod holds until their next write to the shared folder is due",
  next_shared_cache_tag_lag_seconds:
    "How long the last recorded revalidation waited before it was replayed",
  next_shared_cache_pending_revalidations:
    "Revalidations recorded in this process, waiting for Redis",
  next_shared_cache_memory_bytes: "Size of the client-side cache",
  next_shared_cache_memory_entries: "Entries in the client-side cache",
  next_shared_cache_revalidations_total:
    "Tags revalidated by this process, by where they were recorded",
};

function escape(value: string): string {
  return value.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n");
}

function series(labels: Labels): string {
  const parts = Object.entries(labels).map(([name, value]) => `${name}="${escape(value)}"`);
  return parts.length ? `{${parts.join(",")}}` : "";
}

function within<T>(map: Map<string, Map<string, T>>, name: string): Map<string, T> {
  const found = map.get(name);
  if (found) return found;
  const made = new Map<string, T>();
  map.set(name, made);
  return made;
}

export function count(name: string, labels: Labels = {}, by = 1): void {
  const map = within(counters, name);
  const at = series(labels);
  map.set(at, (map.get(at) ?? 0) + by);
}

export function gauge(name: string, read: () => number, labels: Labels = {}): void {
  within(gauges, name).set(series(labels), read);
}

export function observe(name: string, seconds: number, labels: Labels): void {
  const map = within(histograms, name);
  const at = series(labels);
  let histogram = map.get(at);
  if (!histogram) map.set(at, (histogram = { buckets: BUCKETS.map(() => 0), sum: 0, count: 0 }));
  histogram.sum += seconds;
  histogram.count++;
  for (let i = 0; i < BUCKETS.length; i++) {
    if (seconds <= (BUCKETS[i] ?? Infinity)) histogram.buckets[i] = (histogram.buckets[i] ?? 0) + 1;
  }
}

/** Reads a counter; for tests and debugging. */
export function read(name: string, labels: Labels = {}): number {
  return counters.get(name)?.get(series(labels)) ?? 0;
}

export function render(): string {
  const lines: string[] = [];
  const head = (name: string, type: string): void => {
    lines.push(`# HELP ${name} ${HELP[name] ?? name}`, `# TYPE ${name} ${type}`);
  };
  for (const [name, map] of counters) {
    head(name, "counter");
    for (const [at, value] of map) lines.push(`${name}${at} ${value}`);
  }
  for (const [name, map] of gauges) {
    head(name, "gauge");
    for (const [at, value] of map) lines.push(`${name}${at} ${value()}`);
  }
  for (const [name, map] of histograms) {
    head(name, "histogram");
    for (const [at, histogram] of map) {
      const inner = at === "" ? "" : `${at.slice(1, -1)},`;
      BUCKETS.forEach((bucket, i) =>
        lines.push(`${name}_bucket{${inner}le="${bucket}"} ${histogram.buckets[i] ?? 0}`),
      );
      lines.push(`${name}_bucket{${inner}le="+Inf"} ${histogram.count}`);
      lines.push(`${name}_sum${at} ${histogram.sum}`, `${name}_count${at} ${histogram.count}`);
    }
  }
  return lines.join("\n") + "\n";
}

Reflect.set(globalThis, Symbol.for(RUNTIME_METRICS), render);
