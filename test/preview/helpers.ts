import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Unknown, type RecordedResource, type Run } from "../../engine/engine";

export const ROOT = join(__dirname, "..", "..");
export { STACKS } from "../helpers/configs";

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command behind `npm run preview` as users do: in a process of its own, into a pipe. */
export function preview(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      ["--require", "./scripts/typescript.cjs", join(ROOT, "preview", "main.ts"), ...args],
      { cwd: ROOT, env: { ...process.env, ...env } },
    );
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    child.on("error", reject);
    child.on("close", (code) =>
      resolve({
        code,
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString(),
      }),
    );
  });
}

/** A folder of its own for one suite. */
export class Scratch {
  readonly folder = mkdtempSync(join(tmpdir(), "preview-"));

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, text: string): string {
    writeFileSync(this.path(name), text);
    return this.path(name);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Lines that do not fit, counted in characters: a tree's branches are more than one byte each. */
export function tooWide(text: string, width: number): string[] {
  return text.split("\n").filter((line) => [...line].length > width);
}

/** A resource as the engine records it. */
export function recorded(
  type: string,
  name: string,
  more: Partial<RecordedResource> = {},
): RecordedResource {
  return {
    urn: `urn:pulumi:test::next-on-eks::${type}::${name}`,
    type,
    name,
    parent: "",
    custom: true,
    read: false,
    protect: false,
    dependsOn: [],
    sources: {},
    ignoreChanges: [],
    replaceOnChanges: [],
    inputs: {},
    ...more,
  };
}

export function runOf(...resources: RecordedResource[]): Run {
  return { resources, outputs: {}, warnings: [] };
}

export const unknown = new Unknown();
