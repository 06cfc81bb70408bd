import { cpSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { LAYERS } from "../../scripts/layers.cjs";
import { ROOT } from "./configs";

/** What the program and its commands are made of, without the stacks. */
export const PROGRAM_PARTS = [
  ...["index.ts", "package.json", "package-lock.json", "tsconfig.json", "Pulumi.yaml"],
  // Every room of the program.
  ...Object.keys(LAYERS).filter((room) => !["release", "docs"].includes(room)),
  ...["pod", "runtime/src", "scripts/typescript.cjs", "example/Dockerfile", "example/package.json"],
];

/** Copies parts of the project to a folder in which a test may write, without what builds leave there. */
export function copyProject(parts: readonly string[], folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const part of parts) {
    cpSync(join(ROOT, part), join(folder, part), {
      recursive: true,
      filter: (path) => !/[\\/](node_modules|dist|\.next)$/.test(path),
    });
  }
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
}
