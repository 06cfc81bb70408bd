import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { POD } from "../../helpers/podFolder";
import { AGENT } from "./server";
import { CACHE, npm } from "./versions";

export const PRELOADS = `--require ${join(POD, "node-options.cjs")} --require ${AGENT}`;

/** The pod's own folder, as its init container finds it. */
export function runFolder(): string {
  return mkdtempSync(join(tmpdir(), "agent-run-"));
}

/** Runs what the pod's init container runs, in an image with that NODE_OPTIONS. */
export function init(
  folder: string,
  nodeOptions: string,
  { node = process.execPath, cwd, env = {} }: { node?: string; cwd: string; env?: object },
) {
  return spawnSync(node, ["--no-warnings", "--build-snapshot", join(POD, "init.cjs")], {
    cwd,
    encoding: "utf8",
    env: { PATH: process.env.PATH, AGENT_DIR: folder, NODE_OPTIONS: nodeOptions, ...env },
  });
}

/** A folder with OpenTelemetry and the preload of `../apps/otel`, installed once. */
export function openTelemetry(): string {
  const source = join(__dirname, "..", "apps", "otel");
  const { dependencies } = JSON.parse(readFileSync(join(source, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  const folder = join(CACHE, `otel-${dependencies["@opentelemetry/sdk-trace-node"]}`);
  if (!existsSync(folder)) {
    const temporary = `${folder}.${process.pid}`;
    mkdirSync(temporary, { recursive: true });
    cpSync(join(source, "package.json"), join(temporary, "package.json"));
    npm(["install"], temporary);
    renameSync(temporary, folder);
  }
  cpSync(join(source, "tracing.cjs"), join(folder, "tracing.cjs"));
  return folder;
}

/** The script of a package manager, fetched once from the registry. */
export function manager(name: string, version: string, script: string): string {
  const folder = join(CACHE, `${name.replace("/", "-")}-${version}`);
  const path = join(folder, "node_modules", name, script);
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true });
    npm(["install", "--prefix", folder, `${name}@${version}`], folder);
  }
  return path;
}

/** A command as the first process of a container: with process numbers of its own, and none above it. */
export function asFirstProcess(command: readonly string[]): string[] {
  const user = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"];
  const flags = [...user, "--pid", "--fork", "--mount-proc", "--kill-child"];
  const probe = spawnSync("unshare", [...flags, "true"], { encoding: "utf8" });
  if (probe.status !== 0) {
    throw new Error(
      `unshare ${flags.join(" ")} fails (${(probe.stderr ?? String(probe.error)).trim()}): run this as root, or let users make namespaces`,
    );
  }
  return ["unshare", ...flags, ...command];
}

/** The process that is the first one inside of `unshare`. */
export function firstProcess(unshare: number): number {
  const children = readFileSync(`/proc/${unshare}/task/${unshare}/children`, "utf8").trim();
  return Number(children.split(" ")[0]);
}

export function needs(command: string): string {
  try {
    return execFileSync("which", [command], { encoding: "utf8" }).trim();
  } catch {
    throw new Error(`${command} is missing: apt-get install ${command}`);
  }
}

export const remove = (folder: string): void => rmSync(folder, { recursive: true, force: true });
