import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { run } from "./processes";

/** A file that hangs whoever opens it for reading, as a hard NFS mount does: until `release`. */
export async function hangingFile(path: string): Promise<{ release(): void }> {
  mkdirSync(dirname(path), { recursive: true });
  await run("mkfifo", [path]);
  return { release: () => closeSync(openSync(path, "r+")) };
}
