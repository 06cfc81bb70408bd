import { spawn } from "node:child_process";

export interface Result {
  readonly code: number;
  /** Standard output and error, in the order in which they came. */
  readonly text: string;
  readonly stdout: string;
  readonly seconds: number;
}

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Ends the command after this time. Default 300. */
  readonly timeoutSeconds?: number;
  /** Called with what sends the command a signal. */
  readonly started?: (send: (signal: NodeJS.Signals) => void) => void;
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
    });
    options.started?.((signal) => child.kill(signal));
    let text = "";
    let stdout = "";
    child.stdout.on("data", (data: Buffer) => {
      text += data.toString();
      stdout += data.toString();
    });
    child.stderr.on("data", (data: Buffer) => (text += data.toString()));
    child.on("error", reject);
    child.on("close", (code) =>
      resolve({ code: code ?? -1, text, stdout, seconds: (Date.now() - start) / 1000 }),
    );
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

export const kubectl = (...args: string[]): Promise<string> => output("kubectl", args);

/** What `kubectl get … -o json` gives, as far as the suite looks at it. */
export interface KubernetesObject {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Record<string, string>;
  };
  readonly spec: Record<string, unknown>;
  readonly status?: {
    readonly conditions?: { readonly type: string; readonly status: string }[];
  };
}

export async function get(...args: string[]): Promise<KubernetesObject[]> {
  const list = JSON.parse(await kubectl("get", ...args, "-o", "json")) as {
    items: KubernetesObject[];
  };
  return list.items;
}

/** Calls `check` each half second until it holds. */
export async function until(
  what: string,
  seconds: number,
  check: () => Promise<boolean>,
): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await check())) {
    if (Date.now() > end) throw new Error(`not within ${seconds} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
