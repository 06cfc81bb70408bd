import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { freePort, run, start, until } from "../runtime/test/lib/processes";

/** What is asked for: bench/load.lua. */
export type Load =
  | readonly ["path", path: string]
  | readonly ["hot", pages: number]
  | readonly ["flood", pages: number, seed: number]
  | readonly ["mixed", pages: number, tail: number, seed: number];

export interface LoadOptions {
  readonly load: Load;
  readonly connections: number;
  readonly seconds: number;
  /** `Accept-Encoding`; undefined: without the header. */
  readonly encoding?: string;
}

export interface LoadResult {
  readonly perSecond: number;
  /** In milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Of the whole answer, headers included; bytes. */
  readonly bytesPerAnswer: number;
  readonly requests: number;
}

export interface LoadWithCpu extends LoadResult {
  /** Of the server, for 1,000 requests. */
  readonly cpuSeconds: number;
}

/** As a browser says it. */
export const BROWSER = "gzip, deflate, br, zstd";

/** Answers that take longer than this are counted as late. */
const TIMEOUT_SECONDS = 10;

/**
 * The load generator: `$WRK`, or wrk on the PATH, which is else installed with apt-get.
 * @throws with what to do, where that is not possible
 */
export function loadGenerator(): string {
  return (found ??= findGenerator());
}

let found: string | undefined;

function findGenerator(): string {
  const own = process.env.WRK;
  if (own !== undefined && own !== "") {
    if (isThere(own)) return own;
    throw new Error(`WRK is "${own}", which cannot be run: give the path of wrk, or unset it`);
  }
  if (isThere("wrk")) return "wrk";
  console.error("wrk is not installed: apt-get install wrk (WRK=/path/to/wrk uses another one)");
  const installed = spawnSync("apt-get", ["install", "-y", "-qq", "wrk"], { encoding: "utf8" });
  if (installed.status === 0 && isThere("wrk")) return "wrk";
  throw new Error(
    `the load generator wrk could not be installed: ${installed.stderr || String(installed.error)}\n` +
      "install it (apt-get install wrk, as root; brew install wrk), or set WRK to its path",
  );
}

/** wrk prints its version and ends with 1. */
function isThere(command: string): boolean {
  return spawnSync(command, ["-v"]).error === undefined;
}

/** Sends a load to a port of this machine, from a process of its own. @throws if answers fail */
export async function send(port: number, options: LoadOptions): Promise<LoadResult> {
  const { load, connections, seconds, encoding } = options;
  const printed = await run(
    loadGenerator(),
    [
      ...["--threads", "1", "--connections", String(connections), "--duration", `${seconds}s`],
      ...["--timeout", `${TIMEOUT_SECONDS}s`, "--latency", "--script", join(__dirname, "load.lua")],
      ...[`http://127.0.0.1:${port}`, "--", ...load.map(String)],
    ],
    { env: { ...process.env, LOAD_ENCODING: encoding ?? "" } },
  );
  const result = JSON.parse(printed.trim().split("\n").at(-1) ?? "") as Record<string, number>;
  const { requests = 0, microseconds = NaN, failed = 0, late = 0, bytes = 0 } = result;
  if (failed > 0 || requests === 0)
    throw new Error(`${load.join(" ")}: ${failed} of ${requests} answers are wrong\n${printed}`);
  if (late > 0) console.error(`${late} answers took longer than ${TIMEOUT_SECONDS} s`);
  return {
    perSecond: (requests * 1e6) / microseconds,
    p50: (result.p50 ?? NaN) / 1000,
    p99: (result.p99 ?? NaN) / 1000,
    bytesPerAnswer: bytes / requests,
    requests,
  };
}

/** The same, with what it costs the server. */
export async function sendTo(
  { port, pid }: { readonly port: number; readonly pid: number },
  options: LoadOptions,
): Promise<LoadWithCpu> {
  const before = cpuSecondsOf(pid);
  const result = await send(port, options);
  return { ...result, cpuSeconds: ((cpuSecondsOf(pid) - before) * 1000) / result.requests };
}

/** A server that reads nothing and answers with the same bytes: what the load generator can do at most. */
const TRIVIAL = `
const [port, length] = process.argv.slice(1).map(Number);
const head = "HTTP/1.1 200 OK\\r\\nContent-Type: text/html\\r\\nContent-Length: " + length + "\\r\\n\\r\\n";
const answer = Buffer.concat([Buffer.from(head), Buffer.alloc(length, "x")]);
require("node:net").createServer((socket) => {
  socket.on("data", () => socket.write(answer));
  socket.on("error", () => {});
}).listen(port, "127.0.0.1", () => console.log("ready"));
`;

/** @param length of each answer's body, in bytes */
export async function ceiling(length: number, connections: number, seconds: number) {
  const port = await freePort();
  const server = start(process.execPath, ["-e", TRIVIAL, String(port), String(length)]);
  try {
    await until("the trivial server", 10, () =>
      Promise.resolve(/ready/.test(server.output()) || undefined),
    );
    return await send(port, { load: ["path", "/"], connections, seconds });
  } finally {
    await server.end("SIGKILL");
  }
}

/** User and system time of a process with all its threads so far, in seconds. */
function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // the fields after the name, which may hold anything; Linux counts in hundredths of a second
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
