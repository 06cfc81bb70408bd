import * as pulumi from "@pulumi/pulumi";
import type { Kubectl } from "../kubectl";

/** Bytes of a pod's log that are looked at, from its start on: by lines kubectl counts from the end, where visitors are. */
const BYTES = 256 * 1024;
const MOST = 10;

interface DeploymentInputs {
  metadata?: { namespace?: string };
  spec?: { selector?: { matchLabels?: Record<string, string> } };
}

/**
 * Tells in `up` what new pods warn of: an image without the shared cache, a health path that is missing, pictures that are not
 * scaled. They serve nevertheless, so nobody would look at their logs. The engine calls it when the Deployment was made or
 * changed and its pods are ready; without kubectl or the right to read logs nothing is told.
 */
export function podWarningsHook(kubectl: Kubectl): pulumi.ResourceHook {
  return new pulumi.ResourceHook("pod-warnings", tellWarnings(kubectl, new Date()), {
    ignoreErrors: true,
  });
}

/**
 * The hook's function, for tests: mocks call no hooks.
 * @param since pods that started before are not new
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
        // of a pod that goes away meanwhile there is no log, and the others' are wanted
        ...["logs", ...pods, "--container", container, "--ignore-errors"],
        ...["--tail=-1", `--limit-bytes=${BYTES}`, `--since-time=${since.toISOString()}`],
      ]).catch(() => "");
    const logs = await Promise.all(["publish", "next"].map(logOf));
    for (const warning of warningsIn(logs.join("\n")))
      await pulumi.log.warn(`pods warn: ${warning}`);
  };
}

/** What the publisher and the agent warn of in their lines, each once; the application's own lines are its own. */
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
