import { spawn } from "node:child_process";
import { join } from "node:path";
import { UsageError } from "../cli/stackConfig";

/** What a command said, and how it ended. */
export interface Result {
  readonly code: number;
  readonly stdout: string;
  /** Standard output and error, in the order in which they came. */
  readonly text: string;
}

/** What the sites are made with. */
export type CommandName = "pulumi" | "kubectl" | "docker" | "git";

export interface RunOptions {
  /** For standard input: a secret must not stand in a list of processes. */
  readonly input?: string;
  /** Whether the user sees what it prints, as it comes. */
  readonly shown?: boolean;
  /** Variables of the environment beside those that there are. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a command to its end in the program's folder, whatever its exit code. */
export type Run = (
  name: CommandName,
  args: readonly string[],
  options?: RunOptions,
) => Promise<Result>;

/** The folder of the program, from which Pulumi takes the project. */
export const ROOT = join(__dirname, "..");

/** @throws {UsageError} if there is no such command */
export const run: Run = (name, args, { input = "", shown = false, env } = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(name, args, { cwd: ROOT, stdio: "pipe", env: { ...process.env, ...env } });
    let [text, stdout] = ["", ""];
    const take = (data: Buffer): void => {
      text += data.toString();
      if (shown) process.stderr.write(data);
    };
    child.stdout.on("data", (data: Buffer) => {
      take(data);
      stdout += data.toString();
    });
    child.stderr.on("data", take);
    child.on("error", (error: NodeJS.ErrnoException) =>
      reject(error.code === "ENOENT" ? new UsageError(missing(name)) : error),
    );
    child.on("close", (code) => resolve({ code: code ?? -1, stdout, text }));
    // A command that ends before it has read its input is no error of its own.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
  });

const INSTALL: Readonly<Record<CommandName, string>> = {
  pulumi: "https://www.pulumi.com/docs/install/",
  kubectl: "https://kubernetes.io/docs/tasks/tools/",
  docker: "https://docs.docker.com/engine/install/",
  git: "https://git-scm.com/downloads",
};

function missing(name: CommandName): string {
  return `${name} is not on the PATH; install it: ${INSTALL[name]}`;
}

/** The standard output of a command that must succeed. */
export async function output(
  run: Run,
  name: CommandName,
  args: readonly string[],
  options?: RunOptions,
): Promise<string> {
  const { code, stdout, text } = await run(name, args, options);
  if (code !== 0) throw new CommandError(name, args, code, options?.shown ? "" : text);
  return stdout;
}

/** A command failed. The message has what it said, unless the user has seen that. */
export class CommandError extends UsageError {
  constructor(name: string, args: readonly string[], code: number, text: string) {
    const said = withoutLog(text).trim();
    super(
      `${name} ${args.slice(0, 2).join(" ")} failed with exit code ${code}${said === "" ? "" : `:\n${indented(said)}`}`,
    );
  }
}

/** A line of kubectl's own log, such as `E1129 17:55:25.816824    2578 memcache.go:265] …`: five of one failure, before what it says. */
const LOG = /^[EWIF]\d{4} [\d:.]+ +\d+ \S+\.go:\d+\] .*(\n|$)/gm;

/** What a command says, unless its log is all. */
function withoutLog(text: string): string {
  const said = text.replace(LOG, "");
  return said.trim() === "" ? text : said;
}

export function indented(text: string): string {
  return text.replace(/^/gm, "  ");
}
