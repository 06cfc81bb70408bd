import { RunError } from "@pulumi/pulumi";

/** The project's name, which is also the namespace of its config keys. */
export const PROJECT = "next-on-eks";

/** One thing that is wrong with the config, told so that a reader can mend it without the source. */
export interface Problem {
  /** Path below the project's namespace, as the user typed it: `app.replicas.min`. */
  readonly key: string;
  /** The rule and the value that broke it. */
  readonly message: string;
  /** A command or an edit that mends it. */
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
  const lines = problems.map(
    ({ key, message, remedy }) => `  ${qualify(key)}: ${message}\n    ${remedy}`,
  );
  return `The config of stack '${stackName}' has ${count}:\n${lines.join("\n")}`;
}

/** `app.image` is `next-on-eks:app.image`; a key of another namespace (`aws:region`) stays. */
export function qualify(key: string): string {
  return key.includes(":") ? key : `${PROJECT}:${key}`;
}

/** The command that sets a key. */
export function setCommand(key: string, value: string, flags = ""): string {
  return `pulumi config set ${flags}--path '${qualify(key)}' ${value}`;
}

/** The command that removes a key. */
export function removeCommand(key: string): string {
  return `pulumi config rm --path '${qualify(key)}'`;
}

/** The command that removes a key of the file's top level whose name has dots: with `--path` it would remove what the dots lead to. */
export function removeTopLevelCommand(name: string): string {
  return `pulumi config rm '${qualify(name)}'`;
}
