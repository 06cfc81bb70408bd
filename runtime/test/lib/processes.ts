import { randomInt } from "node:crypto";
import { spawn, spawnSync, type ChildProcess, type SpawnOptions } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Everything that a run started: ended and removed when it is over, also after a failure. */
const running = new Set<ChildProcess>();
const folders = new Set<string>();

export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `next-shared-cache-${name}-`));
  folders.add(folder);
  return folder;
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  folders.delete(folder);
}

export interface Started {
  readonly child: ChildProcess;
  /** All that it wrote so far. */
  output(): string;
  end(signal?: NodeJS.Signals): Promise<void>;
}

export function start(
  command: string,
  args: readonly string[],
  options: SpawnOptions = {},
): Started {
  const child = spawn(command, [...args], { stdio: ["ignore", "pipe", "pipe"], ...options });
  running.add(child);
  let text = "";
  child.stdout?.on("data", (chunk: Buffer) => (text += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (text += chunk.toString()));
  const gone = new Promise<void>((resolve) => {
    child.once("exit", () => {
      running.delete(child);
      resolve();
    });
    child.once("error", (cause) => {
      text += String(cause);
      running.delete(child);
      resolve();
    });
  });
  return {
    child,
    output: () => text,
    async end(signal = "SIGTERM") {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill("SIGCONT");
        child.kill(signal);
        const timer = setTimeout(() => child.kill("SIGKILL"), 5000);
        await gone;
        clearTimeout(timer);
      }
    },
  };
}

export function run(
  command: string,
  args: readonly string[],
  options: SpawnOptions = {},
): Promise<string> {
  const started = start(command, args, options);
  return new Promise((resolve, reject) => {
    started.child.once("close", (code) => {
      if (code === 0) resolve(started.output());
      else
        reject(
          new Error(
            `${command} ${args.join(" ")} ended with ${code}\n${started.output().slice(-4000)}`,
          ),
        );
    });
    started.child.once("error", reject);
  });
}

export function endAll(): void {
  for (const child of running) {
    child.kill("SIGCONT");
    child.kill("SIGKILL");
  }
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  folders.clear();
}

const given = new Set<number>();

/**
 * A port below the ranges that a cluster on this machine answers at (its NodePorts begin at 30,000) and that outgoing
 * connections get theirs from: none of them takes it before its server does. No port is given twice.
 */
export function freePort(): Promise<number> {
  const port = randomInt(12_000, 29_000);
  if (given.has(port)) return freePort();
  given.add(port);
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(freePort()));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(port)));
  });
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Repeats until it gives a value, or fails with the last reason. */
export async function until<T>(
  what: string,
  seconds: number,
  attempt: () => Promise<T | undefined>,
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  let last: unknown;
  for (;;) {
    try {
      const value = await attempt();
      if (value !== undefined) return value;
    } catch (cause) {
      last = cause;
    }
    if (Date.now() > end)
      throw new Error(`not within ${seconds} s: ${what}${last ? ` (${String(last)})` : ""}`);
    await sleep(20);
  }
}

/** What the suite needs and cannot install itself. */
export function requireProgram(name: string, remedy: string): void {
  if (spawnSync(name, ["--version"], { stdio: "ignore" }).error) {
    console.error(`${name} is missing: ${remedy}`);
    process.exit(2);
  }
}
