import { z } from "zod";
import { about, label, cidr, seconds } from "./values";

export const production = about(
  z.boolean().optional(),
  "Applies the rules for production: TLS, an image by digest, no API endpoint that is open to the world.",
  { example: "true", defaultText: "`true` for stacks named `prod` or `production`, else `false`" },
);

export const protect = about(
  z.boolean().optional(),
  "Refuses to delete what holds state (EKS cluster, file system, uploads, Redis groups, namespace), in Pulumi and, if AWS has a switch, there too.",
  { example: "true", defaultText: "as `production`" },
);

export const networkPolicy = z
  .strictObject({
    enabled: about(
      z.boolean().optional(),
      "Only the ingress controller can reach the application, and only the application can reach the Redis in the namespace. If you use your own controller, set `ingress.namespace` to its namespace.",
      { example: "true", defaultText: "as `ingress.install`" },
    ),
    allowFromNamespaces: about(
      z.array(label()),
      "Additional namespaces whose pods can reach the application: monitoring, other services.",
      { example: "monitoring" },
    ).default([]),
    outbound: about(
      z.union(
        [z.literal("all"), z.array(cidr())],
        "expected all, or a list of IPv4 ranges such as 10.0.0.0/8",
      ),
      "Where pods may connect to, beside DNS and the Redis in the namespace: `all`, or ranges. The ranges must include the addresses of Redis, APIs and databases.",
      { example: "10.0.0.0/8" },
    ).default("all"),
  })
  .prefault({});

export const timeouts = z
  .strictObject({
    app: about(
      seconds(10, 3600).optional(),
      "Time that one step of a rollout may take until its pods are ready. On `aws` a pod may first wait for a node, then for the EFS driver on it, which retries mounts for up to two minutes.",
      { example: "180" },
    ),
    claims: about(
      seconds(5, 3600).optional(),
      "Time until a claim is bound. On `aws` the driver that binds the first claim may itself still be waiting for a node.",
      { example: "60" },
    ),
    redis: about(seconds(10, 3600), "Time until the Redis in the cluster is ready.", {
      example: "120",
    }).default(120),
    controller: about(
      seconds(10, 3600).optional(),
      "Time until the ingress controller and its load balancer are ready.",
      { example: "900" },
    ),
    ingress: about(seconds(10, 3600), "Time until the Ingress has an address.", {
      example: "180",
    }).default(180),
  })
  .prefault({});
