import { setCommand as set } from "../../../messages/commands";
import { WARNED_IN_PRODUCTION, type Rule } from "../../../rules/rule";
import type { AwsConfig } from "../config";
import { TIMEOUTS } from "../timeouts";

/* What works, but deserves a second look in a review. */

export const reviewRules: readonly Rule<AwsConfig>[] = [
  {
    id: "one-nat-gateway",
    why: "A single NAT gateway is cheaper, but it is in one zone only.",
    severity: WARNED_IN_PRODUCTION,
    check: ({ network }) =>
      network?.natGateways === "one"
        ? {
            key: "network.natGateways",
            message: "one: if its zone is lost, no pod can reach the internet.",
            remedy: set("network.natGateways", "perZone"),
          }
        : undefined,
  },
  {
    id: "controller-timeout",
    why: "New nodes and a load balancer take time, and Helm rolls back a controller that is late.",
    severity: "warning",
    check: ({ ingress, timeouts }) =>
      ingress?.install && timeouts && timeouts.controller < TIMEOUTS.controller
        ? {
            key: "timeouts.controller",
            message: `${timeouts.controller}: new nodes and an NLB may take longer, and then the controller is rolled back.`,
            remedy: set("timeouts.controller", String(TIMEOUTS.controller)),
          }
        : undefined,
  },
  {
    id: "one-redis-node",
    why: "Without a replica, a failure of the node empties Redis.",
    severity: WARNED_IN_PRODUCTION,
    check: ({ redis }) =>
      redis && redis.nodes < 2
        ? {
            key: "redis.nodes",
            message: "1: if the node fails, the cache is empty and sessions are lost.",
            remedy: set("redis.nodes", "2"),
          }
        : undefined,
  },
];
