import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { env } from "./env";

/** The pod that renders, or "build" in pages rendered by `next build`. */
export function podName(): string {
  if (process.env.NEXT_PHASE === "phase-production-build") return "build";
  return env("POD_NAME") ?? hostname();
}

/** The release that renders: the deployment id, or the build id where none was given. */
export function releaseId(): string {
  if (process.env.NEXT_DEPLOYMENT_ID) return process.env.NEXT_DEPLOYMENT_ID;
  if (process.env.NODE_ENV === "development") return "development";
  try {
    return readFileSync(".next/BUILD_ID", "utf8").trim();
  } catch {
    return "unknown";
  }
}

/** Who rendered, and when. */
export interface Stamp {
  at: string;
  pod: string;
  release: string;
}

export function stamp(): Stamp {
  return { at: new Date().toISOString(), pod: podName(), release: releaseId() };
}
