import type { AwsConfig } from "./config";
import { nextVersion } from "../../../model/kubernetesVersions";
import { backOrAnotherStack, setCommand as set } from "../../messages/commands";
import { existingNetwork } from "./networkChanges";
import { NONE, type ChangeRule } from "../../changes/rule";
import { isLower, minorsBetween } from "../../../model/versions";

/** The fact of `app.build`: the stack has a repository. */
export const BUILT = "built";

/** VPC and EKS. Sources: EKS user guide, "Amazon EKS networking requirements for VPC and subnets" and "Update existing cluster". */
const clusterRules: readonly ChangeRule<AwsConfig>[] = [
  {
    key: "aws:region",
    kind: "refused",
    change: "another region",
    fact: ({ region }) => region,
    check: (old, now) => ({
      message: `'${old}' cannot become '${now}': AWS resources cannot move between regions, so the whole stack would be created again and uploads would stay behind.`,
      remedy: backOrAnotherStack(set("aws:region", old)),
    }),
  },
  {
    key: "network.cidr",
    kind: "refused",
    change: "another range",
    fact: ({ network }) => (network.existing ? undefined : network.cidr),
    check: (old, now) => ({
      message: `'${old}' cannot become '${now}': a VPC's range cannot change, and what is in it cannot move to another VPC.`,
      remedy: backOrAnotherStack(set("network.cidr", old)),
    }),
  },
  {
    key: "network.availabilityZones",
    kind: "refused",
    change: "more or fewer zones",
    fact: ({ network }) => (network.existing ? undefined : String(network.availabilityZones)),
    check: (old, now) => ({
      message: `${old} cannot become ${now}: EKS only accepts subnets in the zones that the cluster was created with.`,
      remedy: backOrAnotherStack(set("network.availabilityZones", old)),
    }),
  },
  {
    key: "network.zones",
    kind: "refused",
    change: "other zones, or another order",
    fact: zonesOf,
    check: (old, now) =>
      old === NONE || now === NONE
        ? undefined
        : {
            message: `'${old}' cannot become '${now}': subnets stay in the zone that they were created in.`,
            remedy: old
              .split(",")
              .map((zone, index) => set(`network.zones[${index}]`, zone))
              .join("\n"),
          },
  },
  {
    key: "network.zones",
    kind: "warned",
    change: "zones are first named after the first `pulumi up`",
    fact: zonesOf,
    check: (old) =>
      old === NONE
        ? { message: "has no effect: subnets stay in the zones that they were created in." }
        : undefined,
  },
  {
    key: "network.natGateways",
    kind: "warned",
    change: "`one` to `perZone`, or back",
    fact: ({ network }) => (network.existing ? undefined : network.natGateways),
    check: (old, now) => ({
      message:
        `'${old}' becomes '${now}': pods in all zones except the first get other outgoing addresses, ` +
        "which must be allowed wherever the stack is let in by address, and their open connections break.",
    }),
  },
  {
    key: "cluster.serviceCidr",
    kind: "refused",
    change: "another range",
    fact: ({ cluster }) => cluster.serviceCidr,
    check: (old, now) => ({
      message: `'${old}' cannot become '${now}': EKS sets the range of Services once, so a new cluster would replace this one.`,
      remedy: backOrAnotherStack(set("cluster.serviceCidr", old)),
    }),
  },
  {
    key: "cluster.version",
    kind: "refused",
    change: "two minor versions up, or more",
    fact: ({ cluster }) => cluster.version,
    check: (old, now) =>
      minorsBetween(old, now) > 1
        ? {
            message: `'${old}' cannot become '${now}' at once: EKS upgrades one minor version at a time.`,
            remedy: set("cluster.version", nextVersion(old)),
          }
        : undefined,
  },
  {
    key: "cluster.version",
    kind: "asked",
    change: "a lower version",
    fact: ({ cluster }) => cluster.version,
    check: (old, now) =>
      isLower(now, old)
        ? {
            message: `'${old}' cannot become '${now}': EKS cannot downgrade. Confirm only if the upgrade failed, so that the cluster still runs '${now}' (aws eks describe-cluster).`,
            remedy: set("cluster.version", old),
          }
        : undefined,
  },
];

