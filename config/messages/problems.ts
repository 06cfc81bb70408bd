import { RunError } from "@pulumi/pulumi";
import { PROJECT } from "../../model/project";

/** One problem with the config, described so that a reader can fix it without the source. */
export interface Problem {
  /** Path below the project's namespace, as the user typed it: `app.replicas.min`. */
  readonly key: string;
  /** The rule and the value that broke it. */
  readonly message: string;
  /** How to fix it: commands and text, each on separate lines. */
  readonly remedy: string;
}

/** Thrown once, with every problem of a stack's config. Pulumi prints a RunError without a stack trace. */
export class ConfigError extends RunError {
  constructor(
    readonly stackName: string,
    readonly problems: readonly Problem[],
  ) {
    super(describe(stackName, problems));
    this.name = "ConfigError";
  }
}

function describe(stackName: string, problems: readonly Problem[]): string {
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  const lines = problems.map(({ key, message, remedy }) => `  ${told(key, message, remedy)}`);
  return `The config of stack '${stackName}' has ${count}:\n${lines.join("\n")}`;
}

/** `app.image` is `next-on-eks:app.image`; a key of another namespace (`aws:region`) stays. */
export function qualify(key: string): string {
  return key.includes(":") ? key : `${PROJECT}:${key}`;
}

/** The message about a key, and below it the lines of the remedy. */
export function told(key: string, message: string, remedy?: string): string {
  const lines = remedy?.split("\n").map((line) => `\n    ${line}`) ?? [];
  return `${qualify(key)}: ${message}${lines.join("")}`;
}
