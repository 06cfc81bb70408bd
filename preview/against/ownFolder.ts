import { createHash } from "node:crypto";
import { lstatSync, mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder that no other process uses. */
export interface OwnFolder {
  readonly path: string;
  remove(): void;
}

/** More runs at once than this are a mistake somewhere else. */
const MOST = 100;
/** Time between making a folder and writing in it whose it is, in milliseconds, with room for a slow disk. */
const UNNAMED = 10_000;

/**
 * Takes the first free of `against-PROJECT-0`, `-1` and so on. The same path in each run: what tsx has compiled is found
 * again by path and content. A folder that a killed process left behind is emptied and taken.
 * @param parent of the folders; default: the system's temporary folder
 */
export function takeFolder(root: string, parent = tmpdir()): OwnFolder {
  const project = createHash("sha256").update(root).digest("hex").slice(0, 12);
  for (let number = 0; number < MOST; number++) {
    const path = join(parent, `against-${project}-${number}`);
    if (take(path) || (isLeft(path) && retake(path))) {
      return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
    }
  }
  throw new Error(
    `${parent} has ${MOST} folders against-${project}-N in use: remove what is left.`,
  );
}

function owner(path: string): string {
  return join(path, "pid");
}

function take(path: string): boolean {
  if (!make(path)) return false;
  writeFileSync(owner(path), String(process.pid));
  return true;
}

/** @returns whether this process made it: only one can */
function make(path: string): boolean {
  try {
    mkdirSync(path, { mode: 0o700 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Whether a process of this user made it that is gone. */
function isLeft(path: string): boolean {
  try {
    const { uid, mtimeMs } = lstatSync(path);
    if (uid !== process.getuid?.()) return false;
    const pid = pidIn(path);
    return pid === undefined ? Date.now() - mtimeMs > UNNAMED : !isAlive(pid);
  } catch {
    return false;
  }
}

function pidIn(path: string): number | undefined {
  try {
    return Number(readFileSync(owner(path), "utf8")) || undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/**
 * Two processes can find the same folder left, and the slower one must not take it from the other: one at a time looks
 * again and takes it. One that is killed meanwhile keeps this number from being taken, and the next one is.
 */
function retake(path: string): boolean {
  const taking = `${path}.taking`;
  if (!make(taking)) return false;
  try {
    if (!isLeft(path)) return false;
    rmSync(path, { recursive: true, force: true });
    return take(path);
  } finally {
    rmdirSync(taking);
  }
}
