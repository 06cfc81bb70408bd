import { getStack, runtime } from "@pulumi/pulumi";
import { getCommand, removeCommand, removeTopLevelCommand, setCommand } from "../messages/commands";
import { qualify } from "../messages/problems";
import { partsOf } from "../schema/tree";
import { shellWord } from "../messages/shellWord";

/** The SDK has it; its types leave it out. */
const { isConfigSecret } = runtime as unknown as { isConfigSecret(key: string): boolean };

/** A key that nothing reads. */
export interface Stray {
  readonly key: string;
  readonly value: unknown;
  /** Its dots are part of its name. */
  readonly topLevel: boolean;
}

export function removeStray({ key, topLevel }: Stray): string {
  return topLevel ? removeTopLevelCommand(key) : removeCommand(key);
}

/**
 * Sets the key that was meant, then removes the stray one.
 * @param secret whether to encrypt it, even if it is not encrypted yet
 */
export function moveStray(stray: Stray, to: string, secret: boolean): string {
  const { key, value, topLevel } = stray;
  if (typeof value === "object" && value !== null) {
    return `in Pulumi.${getStack()}.yaml: rename ${qualify(key)} to ${qualify(to)}`;
  }
  const whole = qualify(topLevel ? key : String(partsOf(key)[0]));
  const set =
    secret || isConfigSecret(whole)
      ? setCommand(to, `"$(${getCommand(key, topLevel)})"`, "--secret ")
      : setCommand(to, shellWord(value));
  return `${set} && ${removeStray(stray)}`;
}
