import { podsOf } from "../../model/rollout";
import type { NextAppArgs } from "./args";

/**
 * The longest time, in seconds, that a rollout of all pods may take: Pulumi waits for no longer. A rollout goes in steps
 * of as many pods as may be surplus or missing at once, and each step may take `timeoutSeconds`.
 */
export function rolloutSeconds(
  args: Pick<NextAppArgs, "replicas" | "rollout" | "timeoutSeconds">,
): number {
  const { replicas, rollout, timeoutSeconds } = args;
  const atOnce =
    podsOf(rollout.maxSurge, replicas.max, "up") +
    podsOf(rollout.maxUnavailable, replicas.max, "down");
  const steps = Math.ceil(replicas.max / Math.max(1, atOnce));
  return steps * (timeoutSeconds + rollout.minReadySeconds);
}
