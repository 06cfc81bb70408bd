import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { otherColour } from "../../model/rollout";
import { selectorLabels } from "../labels";
import type { NextAppArgs } from "./args";

/**
 * A track is what a Deployment is for: `rolling` has one, `blueGreen` two. Each has its own pods, and the Service
 * selects one.
 */
export type Track = "rolling" | "blue" | "green";

export interface TrackPlan {
  readonly track: Track;
  readonly image: pulumi.Input<string>;
  /** Visitors meet it. */
  readonly live: boolean;
}

/** The labels that select the pods of one track. Immutable once its Deployment exists. */
export function trackLabels(name: string, track: Track): Record<string, string> {
  return { ...selectorLabels(name), "next-on-eks/track": track };
}

/** The Deployments of the application, the live one first. */
export function tracksOf({
  image,
  rollout,
}: Pick<NextAppArgs, "image" | "rollout">): [TrackPlan, ...TrackPlan[]] {
  const { strategy, live, images } = rollout;
  if (strategy === "rolling" || live === undefined)
    return [{ track: "rolling", image, live: true }];
  const other = otherColour(live);
  const idle = images[other];
  return [
    { track: live, image: images[live] ?? image, live: true },
    ...(idle === undefined ? [] : [{ track: other, image: idle, live: false }]),
  ];
}

/**
 * The tracks whose pods count when another one takes over. With only `rolling` there is no other; an earlier
 * `blueGreen` leaves `rollout.live` in the config.
 */
export function countedTracks({ strategy, live }: NextAppArgs["rollout"]): Track[] {
  return strategy === "rolling" && live === undefined ? ["rolling"] : ["rolling", "blue", "green"];
}

/**
 * How many pods a track has in the cluster now, as opposed to Pulumi's state. Read from its disruption budget, which
 * exists from the first `up` on and whether or not its Deployment does: see docs/decisions/0006-blue-green.md.
 */
export function podsNow(
  name: string,
  budget: k8s.policy.v1.PodDisruptionBudget,
  /** Resolved just before the number is used, so that it includes what the autoscaler did until then. */
  after: pulumi.Output<unknown>,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<number> {
  const id = pulumi.all([budget.id, after]).apply(([known]) => known);
  const now = k8s.policy.v1.PodDisruptionBudget.get(name, id, opts);
  return now.status.apply((status?: { expectedPods?: number; currentHealthy?: number }) =>
    Math.max(status?.expectedPods ?? 0, status?.currentHealthy ?? 0),
  );
}
