"use strict";
const { monitorEventLoopDelay, performance } = require("node:perf_hooks");
const contract = require("./pod-contract.cjs");

const LOOP_RESOLUTION_MS = 20;
/** Where the runtime package puts a function that returns its metrics in Prometheus text format. */
const RUNTIME_METRICS = [Symbol.for("next-on-eks.metrics"), Symbol.for(contract.RUNTIME_METRICS)];

/**
 * @typedef {import("./agent-traffic.cjs").Traffic} Traffic
 * @typedef {(name: string, type: "counter" | "gauge" | "histogram", help: string,
 *   samples: [suffix: string, value: number][]) => void} Write
 */

/**
 * Process metrics have the names that prom-client uses, so that common dashboards work.
 *
 * @param {Traffic} traffic
 * @param {string | undefined} release
 * @param {import("./shared-cache.cjs").SharedCache | undefined} sharedCache
 * @returns {{ render: () => string, delivered: () => void }}
 */
function createMetrics(traffic, release, sharedCache) {
  const delay = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
  delay.enable();
  let utilization = performance.eventLoopUtilization();

  const render = () => {
    /** @type {string[]} */
    const lines = [];
    /** @type {Write} */
    const write = (name, type, help, samples) => {
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
      for (const [suffix, value] of samples) lines.push(`${name}${suffix} ${value}`);
    };
    writeProcess(write);
    writeLoop(write, delay);
    const busy = performance.eventLoopUtilization(utilization).utilization;
    write("nodejs_eventloop_utilization", "gauge", "Busy share of the loop since the last scrape", [
      ["", busy],
    ]);
    writeTraffic(write, traffic, release);
    if (sharedCache !== undefined) writeSharedCache(write, sharedCache);
    return lines.join("\n") + "\n" + runtimeMetrics();
  };
  // What a scrape that gave up has not seen is kept for the next one, which will want to know why.
  const delivered = () => {
    delay.reset();
    utilization = performance.eventLoopUtilization();
  };
  return { render, delivered };
}

/** @param {Write} write */
function writeProcess(write) {
  const cpu = process.cpuUsage();
  const memory = process.memoryUsage();
  write("process_cpu_user_seconds_total", "counter", "CPU time in user mode", [
    ["", cpu.user / 1e6],
  ]);
  write("process_cpu_system_seconds_total", "counter", "CPU time in the kernel", [
    ["", cpu.system / 1e6],
  ]);
  write("process_cpu_seconds_total", "counter", "CPU time", [["", (cpu.user + cpu.system) / 1e6]]);
  write("process_start_time_seconds", "gauge", "Start, in seconds since 1970", [
    ["", Math.round(performance.timeOrigin) / 1000],
  ]);
  write("process_resident_memory_bytes", "gauge", "Resident memory", [["", memory.rss]]);
  write("nodejs_heap_size_total_bytes", "gauge", "Heap reserved", [["", memory.heapTotal]]);
  write("nodejs_heap_size_used_bytes", "gauge", "Heap in use", [["", memory.heapUsed]]);
  write("nodejs_external_memory_bytes", "gauge", "Memory of objects outside of the heap", [
    ["", memory.external],
  ]);
  write("nodejs_version_info", "gauge", "Version of Node.js", [
    [`{version="${process.version}"}`, 1],
  ]);
}

/**
 * @param {Write} write
 * @param {import("node:perf_hooks").IntervalHistogram} delay
 */
function writeLoop(write, delay) {
  // The histogram measures the interval of a timer; what exceeds its resolution is lag.
  /** @param {number} nanoseconds */
  const lag = (nanoseconds) => {
    const seconds = nanoseconds / 1e9 - LOOP_RESOLUTION_MS / 1000;
    return Number.isFinite(seconds) ? Math.max(0, seconds) : 0;
  };
  const none = delay.count === 0;
  write("nodejs_eventloop_lag_p50_seconds", "gauge", "Median lag since the last scrape", [
    ["", none ? 0 : lag(delay.percentile(50))],
  ]);
  write("nodejs_eventloop_lag_p99_seconds", "gauge", "99th percentile since the last scrape", [
    ["", none ? 0 : lag(delay.percentile(99))],
  ]);
  write("nodejs_eventloop_lag_max_seconds", "gauge", "Longest lag since the last scrape", [
    ["", none ? 0 : lag(delay.max)],
  ]);
}

/**
 * @param {Write} write
 * @param {Traffic} traffic
 * @param {string | undefined} release
 */
function writeTraffic(write, traffic, release) {
  const { bounds, counts, sum } = traffic.durations;
  let below = 0;
  /** @type {[string, number][]} */
  const buckets = bounds.map((bound, at) => [`_bucket{le="${bound}"}`, (below += counts[at] ?? 0)]);
  write("nextjs_requests_total", "counter", "Requests answered, by class of status", [
    ...Object.entries(traffic.totals).map(
      ([name, total]) => /** @type {[string, number]} */ ([`{class="${name}"}`, total]),
    ),
  ]);
  write("nextjs_request_duration_seconds", "histogram", "From the request's head to the end", [
    ...buckets,
    [`_bucket{le="+Inf"}`, traffic.finished],
    ["_sum", sum],
    ["_count", traffic.finished],
  ]);
  write("nextjs_requests_in_flight", "gauge", "Requests not answered in full", [
    ["", traffic.requests.size],
  ]);
  write("nextjs_connections", "gauge", "Open connections", [["", traffic.connections.size]]);
  write("nextjs_connections_upgraded", "gauge", "Connections that became WebSockets", [
    ["", traffic.upgraded.size],
  ]);
  write("nextjs_draining", "gauge", "Whether the pod is shutting down", [
    ["", traffic.drainingSince === undefined ? 0 : 1],
  ]);
  write("nextjs_release_info", "gauge", "The release that this pod serves", [
    [`{release="${(release ?? "").replace(/[\\"\n]/g, "\\$&")}"}`, 1],
  ]);
}

/**
 * Known from the build, so reported from the start: the runtime package's own metrics begin with the first request that
 * uses its cache.
 * @param {Write} write
 * @param {import("./shared-cache.cjs").SharedCache} sharedCache
 */
function writeSharedCache(write, sharedCache) {
  write("nextjs_shared_cache", "gauge", "Whether pods share a cache: 0 if each has its own", [
    [`{handler="${sharedCache}"}`, sharedCache === "none" ? 0 : 1],
  ]);
}

/** An error in the app's code must not hide the metrics of the process. */
function runtimeMetrics() {
  for (const name of RUNTIME_METRICS) {
    try {
      const render = Reflect.get(globalThis, name);
      const text = typeof render === "function" ? render() : undefined;
      if (typeof text === "string") return text.endsWith("\n") ? text : `${text}\n`;
    } catch (error) {
      return `# metrics of the runtime package failed: ${String(error).split("\n", 1)[0]}\n`;
    }
  }
  return "";
}

module.exports = { createMetrics };
