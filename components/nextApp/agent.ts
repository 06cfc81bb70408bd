import type { types } from "@pulumi/kubernetes";
import { AGENT_PATHS, FOLDERS, SCRIPTS, type Variable } from "../../model/podContract";
import type { NextAppArgs } from "./args";

/** Seconds between the longest request and SIGKILL that the agent leaves to Next.js's own clean-up. */
const BEFORE_KILL_SECONDS = 5;

/**
 * Of the time that a step of a rollout may take: a container that is not warm by then restarts, so that the reason is
 * known while `pulumi up` still waits. See docs/decisions/agent-warm-up-limit.md.
 */
const WARM_UP_SHARE = 0.75;

/** `exitSeconds` is what the grace period has beyond the longest request. */
export function agentEnvironment(
  { agentPort, health, warmupPaths, shutdown, timeoutSeconds }: NextAppArgs,
  exitSeconds: number,
): Partial<Record<Variable, string>> {
  const paths = new Set([health.path, ...warmupPaths]);
  return {
    AGENT_DIR: FOLDERS.run,
    AGENT_PORT: String(agentPort),
    AGENT_GRACE_SECONDS: String(shutdown.longestRequestSeconds + exitSeconds - BEFORE_KILL_SECONDS),
    AGENT_WARMUP_PATHS: [...paths].join(","),
    AGENT_WARMUP_SECONDS: String(Math.floor(timeoutSeconds * WARM_UP_SHARE)),
  };
}

/**
 * NODE_OPTIONS of the server: scripts in the ConfigMap, after the application's own. Those of the image are replaced by
 * the application's, as any variable is; where it has none, the first script brings the image's back.
 */
export function preloads(own: string | undefined, ...scripts: string[]): string {
  const all = own === undefined ? [SCRIPTS.nodeOptions, ...scripts] : scripts;
  return [own, ...all.map((script) => `--require ${FOLDERS.scripts}/${script}`)]
    .filter(Boolean)
    .join(" ");
}

export function agentAnnotations(port: number): Record<string, string> {
  return {
    "prometheus.io/scrape": "true",
    "prometheus.io/port": String(port),
    "prometheus.io/path": AGENT_PATHS.metrics,
  };
}

/**
 * A pod has started once Next.js listens; until its warm-up paths have answered it is merely not ready. A
 * pod that warms up slowly, or waits for what it depends on, is not restarted for it. Liveness fails only
 * when the event loop has stood still for 30 s and three probes.
 */
export function agentProbes(startupSeconds: number): Partial<types.input.core.v1.Container> {
  const get = (path: string) => ({ httpGet: { path, port: "agent" } });
  return {
    startupProbe: {
      ...get(AGENT_PATHS.live),
      periodSeconds: 2,
      timeoutSeconds: 2,
      failureThreshold: Math.ceil(startupSeconds / 2),
    },
    readinessProbe: {
      ...get(AGENT_PATHS.ready),
      periodSeconds: 5,
      timeoutSeconds: 3,
      failureThreshold: 3,
    },
    livenessProbe: {
      ...get(AGENT_PATHS.live),
      periodSeconds: 10,
      timeoutSeconds: 5,
      failureThreshold: 3,
    },
  };
}
