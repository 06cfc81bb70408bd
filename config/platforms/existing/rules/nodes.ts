import { podsOf } from "../../../../model/rollout";
import { either, removeCommand, setCommand as set } from "../../../messages/commands";
import { WARNED_IN_PRODUCTION, type Rule } from "../../../rules/rule";
import type { ExistingConfig } from "../config";

export const nodeRules: readonly Rule<ExistingConfig>[] = [
  {
    id: "room-for-a-rollout",
    why: "A new pod that may not share a node with the old ones needs a free node.",
    severity: "error",
    check: ({ app, cluster }) =>
      app?.hostAntiAffinity &&
      cluster?.nodes !== undefined &&
      podsOf(app.rollout.maxUnavailable, app.replicas.min, "down") === 0 &&
      app.replicas.max + 1 > cluster.nodes
        ? {
            key: "app.hostAntiAffinity",
            message:
              `with maxUnavailable ${app.rollout.maxUnavailable} a rollout starts a new pod before an old one ends, ` +
              `and up to ${app.replicas.max} pods fill all cluster.nodes (${cluster.nodes}): the new one would stay Pending.`,
            remedy: either(
              set("app.rollout.maxUnavailable", "1"),
              ...(cluster.nodes > 1 ? [`app.replicas.max below ${cluster.nodes}`] : []),
              set("app.hostAntiAffinity", "false"),
            ),
          }
        : undefined,
  },
  {
    id: "redis-without-disk",
    why: "The Redis in the cluster is one pod without a disk: for development.",
    severity: WARNED_IN_PRODUCTION,
    check: ({ redis }) =>
      redis?.inCluster
        ? {
            key: "redis.inCluster",
            message: "true: one pod without a disk; a restart empties it.",
            remedy: `${removeCommand("redis.inCluster")}\n${set("redis.url", "URL", "--secret ")}`,
          }
        : undefined,
  },
  {
    id: "unknown-room-for-a-rollout",
    why: "Whether a rollout has a free node can only be checked if the number of nodes is known.",
    severity: "warning",
    check: ({ app, cluster }) =>
      app?.hostAntiAffinity &&
      cluster &&
      cluster.nodes === undefined &&
      app.rollout.maxUnavailable === 0
        ? {
            key: "app.hostAntiAffinity",
            message:
              "a rollout needs one node more than there are pods; set cluster.nodes to have that checked.",
            remedy: set("cluster.nodes", "NUMBER"),
          }
        : undefined,
  },
];
