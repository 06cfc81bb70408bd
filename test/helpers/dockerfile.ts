import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The example's Dockerfile, which apps copy. */
export const DOCKERFILE = readFileSync(join(__dirname, "../../example/Dockerfile"), "utf8");

/** A RUN as its builder takes it apart: the mounts, and what the shell gets. */
export interface Run {
  readonly mounts: readonly string[];
  readonly script: string;
}

/** The last RUN of a stage. */
export function lastRun(stage: string): Run {
  const text =
    DOCKERFILE.split(/^FROM /m).find((part) => new RegExp(` AS ${stage}$`, "m").test(part)) ?? "";
  const run = text.slice(text.lastIndexOf("\nRUN ") + 5).split(/(?<!\\)\n/)[0] ?? "";
  return {
    mounts: [...run.matchAll(/--mount=(\S+)/g)].map(([, mount]) => mount ?? ""),
    script: run.replace(/--mount=\S+\s+(\\\n\s*)?/g, ""),
  };
}
