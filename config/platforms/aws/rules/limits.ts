import type { AwsConfig } from "../config";
import { wrongNodeType } from "../../../../model/cacheNodeTypes";
import { outsideOf, within } from "../../../../model/cidr";
import { removeCommand, setCommand as set } from "../../../messages/commands";
import type { Problem } from "../../../messages/problems";
import { minutesOf, windowsOverlap } from "../../../../model/windows";
import type { Rule } from "../../../rules/rule";

/*
 * What AWS itself would refuse, half-way through a `pulumi up`. Each names its source in AWS's documentation.
 */

/** VPC user guide, "IPv4 VPC CIDR blocks"; RFC 6890. */
const NEVER_LOCAL = ["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3"];
/** EKS API reference, KubernetesNetworkConfigRequest, serviceIpv4Cidr. */
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];
/** EKS user guide, "Configure network access to cluster API server endpoint": no reserved addresses. */
const NEVER_PUBLIC = [...PRIVATE, ...NEVER_LOCAL, "100.64.0.0/10", "198.18.0.0/15"];
/** EKS user guide, "View and manage Amazon EKS service quotas": not adjustable. */
const MOST_RANGES = 40;
/** IAM user guide, "IAM and AWS STS quotas": a name has 64 characters, a path 512. */
const ROLE = /^arn:aws:iam::[0-9]{12}:role(\/[!-~]{1,510})?\/[\w+=,.@-]{1,64}$/;
/** ElastiCache user guide, "Engine versions and upgrading". */
const VALKEY = ["7.2", "8.0", "8.1", "8.2", "9.0", "9.1"];
/** ElastiCache API reference, CreateReplicationGroup, PreferredMaintenanceWindow; user guide, "Scheduling automatic backups". */
const SHORTEST_WINDOW = 60;
const FREE_WINDOWS = ["03:00-04:00", "09:00-10:00", "15:00-16:00", "21:00-22:00"];

