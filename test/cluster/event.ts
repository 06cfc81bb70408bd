import assert from "node:assert/strict";
import { kubectl, output, until } from "./commands";
import { Load, type Outcome, type Sample } from "./load";
import { INGRESS_NAMESPACE, NAMESPACE } from "./settings";
import { request } from "./site";

/** Requests that each event meets at least. */
const REQUESTS = Number(
  process.env.TEST_REQUESTS ?? (process.argv.includes("--full") ? 20_000 : 2_500),
);

/** One row of the table in docs/zero-downtime.md. */
export interface Row {
  readonly event: string;
  readonly requests: number;
  readonly posts: number;
  readonly failed: number;
  /** POSTs that met a reset on a kept connection. */
  readonly postResets: number;
  readonly again: number;
  readonly p50: number;
  readonly p99: number;
  readonly seconds: number;
  readonly note?: string;
}

export const rows: Row[] = [];

export interface EventOptions {
  readonly event: string;
  readonly releases: readonly string[];
  /** How many of the requests may fail. Default none. */
  readonly mayFail?: (failed: readonly Sample[]) => boolean;
  readonly note?: (outcome: Outcome) => string;
  /** Visitors at the same time. Default 40. */
  readonly clients?: number;
  /** Milliseconds between two requests of a visitor. Default 500: more would be waiting for this machine than for pods. */
  readonly pause?: number;
}

/** Lets visitors come before, during and after `happens`, and checks every answer. */
export async function underLoad(
  address: string,
  options: EventOptions,
  happens: (load: Load) => Promise<void>,
): Promise<Outcome> {
  const { releases, clients = 40, pause: pauseMilliseconds = 500 } = options;
  await onlyOf(address, releases);
  const start = Date.now();
  const load = new Load({
    address,
    releases,
    clients,
    requests: REQUESTS,
    pauseMilliseconds,
  });
  let outcome: Outcome;
  try {
    await pause(3);
    await happens(load);
    await pause(3);
  } finally {
    outcome = await load.stop();
  }
  const { samples, failed, again, postResets } = outcome;
  const times = samples
    .filter(({ kind }) => kind !== "stream")
    .map((sample) => sample.end - sample.start)
    .sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(times.length * share)] ?? 0;
  const row: Row = {
    event: options.event,
    requests: samples.length,
    posts: samples.filter(({ kind }) => kind === "post").length,
    failed: failed.length,
    postResets,
    again,
    p50: at(0.5),
    p99: at(0.99),
    seconds: Math.round((Date.now() - start) / 1000),
    note: options.note?.(outcome),
  };
  rows.push(row);
  console.log(`      ${describe(row)}`);
  // Measured: up to 2 in 1,000; ten times that would be another fault than nginx's reload.
  assert.ok(
    postResets <= Math.max(5, row.posts * 0.02),
    `${postResets} of ${row.posts} POSTs reset`,
  );
  const may = options.mayFail ?? ((those) => those.length === 0);
  assert.ok(may(failed), `${failed.length} of ${samples.length} failed:\n${problems(failed)}`);
  return outcome;
}

/** After the event before, pods of its release may still end: they answer until their endpoints are gone. */
function onlyOf(address: string, releases: readonly string[]): Promise<void> {
  return until(`no answer but of ${releases.join(", ")}`, 60, async () => {
    for (let times = 0; times < 20; times++) {
      const { body } = await request(address, "/api/pod");
      if (!releases.includes((JSON.parse(body) as { release: string }).release)) return false;
    }
    return true;
  });
}

function describe(row: Row): string {
  const { requests, failed, again, postResets, p50, p99, seconds, note } = row;
  const rest = note === undefined ? "" : `; ${note}`;
  return `${failed} of ${requests} failed, ${again} sent again, ${postResets} POST reset, p50 ${p50} ms, p99 ${p99} ms, ${seconds} s${rest}`;
}

/** Each problem once, with how often it was met. */
function problems(failed: readonly Sample[]): string {
  const counts = new Map<string, number>();
  for (const { kind, problem = "" } of failed) {
    const key = `${kind}: ${problem}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].map(([key, count]) => `  ${count} x ${key}`).join("\n");
}

/** The rows as a table in Markdown. */
export function table(): string {
  const head = [
    "event",
    "requests",
    "POST",
    "failed",
    "again",
    "POST reset",
    "p50",
    "p99",
    "seconds",
    "",
  ];
  const lines = rows.map((row) => [
    row.event,
    String(row.requests),
    String(row.posts),
    String(row.failed),
    String(row.again),
    String(row.postResets),
    `${row.p50} ms`,
    `${row.p99} ms`,
    String(row.seconds),
    row.note ?? "",
  ]);
  const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...lines.map(line)].join("\n");
}

/**
 * When the Service was told to select other pods, and when the last worker of nginx that had not read that stopped to
 * take requests. Old workers go on for 100 ms or more beside the new ones: nginx starts these first.
 * @returns both in milliseconds since the epoch; Kubernetes' times have whole seconds
 */
export async function switchTimes(since: number): Promise<{ patch: number; reload: number }> {
  const service = JSON.parse(
    await kubectl("get", "service", "web", "-n", NAMESPACE, "-o", "json", "--show-managed-fields"),
  ) as { metadata: { managedFields: { time: string }[] } };
  const patch = Math.max(
    ...service.metadata.managedFields.map(({ time }) => new Date(time).getTime()),
  );
  const logs = await output("kubectl", [
    ...["logs", "-n", INGRESS_NAMESPACE, "--all-containers", "--prefix", "--timestamps"],
    ...["--selector", "next-on-eks/controller=ingress", "--tail", "2000"],
    `--since-time=${new Date(since).toISOString()}`,
  ]);
  return { patch, reload: lastOfOldWorkers(logs, patch) };
}

/** Of each controller's first reload after the patch, the moment when its last old worker was told to end. */
function lastOfOldWorkers(logs: string, patch: number): number {
  const reloads = new Map<string, number>();
  const told = new Map<string, number>();
  for (const line of logs.split("\n")) {
    // `[pod/NAME/CONTAINER] TIME text`
    const [pod = "", stamp = ""] = line.split(" ");
    const time = new Date(stamp).getTime();
    if (line.endsWith("reconfiguring") && line.includes("SIGHUP") && time >= patch) {
      reloads.set(pod, (reloads.get(pod) ?? 0) + 1);
    }
    if (line.endsWith("gracefully shutting down") && reloads.get(pod) === 1) told.set(pod, time);
  }
  assert.ok(told.size > 0, "no controller has reloaded since the Service's patch");
  return Math.max(...told.values());
}

export const pause = (seconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, seconds * 1000));
