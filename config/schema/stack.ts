import { z } from "zod";
import { CONFIRMABLE } from "../changes";
import { about, label, cidr, seconds } from "./values";

export const platform = about(
  z.enum(["aws", "existing"]),
  "`aws` makes VPC, EKS, EFS and ElastiCache; `existing` uses a cluster that is there.",
  { example: "aws" },
);

export const production = about(
  z.boolean().optional(),
  "Holds the stack to the rules for production: TLS, a digest for the image, no API endpoint that is open to the world.",
  { example: "true", defaultText: "`true` for stacks named `prod` or `production`, else `false`" },
);

export const protect = about(
  z.boolean().optional(),
  "Refuses to delete what holds state (EKS cluster, file system, uploads, Redis groups, namespace), in Pulumi and, where AWS has a switch, there too.",
  { example: "true", defaultText: "as `production`" },
);

export const networkPolicy = z
  .strictObject({
    enabled: about(
      z.boolean().optional(),
      "Only the ingress controller reaches the application, and only the application the Redis in the namespace. With a controller that was there already, `ingress.namespace` must name its namespace.",
      { example: "true", defaultText: "as `ingress.install`" },
    ),
    allowFromNamespaces: about(
      z.array(label()),
      "Further namespaces whose pods reach the application: monitoring, other services.",
      { example: "monitoring" },
    ).default([]),
    outbound: about(
      z.union(
        [z.literal("all"), z.array(cidr())],
        "expected all, or a list of IPv4 ranges such as 10.0.0.0/8",
      ),
      "Where pods may connect to beside DNS and the Redis in the namespace: `all`, or ranges that must hold Redis, the API's and databases' addresses.",
      { example: "10.0.0.0/8" },
    ).default("all"),
  })
  .prefault({});

export const timeouts = z
  .strictObject({
    app: about(
      seconds(10, 3600).optional(),
      "Time that one step of a rollout may take until its pods are ready. On `aws` a pod may first wait for a node, then for EFS's driver on it, whose mounts are tried again for up to two minutes.",
      { example: "180", defaultText: "`420` on `aws`, else `180`" },
    ),
    claims: about(
      seconds(5, 3600).optional(),
      "Time until a claim is bound. On `aws` the driver that binds the first one may still wait for a node of its own.",
      { example: "60", defaultText: "`180` on `aws`, else `60`" },
    ),
    redis: about(seconds(10, 3600), "Time until the Redis in the cluster is ready.", {
      example: "120",
    }).default(120),
    controller: about(
      seconds(10, 3600).optional(),
      "Time until the ingress controller is ready, its load balancer included.",
      { example: "900", defaultText: "`900` on `aws`, else `300`" },
    ),
    ingress: about(seconds(10, 3600), "Time until the Ingress has an address.", {
      example: "180",
    }).default(180),
  })
  .prefault({});

export const confirm = about(
  z.array(z.enum(CONFIRMABLE)),
  "Keys whose change is to be made although visitors notice it, or it cannot be taken back: docs/changes.md. Remove it after the `pulumi up`.",
  { example: "KEY", typedAlone: true },
).default([]);
