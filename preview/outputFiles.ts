import { statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { UsageError } from "../cli/stackConfig";

/** Options that name a file to be written. */
const OPTIONS = ["json", "svg", "markdown", "whole", "html"] as const;
type FileOption = (typeof OPTIONS)[number];

/**
 * Refuses before a run what would fail after it.
 * @throws {UsageError} that names the option
 */
export function checkFiles(options: Readonly<Partial<Record<FileOption, string>>>): void {
  const taken = new Map<string, FileOption>();
  for (const option of OPTIONS) {
    const file = options[option];
    // The JSON can be printed.
    if (file === undefined || (option === "json" && file === "-")) continue;
    checkFile(option, file);
    const other = taken.get(resolve(file));
    if (other !== undefined) {
      throw new UsageError(
        `--${other} and --${option} name one file, '${file}': give each its own.`,
      );
    }
    taken.set(resolve(file), option);
  }
}

function checkFile(option: FileOption, file: string): void {
  if (file === "-" || file === "") {
    throw new UsageError(`--${option}: '${file}' is refused: expected a file.`);
  }
  const folder = dirname(file);
  if (!isFolder(folder)) {
    throw new UsageError(
      `--${option}: there is no folder '${folder}' for '${file}': make it first, or name another file.`,
    );
  }
  if (isFolder(file)) throw new UsageError(`--${option}: '${file}' is a folder: expected a file.`);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** @throws {UsageError} if it cannot be written */
export function writeFile(option: FileOption, file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new UsageError(`--${option}: ${(error as Error).message}`);
  }
}
