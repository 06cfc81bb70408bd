import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The newest patches of what the agent supports. `AGENT_NEXT=16.4.6` tests with one of them. */
export const NEXT_VERSIONS = list(process.env.AGENT_NEXT, ["16.4.6", "15.5.29"]);
/** Major versions of Node.js. `AGENT_NODE=22` tests with one of them. */
export const NODE_VERSIONS = list(process.env.AGENT_NODE, ["20", "22", "24"]);
const ALL_PAIRS = Boolean(process.env.AGENT_NEXT ?? process.env.AGENT_NODE);
/**
 * For cases that depend on both: each version of Node.js with one of Next.js in turn. With `AGENT_NEXT` or `AGENT_NODE` every
 * pair (`AGENT_NODE=20,22,24`).
 */
export const PAIRS = NODE_VERSIONS.flatMap((node, at) =>
  NEXT_VERSIONS.filter((_, which) => ALL_PAIRS || which === at % NEXT_VERSIONS.length).map(
    (next) => [next, node] as const,
  ),
);
/** What the cases run with that do not differ between versions. */
export const NEXT_VERSION = NEXT_VERSIONS[0] ?? "";
export const NODE_VERSION = NODE_VERSIONS[0] ?? "";

export const CACHE = join(tmpdir(), "next-on-eks-agent-tests");

function list(text: string | undefined, fallback: readonly string[]): readonly string[] {
  return text ? text.split(",") : fallback;
}

/** The folder that has `node` of a major version, fetched once from the registry, also by suites that run at once. */
export function nodeFolder(major: string): string {
  if (process.versions.node.startsWith(`${major}.`)) return join(process.execPath, "..");
  const folder = join(CACHE, `node-${major}`);
  const bin = join(folder, "node_modules", ".bin");
  if (existsSync(join(bin, "node"))) return bin;
  const temporary = `${folder}.${process.pid}`;
  mkdirSync(temporary, { recursive: true });
  try {
    npm(["install", "--prefix", temporary, `node@${major}`], temporary);
    // what a run left that was interrupted
    if (!existsSync(join(bin, "node"))) rmSync(folder, { recursive: true, force: true });
    renameSync(temporary, folder);
  } catch (cause) {
    // another suite was quicker
    if (!existsSync(join(bin, "node"))) throw cause;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  return bin;
}

export function npm(args: readonly string[], cwd: string): void {
  execFileSync("npm", [...args, "--no-audit", "--no-fund"], { cwd, stdio: "pipe" });
}
