import { readFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import autocannon from "autocannon";
import { publish, Scratch } from "../test/pod/volume";
import { missing, Processes, startAssets, startNext } from "../test/releases/servers";
import { buildSite, makePod, missingModules, MODULES } from "../test/releases/site";
import { machine } from "./machine";
import { percentile, type Result, type Row } from "./rows";

/** Rounds alternate, so that whatever else the machine does affects both equally. */
const ROUNDS = 5;
const SECONDS = 3;
const CONNECTIONS = 16;

/** The nginx of the static-assets pods against Next.js's own server, with the files of one real build. */
export async function assets(): Promise<Result> {
  const lacking = [...missing(["nginx"]), ...missingModules()];
  if (lacking.length > 0) throw new Error(`bench assets cannot run:\n  ${lacking.join("\n  ")}`);
  const scratch = new Scratch();
  const processes = new Processes();
  try {
    const site = buildSite(scratch.folder(), "v1");
    const volume = scratch.folder();
    const folder = makePod(site, scratch.folder());
    const published = await publish(volume, { directory: folder, files: {} });
    if (published.code !== 0) throw new Error(published.err);

    const { port: next } = await startNext(processes, folder);
    const nginx = await startAssets(processes, scratch.folder(), { volume, appPort: next });

    const paths = [...site.files.keys()].map((path) => `/_next/static/${path}?dpl=v1`);
    const rows: Row[] = [];
    for (const [figure, headers] of [
      ["static-files-per-second", { "accept-encoding": "gzip, deflate, br" }],
      ["static-files-per-second-uncompressed", {}],
    ] as const) {
      const [ours, theirs]: [number[], number[]] = [[], []];
      for (let round = 0; round < ROUNDS; round += 1) {
        ours.push(await rate(nginx, paths, headers));
        theirs.push(await rate(next, paths, headers));
      }
      const [value, baseline] = [median(ours), median(theirs)];
      rows.push({ figure, value, unit: "1/s", baseline, ratio: value / baseline });
    }
    return {
      name: "assets",
      rows,
      versions: { node: process.version, nginx: nginxVersion(), next: nextVersion() },
      machine: machine(),
    };
  } finally {
    await processes.stopAll();
    scratch.clean();
  }
}

async function rate(
  port: number,
  paths: readonly string[],
  headers: Readonly<Record<string, string>>,
): Promise<number> {
  const result = await autocannon({
    url: `http://127.0.0.1:${port}`,
    connections: CONNECTIONS,
    duration: SECONDS,
    requests: paths.map((path) => ({ path, headers: { ...headers } })),
  });
  const bad = result.non2xx + result.errors;
  if (bad > 0) throw new Error(`${bad} requests to port ${port} went wrong`);
  return result.requests.average;
}

function median(values: readonly number[]): number {
  return Math.round(percentile(values, 0.5));
}

function nginxVersion(): string {
  // It writes its version to standard error.
  const text = execFileSync("sh", ["-c", "nginx -v 2>&1"], { encoding: "utf8" });
  return /nginx\/([0-9.]+)/.exec(text)?.[1] ?? text.trim();
}

function nextVersion(): string {
  const text = readFileSync(join(MODULES, "next/package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
