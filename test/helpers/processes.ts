import { execFileSync, spawn, type ChildProcess } from "node:child_process";

export interface Result {
  readonly code: number;
  /** Standard output and error, in the order in which they came. */
  readonly text: string;
  readonly stdout: string;
  readonly seconds: number;
}

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
  /** Ends the command after this time. Default 300. */
  readonly timeoutSeconds?: number;
  /** A group of its own, which a signal to `-pid` reaches as a whole. */
  readonly detached?: boolean;
  readonly started?: (child: ChildProcess) => void;
  /** Called with each piece of what the command prints, as it comes. */
  readonly printed?: (text: string) => void;
}

/** Runs a command to its end, whatever its exit code. */
export function command(
  name: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<Result> {
  const start = Date.now();
  return new Promise((resolve, reject) => {
    const child = spawn(name, args, {
      env: { ...process.env, ...options.env },
      timeout: (options.timeoutSeconds ?? 300) * 1000,
      stdio: "pipe",
      detached: options.detached,
    });
    options.started?.(child);
    let text = "";
    let stdout = "";
    const take = (data: Buffer) => {
      text += data.toString();
      options.printed?.(data.toString());
    };
    child.stdout.on("data", (data: Buffer) => {
      take(data);
      stdout += data.toString();
    });
    child.stderr.on("data", take);
    child.on("error", reject);
    child.on("close", (code) =>
      resolve({ code: code ?? -1, text, stdout, seconds: (Date.now() - start) / 1000 }),
    );
    // A command that reads none of it may have ended before it is written.
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.input ?? "");
  });
}

/** Runs a command that must succeed, and gives its standard output. */
export async function output(
  name: string,
  args: readonly string[],
  options?: CommandOptions,
): Promise<string> {
  const result = await command(name, args, options);
  if (result.code !== 0) {
    throw new Error(`${name} ${args.join(" ")}: exit ${result.code}\n${result.text}`);
  }
  return result.stdout;
}

export function onPath(name: string): boolean {
  try {
    execFileSync("sh", ["-c", `command -v ${name}`], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Calls `check` each half second until it holds. */
export async function until(
  what: string,
  seconds: number,
  check: () => Promise<boolean> | boolean,
): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await check())) {
    if (Date.now() > end) throw new Error(`not within ${seconds} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
