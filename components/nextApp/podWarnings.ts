import * as pulumi from "@pulumi/pulumi";
import type { Kubectl } from "../kubectl";

/** Bytes of a pod's log to read, from its start: kubectl counts lines from the end, where requests are logged. */
const BYTES = 256 * 1024;
const MOST = 10;

interface DeploymentInputs {
  metadata?: { namespace?: string };
  spec?: { selector?: { matchLabels?: Record<string, string> } };
}

/**
 * Shows in `up` what new pods warn of: an image without the shared cache, a missing health path, images that are not
 * scaled. These pods serve nevertheless, so nobody would look at their logs. The engine calls it when the Deployment
 * was created or changed and its pods are ready; without kubectl or the right to read logs it reports nothing.
 */
export function podWarningsHook(kubectl: Kubectl): pulumi.ResourceHook {
  return new pulumi.ResourceHook("pod-warnings", tellWarnings(kubectl, new Date()), {
    ignoreErrors: true,
  });
}

/**
 * The hook's function, for tests: mocks call no hooks.
 * @param since pods that started earlier are not new
 */
export function tellWarnings(kubectl: Kubectl, since: Date): pulumi.ResourceHookFunction {
  return async ({ newInputs }) => {
    const { metadata, spec } = (newInputs ?? {}) as DeploymentInputs;
    const labels = Object.entries(spec?.selector?.matchLabels ?? {});
    if (metadata?.namespace === undefined || labels.length === 0) return;
    const pods = [
      "--namespace",
      metadata.namespace,
      "--selector",
      labels.map((it) => it.join("=")).join(","),
    ];
    const logOf = (container: string) =>
      kubectl([
        // a pod that disappears meanwhile has no log; read the others
        ...["logs", ...pods, "--container", container, "--ignore-errors"],
        ...["--tail=-1", `--limit-bytes=${BYTES}`, `--since-time=${since.toISOString()}`],
      ]).catch(() => "");
    const logs = await Promise.all(["publish", "next"].map(logOf));
    for (const warning of warningsIn(logs.join("\n")))
      await pulumi.log.warn(`pods warn: ${warning}`);
  };
}

/** The warnings of the publisher and the agent, each once; the application's own lines are ignored. */
export function warningsIn(log: string): readonly string[] {
  const found = new Set<string>();
  for (const line of log.split("\n")) {
    const { from, level, message, source, event, path, remedy } = parsed(line);
    if (from === "publish" && level === "warn") found.add(String(message));
    if (source === "pod-agent" && remedy !== undefined)
      found.add(
        `${String(event)}${path === undefined ? "" : `, ${String(path)}`}. Remedy: ${String(remedy)}`,
      );
  }
  return [...found].slice(0, MOST);
}

function parsed(line: string): Record<string, unknown> {
  if (!line.startsWith("{")) return {};
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return {};
  }
}