/** Redis, uploads, images and DNS. */
const serviceRules: readonly ChangeRule<AwsConfig>[] = [
  {
    key: "app.user",
    kind: "refused",
    change: "another user",
    fact: ({ app }) => String(app.user),
    check: (old, now) => ({
      message: `${old} cannot become ${now}: files on EFS keep their owner, so existing uploads could no longer be read.`,
      remedy: backOrAnotherStack(set("app.user", old), ", with a copy of the uploads"),
    }),
  },
  {
    key: "redis.engine",
    kind: "asked",
    change: "`valkey` to `redis`; the other direction is changed in place",
    fact: ({ cache, redis }) => (cache.store === "redis" ? redis.engine : undefined),
    check: (_, now) =>
      now === "redis"
        ? {
            message: `'valkey' becomes 'redis': ElastiCache cannot go back, so a new, empty Redis replaces this one, and every visitor is logged out.`,
            remedy: set("redis.engine", "valkey"),
            deletesProtected: true,
          }
        : undefined,
  },
  {
    key: "redis.engineVersion",
    kind: "asked",
    change: "a lower version of the same engine",
    fact: ({ cache, redis }) =>
      cache.store === "redis" ? `${redis.engine} ${redis.engineVersion}` : undefined,
    check: (old, now) => {
      const [[oldEngine, before = ""], [engine, after = ""]] = [old.split(" "), now.split(" ")];
      return oldEngine === engine && isLower(after, before)
        ? {
            message: `'${before}' becomes '${after}': ElastiCache cannot go back, so a new, empty Redis replaces this one, and every visitor is logged out.`,
            remedy: set("redis.engineVersion", before),
            deletesProtected: true,
          }
        : undefined;
    },
  },
  {
    key: "redis.sessions",
    kind: "asked",
    change: "`own` to `shared`, or back",
    fact: ({ cache, redis }) => (cache.store === "redis" ? redis.sessions : undefined),
    check: (old, now) => ({
      message: `'${old}' becomes '${now}': sessions start empty in the other Redis, and every visitor is logged out.`,
      remedy: set("redis.sessions", old),
      deletesProtected: old === "own",
    }),
  },
  {
    key: "app.build",
    kind: "asked",
    change: "replaced by `app.image`; changing its contents is a rollout",
    fact: ({ app }) => (app.build ? BUILT : NONE),
    keeps: true,
    check: (_, now) =>
      now === NONE
        ? {
            message:
              "the stack's ECR repository is deleted with all its images: whatever still names one of them can no longer start a pod.",
          }
        : undefined,
  },
  {
    key: "ingress.zone",
    kind: "asked",
    change: "no zone any more; a different zone moves the records",
    fact: ({ ingress }) => ingress.zone ?? NONE,
    check: (old, now) =>
      now === NONE
        ? {
            message: `the site's records in '${old}' are deleted: visitors no longer find it, unless DNS elsewhere points to the load balancer.`,
            remedy: set("ingress.zone", old),
          }
        : undefined,
  },
];

/** Changes of what platform `aws` creates. */
export const changes = [...clusterRules, ...existingNetwork, ...serviceRules];

/** What a change of its other keys does. */
export const harmless: Readonly<Record<string, string>> = {
  "network.reservedCidrs": "nothing: only the program reads it",
  "network.existing.publicSubnetIds": "in place, for load balancers that are created from then on",
  "cluster.publicAccessCidrs, cluster.adminRoleArns, cluster.addonVersions": "in place",
  "redis.nodeType, redis.sessionsNodeType, redis.nodes, redis.automaticFailover":
    "in place by ElastiCache, with a failover: connections break for seconds and are opened again",
  usage: "nothing: only the preview's cost is from it",
  "redis.snapshotRetentionDays, redis.snapshotWindow, redis.maintenanceWindow": "in place",
};

/** The zones that the config names. In an existing VPC, the subnets say where they are. */
function zonesOf({ network }: AwsConfig): string | undefined {
  return network.existing ? undefined : (network.zones?.join(",") ?? NONE);
}