export const awsLimits: readonly Rule<AwsConfig>[] = [
  {
    id: "vpc-addresses",
    why: "A VPC cannot have loopback, link-local, multicast or reserved addresses.",
    severity: "error",
    check: ({ network }) => {
      const range = network && NEVER_LOCAL.find((other) => !outsideOf(network.cidr, other));
      return range === undefined
        ? undefined
        : {
            key: "network.cidr",
            message: `'${network?.cidr}' is refused: a VPC cannot have addresses in ${range}.`,
            remedy: set("network.cidr", "10.20.0.0/16"),
          };
    },
  },
  {
    id: "service-range",
    why: "For Services, EKS only accepts private ranges of certain sizes.",
    severity: "error",
    check: ({ cluster }) => {
      if (!cluster || isServiceRange(cluster.serviceCidr)) return undefined;
      return {
        key: "cluster.serviceCidr",
        message: `'${cluster.serviceCidr}' is refused: EKS accepts /12 to /24 inside ${PRIVATE.join(", ")}.`,
        remedy: set("cluster.serviceCidr", "172.20.0.0/16"),
      };
    },
  },
  {
    id: "public-addresses",
    why: "A private or reserved address cannot reach a public endpoint.",
    severity: "error",
    check: ({ cluster }) => cluster?.publicAccessCidrs.flatMap(notPublic),
  },
  {
    id: "public-range-count",
    why: "EKS limits the number of ranges, and AWS does not raise that quota.",
    severity: "error",
    check: ({ cluster }) => {
      const count = cluster?.publicAccessCidrs.length ?? 0;
      return count > MOST_RANGES
        ? {
            key: "cluster.publicAccessCidrs",
            message: `has ${count} ranges; EKS accepts ${MOST_RANGES}.`,
            remedy: "combine neighbouring ranges into one with a shorter prefix",
          }
        : undefined;
    },
  },
  {
    id: "public-range-twice",
    why: "EKS refuses a range that is listed twice.",
    severity: "error",
    check: ({ cluster }) =>
      twice("cluster.publicAccessCidrs", cluster?.publicAccessCidrs, "EKS accepts each range once"),
  },
  {
    id: "admin-twice",
    why: "EKS refuses a second access entry for one identity.",
    severity: "error",
    check: ({ cluster }) =>
      twice("cluster.adminRoleArns", cluster?.adminRoleArns, "EKS accepts each identity once"),
  },
  {
    id: "admin-role-arns",
    why: "An access entry needs the ARN of an IAM role.",
    severity: "error",
    check: ({ cluster }) =>
      cluster?.adminRoleArns.flatMap((arn, index) =>
        ROLE.test(arn)
          ? []
          : {
              key: `cluster.adminRoleArns[${index}]`,
              message: `'${arn}' is not the ARN of an IAM role.`,
              remedy: set(
                `cluster.adminRoleArns[${index}]`,
                "arn:aws:iam::111122223333:role/platform",
              ),
            },
      ),
  },
  {
    id: "certificate-arn",
    why: "A load balancer needs the ARN of an ACM certificate.",
    severity: "error",
    check: ({ ingress }) => {
      const arn = ingress?.tls?.certificateArn;
      return arn === undefined || /^arn:aws:acm:[^:]*:[0-9]{12}:certificate\/[\w-]+$/.test(arn)
        ? undefined
        : {
            key: "ingress.tls.certificateArn",
            message: `'${arn}' is not the ARN of a certificate.`,
            remedy: set(
              "ingress.tls.certificateArn",
              "arn:aws:acm:eu-west-1:111122223333:certificate/ID",
            ),
          };
    },
  },
  {
    id: "cache-node-types",
    why: "ElastiCache would refuse an unknown node type only after the cluster has been created.",
    severity: "error",
    check: ({ redis }) =>
      (["nodeType", "sessionsNodeType"] as const).flatMap((name) => {
        const wrong = redis && wrongNodeType(redis[name]);
        return wrong
          ? {
              key: `redis.${name}`,
              message: `'${redis[name]}' is refused: ${wrong.why}.`,
              remedy: set(`redis.${name}`, wrong.instead),
            }
          : [];
      }),
  },
  {
    id: "valkey-versions",
    why: "ElastiCache refuses a version of Valkey that it does not have.",
    severity: "error",
    check: ({ redis }) =>
      redis?.engine === "valkey" && !VALKEY.includes(redis.engineVersion)
        ? {
            key: "redis.engineVersion",
            message: `'${redis.engineVersion}' is refused: ElastiCache has valkey ${VALKEY.join(", ")}.`,
            remedy: set("redis.engineVersion", "8.0"),
          }
        : undefined,
  },
  {
    id: "window-length",
    why: "ElastiCache needs windows of at least 60 minutes.",
    severity: "error",
    check: ({ redis }) =>
      (["snapshotWindow", "maintenanceWindow"] as const).flatMap((name) =>
        redis && minutesOf(redis[name]) < SHORTEST_WINDOW
          ? {
              key: `redis.${name}`,
              message: `'${redis[name]}' is refused: ElastiCache needs at least ${SHORTEST_WINDOW} minutes.`,
              remedy: set(
                `redis.${name}`,
                name === "snapshotWindow" ? "03:00-04:00" : "sun:04:30-sun:05:30",
              ),
            }
          : [],
      ),
  },
  {
    id: "windows-overlap",
    why: "ElastiCache cannot take a snapshot while it maintains a node.",
    severity: "error",
    check: ({ redis }) => {
      if (!redis || !windowsOverlap(redis.snapshotWindow, redis.maintenanceWindow))
        return undefined;
      const free = FREE_WINDOWS.find((window) => !windowsOverlap(window, redis.maintenanceWindow));
      return {
        key: free === undefined ? "redis.maintenanceWindow" : "redis.snapshotWindow",
        message: `snapshotWindow '${redis.snapshotWindow}' and maintenanceWindow '${redis.maintenanceWindow}' overlap, which ElastiCache refuses.`,
        remedy:
          free === undefined
            ? set("redis.maintenanceWindow", "sun:04:30-sun:05:30")
            : set("redis.snapshotWindow", free),
      };
    },
  },
];

function isServiceRange(cidr: string): boolean {
  const prefix = Number(cidr.split("/")[1]);
  return prefix >= 12 && prefix <= 24 && PRIVATE.some((range) => within(cidr, range));
}

function notPublic(range: string, index: number): Problem[] {
  // The whole internet is not a reserved range; the rules for production handle it.
  const reserved = range.endsWith("/0")
    ? undefined
    : NEVER_PUBLIC.find((other) => !outsideOf(range, other));
  return reserved === undefined
    ? []
    : [
        {
          key: `cluster.publicAccessCidrs[${index}]`,
          message: `'${range}' is refused: addresses in ${reserved} cannot reach a public endpoint. Inside the VPC the API server answers anyway.`,
          remedy: set(`cluster.publicAccessCidrs[${index}]`, "YOUR.ADDRESS/32"),
        },
      ];
}

function twice(key: string, items: readonly string[] = [], why: string): Problem | undefined {
  const index = items.findIndex((item, at) => items.indexOf(item) !== at);
  return index < 0
    ? undefined
    : {
        key: `${key}[${index}]`,
        message: `'${items[index]}' is listed already; ${why}.`,
        remedy: removeCommand(`${key}[${index}]`),
      };
}
