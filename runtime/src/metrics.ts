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

interface Registry {
  readonly counters: Map<string, Map<string, number>>;
  readonly gauges: Map<string, Map<string, () => number>>;
  readonly labelled: Map<string, () => readonly [Labels, number]>;
  readonly histograms: Map<string, Map<string, Histogram>>;
}

/** One for the process: Next.js bundles a copy of this module into the proxy of an app, beside the one that the pages use. */
const { counters, gauges, labelled, histograms } = registryOfProcess();

function registryOfProcess(): Registry {
  const name = Symbol.for("next-shared-cache.registry");
  const held: unknown = Reflect.get(globalThis, name);
  if (isRegistry(held)) return held;
  const made: Registry = {
    counters: new Map(),
    gauges: new Map(),
    labelled: new Map(),
    histograms: new Map(),
  };
  Reflect.set(globalThis, name, made);
  return made;
}

function isRegistry(value: unknown): value is Registry {
  return typeof value === "object" && value !== null && "histograms" in value;
}

const HELP: Readonly<Record<string, string>> = {
  next_shared_cache_requests_total:
    "Lookups by interface (pages, data, use-cache, files), answering level and result",
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
  next_shared_cache_answers_enabled:
    "Whether this pod answers from memory without running Next.js: 1 if it does, else 0 and why not",
  next_shared_cache_answers_bytes: "Size of the whole answers in memory",
  next_shared_cache_answers_recording_bytes:
    "Size of the answers that are being recorded and not yet sent to their end",
  next_shared_cache_answers_entries: "Whole answers in memory",
  next_shared_cache_answers_compressed_total:
    "Answers that were compressed with Brotli or zstd, by encoding and result (made, larger, failed)",
  next_shared_cache_revalidations_total:
    "Tags revalidated by this process, by where they were recorded",
};

const ESCAPED = /[\\"\n]/;

/** Each request from memory is counted, and hardly any value has something to escape. */
function escape(value: string): string {
  if (!ESCAPED.test(value)) return value;
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

/** A gauge whose labels change. */
export function labelledGauge(name: string, read: () => readonly [Labels, number]): void {
  labelled.set(name, read);
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
  for (const [name, read] of labelled) {
    const [labels, value] = read();
    head(name, "gauge");
    lines.push(`${name}${series(labels)} ${value}`);
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
