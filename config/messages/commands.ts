import { getStack } from "@pulumi/pulumi";
import { qualify } from "./problems";
import { namedForProduction } from "../../model/production";

/*
 * Every `pulumi` command in a message is built here. Each names its stack: a command without one changes whichever
 * stack is selected, so a remedy for prod could end up in dev's file. In the program it is the program's own stack;
 * other callers name it.
 */

/** The command that sets a key. */
export function setCommand(key: string, value: string, flags = "", stack = getStack()): string {
  return `pulumi config set --stack ${stack} ${flags}--path '${qualify(key)}' ${value}`;
}

/** The command that removes a key. */
export function removeCommand(key: string, stack = getStack()): string {
  return `pulumi config rm --stack ${stack} --path '${qualify(key)}'`;
}

/**
 * The command that removes a key of the file's top level whose name has dots: with `--path` it would remove the key
 * that the dots address.
 */
export function removeTopLevelCommand(name: string): string {
  return `pulumi config rm --stack ${getStack()} '${qualify(name)}'`;
}

/** The command that prints the value of a key. */
export function getCommand(key: string, topLevel: boolean): string {
  return `pulumi config get --stack ${getStack()} ${topLevel ? "" : "--path "}'${qualify(key)}'`;
}

/** The command that deploys what the config says. */
export function upCommand(stack = getStack()): string {
  return `pulumi up --stack ${stack}`;
}

/** Ways to fix one problem. Each has its own lines, so that a command can be pasted. */
export function either(...ways: readonly string[]): string {
  return ways.join("\nor\n");
}

/** A remedy that goes back; before that, the user can move the change to another stack. */
export function backOrAnotherStack(back: string, more = ""): string {
  return `${anotherStack(more)}\nthen, or at once if you do not want another stack:\n${back}`;
}

/**
 * How to create another stack from the current config. The one thing a copy cannot share with this stack is its host.
 */
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
