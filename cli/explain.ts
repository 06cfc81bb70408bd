import { UsageError } from "./stackConfig";
import { wrapMessage } from "./wrap";

/** What the SDK puts before a message on its way through the resources that depend on a rejected output. */
const DETOURS = /^(error serializing property "[^"]*": )+/;

/** What went wrong, without a stack trace wherever the message says all. */
export function explain(error: unknown, trace: boolean): string {
  const { message = String(error), stack } = error as Partial<Error>;
  if (trace && stack !== undefined) return stack;
  const reason = message.replace(DETOURS, "");
  if (error instanceof UsageError) return reason;
  return isRefusal(error)
    ? wrapMessage(reason)
    : `${reason}\nThe program failed, not the config: npm run preview -- --trace shows where.`;
}

/** Whether the user's input is refused, and the program is as it should be. */
export function isRefusal(error: unknown): boolean {
  if (error instanceof UsageError) return true;
  const { RunError } = require("@pulumi/pulumi") as typeof import("@pulumi/pulumi");
  return RunError.isInstance(error);
}

/** Commands only name the stack: `pulumi` then uses that stack's own file, which need not be the one that is shown. */
export function whoseFile(stack: string, file: string): string {
  return `Their commands change Pulumi.${stack}.yaml: add --config-file ${file} to them.`;
}

/** Whether a message has a command that changes a config. */
export function tellsCommand(message: string): boolean {
  return message.includes("pulumi config ");
}
