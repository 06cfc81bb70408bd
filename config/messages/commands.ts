import { getStack } from "@pulumi/pulumi";
import { qualify } from "./problems";
import { namedForProduction } from "../../model/production";

/*
 * Every `pulumi` command that a message tells is made here. Each names its stack: a command without one changes whichever is
 * selected, and a remedy for prod would end up in dev's file. In the program the stack is its own; other callers say which.
 */

/** The command that sets a key. */
export function setCommand(key: string, value: string, flags = "", stack = getStack()): string {
  return `pulumi config set --stack ${stack} ${flags}--path '${qualify(key)}' ${value}`;
}

/** The command that removes a key. */
export function removeCommand(key: string, stack = getStack()): string {
  return `pulumi config rm --stack ${stack} --path '${qualify(key)}'`;
}

/** The command that removes a key of the file's top level whose name has dots: with `--path` it would remove what the dots lead to. */
export function removeTopLevelCommand(name: string): string {
  return `pulumi config rm --stack ${getStack()} '${qualify(name)}'`;
}

/** The command that prints the value of a key. */
export function getCommand(key: string, topLevel: boolean): string {
  return `pulumi config get --stack ${getStack()} ${topLevel ? "" : "--path "}'${qualify(key)}'`;
}

/** The command that makes what the config says. */
export function upCommand(stack = getStack()): string {
  return `pulumi up --stack ${stack}`;
}

/** Ways to mend one thing. Each is alone on its lines, so that a command can be pasted. */
export function either(...ways: readonly string[]): string {
  return ways.join("\nor\n");
}

/** A remedy that goes back; before that, whoever wants to takes the change to a stack of its own. */
export function backOrAnotherStack(back: string, more = ""): string {
  return `${anotherStack(more)}\nthen, or at once if you do not want another stack:\n${back}`;
}

/** How another stack is made of the config as it is now. What a copy cannot share with this one is its host. */
function anotherStack(more: string, stack = getStack()): string {
  const held = [
    "if the copy is for production, say so, because its name does not (this also sets protect):",
    setCommand("production", "true", "", "NAME"),
  ];
  return [
    `first, to create another stack beside this one${more}:`,
    `pulumi stack init NAME --copy-config-from ${stack}`,
    "its own host, also in ingress.extraHosts, and a zone that contains it, unless ingress.zone does:",
    setCommand("app.host", "HOST", "", "NAME"),
    ...(namedForProduction(stack) ? held : []),
  ].join("\n");
}
