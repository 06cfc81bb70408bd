import { editDistance } from "../messages/nearest";
import { PROJECT } from "../../model/project";
import { told, type Problem } from "../messages/problems";
import { removeStray, type Stray } from "./stray";
import { platforms } from "../platforms";
import { valueAt } from "../schema/tree";
import { moved } from "./strayKeys";

/** Whose keys the program or its providers read. */
const KNOWN = [
  "kubernetes",
  "pulumi",
  "random",
  ...Object.values(platforms).flatMap(({ namespaces }) => namespaces),
];
const MOST_EDITS = 2;

/**
 * Keys that are apparently meant for this project, but that nothing reads.
 * @param config all keys of the stack's config and their values
 */
export function mistypedNamespaces(config: Readonly<Record<string, unknown>>): Problem[] {
  const own = Object.fromEntries(
    Object.entries(config).flatMap(([key, value]) =>
      key.startsWith(`${PROJECT}:`) ? [[key.slice(PROJECT.length + 1), value]] : [],
    ),
  );
  return strangers(Object.keys(config))
    .filter(({ namespace }) => isMistyped(namespace))
    .map(({ key, namespace, name }) => {
      const stray = strayOf(key, name, config[key]);
      const right = `${PROJECT}:${name}`;
      const message = `nothing reads the namespace '${namespace}'; did you mean ${right}`;
      return right in config || valueAt(own, name) !== undefined
        ? {
            key,
            message: `${message}, which is set too?`,
            remedy: `${removeStray(stray)}\n${right} stays as it is`,
          }
        : { key, message: `${message}?`, remedy: moved(stray, name) };
    });
}

/** Keys of other namespaces, which may be another program's. */
export function unreadNamespaces(keys: readonly string[]): string[] {
  return strangers(keys)
    .filter(({ namespace }) => !isMistyped(namespace))
    .map(({ key, namespace, name }) =>
      told(
        key,
        `has no effect: nothing here reads the namespace '${namespace}'.`,
        removeStray(strayOf(key, name)),
      ),
    );
}

/**
 * Dots in a key at the file's top level are part of its name: --path was left out, and would now address another key.
 */
function strayOf(key: string, name: string, value?: unknown): Stray {
  return { key, value, topLevel: /[.[]/.test(name) };
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
