import type { types } from "@pulumi/kubernetes";
import { POD_DIR } from "../mounts";
import type { NextAppArgs } from "./nextApp";

/** Where the pod's agent answers probes and Prometheus: see docs/pod-agent.md. */
export const AGENT_PORT = 9464;
/** Of the seconds between the longest request and SIGKILL, the agent leaves these to Next.js's own clean-up. */
const BEFORE_KILL_SECONDS = 5;

/** `exitSeconds` is what the grace period has beyond the longest request. */
export function agentEnvironment(
  { health, warmupPaths, shutdown }: NextAppArgs,
  exitSeconds: number,
): Record<string, string> {
  const paths = new Set([health.path, ...warmupPaths]);
  return {
    AGENT_PORT: String(AGENT_PORT),
    AGENT_GRACE_SECONDS: String(shutdown.longestRequestSeconds + exitSeconds - BEFORE_KILL_SECONDS),
    AGENT_WARMUP_PATHS: [...paths].join(","),
  };
}

/** Of scripts in the ConfigMap; those of the application's own come first. */
export function preloads(own: string | undefined, ...scripts: string[]): string {
  return [own, ...scripts.map((script) => `--require ${POD_DIR}/${script}`)]
    .filter(Boolean)
    .join(" ");
}

export const agentAnnotations = {
  "prometheus.io/scrape": "true",
  "prometheus.io/port": String(AGENT_PORT),
  "prometheus.io/path": "/metrics",
};

/**
 * A pod has started once Next.js listens; until its warm-up paths have answered it is merely not ready. A
 * pod that warms up slowly, or waits for what it depends on, is not restarted for it. Liveness fails only
 * when the event loop has stood still for 30 s and three probes.
 */
export function agentProbes(startupSeconds: number): Partial<types.input.core.v1.Container> {
  const get = (path: string) => ({ httpGet: { path, port: "agent" } });
  return {
    startupProbe: {
      ...get("/livez"),
      periodSeconds: 2,
      timeoutSeconds: 2,
      failureThreshold: Math.ceil(startupSeconds / 2),
    },
    readinessProbe: { ...get("/readyz"), periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 3 },
    livenessProbe: { ...get("/livez"), periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
  };
}
