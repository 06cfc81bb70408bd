import { editDistance } from "./nearest";
import { PROJECT, removeCommand, type Problem } from "./problems";

/** Whose keys the program or its providers read. */
const KNOWN = ["aws", "kubernetes", "pulumi", "eks", "docker-build", "random", "tls"];
const MOST_EDITS = 2;

/** Keys that are meant for this project, by all appearance, and that nobody would read. */
export function mistypedNamespaces(keys: readonly string[]): Problem[] {
  return strangers(keys)
    .filter(({ namespace }) => isMistyped(namespace))
    .map(({ key, namespace, name }) => ({
      key,
      message: `nothing reads the namespace '${namespace}'; did you mean ${PROJECT}:${name}?`,
      remedy: removeCommand(key),
    }));
}

/** Keys of other namespaces, which may be another program's. */
export function unreadNamespaces(keys: readonly string[]): string[] {
  return strangers(keys)
    .filter(({ namespace }) => !isMistyped(namespace))
    .map(
      ({ key, namespace }) =>
        `${key}: has no effect: nothing here reads the namespace '${namespace}'.\n    ${removeCommand(key)}`,
    );
}

function isMistyped(namespace: string): boolean {
  return editDistance(namespace, PROJECT) <= MOST_EDITS;
}

function strangers(keys: readonly string[]) {
  return keys
    .map((key) => {
      const end = key.indexOf(":");
      return { key, namespace: key.slice(0, end), name: key.slice(end + 1) };
    })
    .filter(({ namespace }) => namespace !== PROJECT && !KNOWN.includes(namespace));
}
