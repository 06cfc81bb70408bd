import { readdirSync, readFileSync } from "node:fs";
import { get, kubectl } from "./commands";
import { NAMESPACE } from "./settings";

export interface TrackState {
  readonly image: string;
  readonly replicas: number;
}

interface DeploymentSpec {
  readonly replicas: number;
  readonly selector: { readonly matchLabels: Record<string, string> };
  readonly template: { readonly spec: { readonly containers: { readonly image: string }[] } };
}

const WEB = ["-n", NAMESPACE, "-l", "app.kubernetes.io/name=web"];

/** Image and size of each of the application's Deployments. */
export async function tracks(): Promise<Record<string, TrackState>> {
  const all = (await get("deployments", ...WEB)).map(({ spec }) => {
    const { replicas, selector, template } = spec as unknown as DeploymentSpec;
    const image = template.spec.containers[0]?.image ?? "";
    return [selector.matchLabels["next-on-eks/track"] ?? "", { image, replicas }] as const;
  });
  return Object.fromEntries(all);
}

/** Where the Service sends visitors to. */
export async function service(): Promise<{ track: string | undefined }> {
  const { spec } = JSON.parse(
    await kubectl("get", "service", "web", "-n", NAMESPACE, "-o", "json"),
  ) as { spec: { selector: Record<string, string> } };
  return { track: spec.selector["next-on-eks/track"] };
}

/**
 * Kills a pod's processes as the kernel does when memory runs out. From inside the pod the kernel lets nobody kill the first
 * process, so this takes a cluster whose nodes run on this machine.
 */
export function killProcesses(pod: string): void {
  const pids = readdirSync("/proc")
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && environmentOf(pid).includes(`POD_NAME=${pod}`));
  if (pids.length === 0) {
    throw new Error(`no process of pod ${pod} is on this machine: its nodes are elsewhere`);
  }
  for (const pid of pids) process.kill(pid, "SIGKILL");
}

function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  } catch {
    // It has ended, or is of another user.
    return [];
  }
}

/** How often containers of the application's pods were started again, in all. */
export async function restarts(): Promise<number> {
  const pods = (await get("pods", ...WEB)) as unknown as {
    status?: { containerStatuses?: { restartCount: number }[] };
  }[];
  const counts = pods.flatMap(({ status }) =>
    (status?.containerStatuses ?? []).map(({ restartCount }) => restartCount),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}
