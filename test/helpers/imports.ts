import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import ts from "typescript";

/** Files, and those that each imports. */
type Imports = ReadonlyMap<string, readonly string[]>;

/**
 * What the TypeScript files of a project import from each other, types too, by paths below its root.
 * @param parts folders and files of the project
 */
export function importsOf(root: string, parts: readonly string[]): Imports {
  const files = parts.flatMap((part) => filesIn(join(root, part)));
  const found = files.map((file): [string, string[]] => {
    const { importedFiles } = ts.preProcessFile(readFileSync(file, "utf8"), true, true);
    const targets = importedFiles.flatMap(({ fileName }) => resolved(file, fileName) ?? []);
    return [relative(root, file), targets.map((target) => relative(root, target))];
  });
  return new Map(found);
}

/** Circles of imports: files of which each reaches every other. Names in order. */
export function cyclesOf(imports: Imports): string[][] {
  const reached = new Map([...imports.keys()].map((file) => [file, reachableFrom(file, imports)]));
  const circles = new Set<string>();
  for (const [file, others] of reached) {
    if (!others.has(file)) continue;
    const circle = [...others].filter((other) => reached.get(other)?.has(file));
    circles.add(JSON.stringify(circle.sort()));
  }
  return [...circles].map((circle) => JSON.parse(circle) as string[]);
}

/** What a file imports, and what that imports, and so on. */
export function reachableFrom(start: string, imports: Imports): Set<string> {
  const reached = new Set<string>();
  const next = [...(imports.get(start) ?? [])];
  for (let file = next.pop(); file !== undefined; file = next.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    next.push(...(imports.get(file) ?? []));
  }
  return reached;
}

function filesIn(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(path, name));
}

function resolved(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  const path = join(dirname(from), specifier);
  return [`${path}.ts`, join(path, "index.ts")].find((file) => existsSync(file));
}
