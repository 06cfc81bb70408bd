import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The newest patches of what the agent supports. `AGENT_NEXT=16.4.6` tests with one of them. */
export const NEXT_VERSIONS = list(process.env.AGENT_NEXT, ["16.4.6", "15.5.29"]);
/** Major versions of Node.js. `AGENT_NODE=22` tests with one of them. */
export const NODE_VERSIONS = list(process.env.AGENT_NODE, ["20", "22", "24"]);
/** What the cases run with that do not differ between versions. */
export const NEXT_VERSION = NEXT_VERSIONS[0] ?? "";
export const NODE_VERSION = NODE_VERSIONS[0] ?? "";

export const CACHE = join(tmpdir(), "next-on-eks-agent-tests");

function list(text: string | undefined, fallback: readonly string[]): readonly string[] {
  return text ? text.split(",") : fallback;
}

/** The folder that has `node` of a major version, fetched once from the registry. */
export function nodeFolder(major: string): string {
  if (process.versions.node.startsWith(`${major}.`)) return join(process.execPath, "..");
  const folder = join(CACHE, `node-${major}`);
  const bin = join(folder, "node_modules", ".bin");
  if (!existsSync(join(bin, "node"))) {
    mkdirSync(folder, { recursive: true });
    npm(["install", "--prefix", folder, `node@${major}`], folder);
  }
  return bin;
}

export function npm(args: readonly string[], cwd: string): void {
  execFileSync("npm", [...args, "--no-audit", "--no-fund"], { cwd, stdio: "pipe" });
}
