import type { AwsConfig } from "../../..";
import { overlaps, parseCidr } from "../../../../model/cidr";
import { endedSupport, nextVersion } from "../../../../model/kubernetesVersions";
import { awsProvider } from "./provider";
import { missingPaths } from "./buildPaths";
import { DOCUMENTATION_HOST } from "./certificateNames";
import { either, removeCommand, setCommand as set } from "../../../messages/commands";
import type { Checked, Rule } from "../../../rules/rule";

export const aws: Rule<AwsConfig>[] = [
  ...awsProvider,
  ({ region }) =>
    region === undefined
      ? {
          key: "aws:region",
          message: "is missing.",
          remedy: set("aws:region", "eu-west-1"),
        }
      : undefined,
  ({ region }) =>
    region === undefined || /^[a-z]{2}(-[a-z]+)+-[0-9]$/.test(region)
      ? undefined
      : {
          key: "aws:region",
          message: `'${region}' is not the name of a region, such as eu-west-1.`,
          remedy: set("aws:region", "eu-west-1"),
        },
  ({ region }) => {
    const partition = /^(cn|us-gov|us-iso[a-z]*|eu-isoe)-/.exec(region ?? "")?.[1];
    return partition === undefined
      ? undefined
      : {
          key: "aws:region",
          message: `'${region}' is of another AWS partition (${partition}), whose ARNs and endpoints this stack does not know.`,
          remedy: set("aws:region", "eu-west-1"),
        };
  },
  ({ network }) => {
    const prefix = parseCidr(ownRange(network) ?? "")?.prefix;
    return prefix !== undefined && (prefix < 16 || prefix > 20)
      ? {
          key: "network.cidr",
          message: `'${network?.cidr}' is refused: a VPC of this stack is /16 to /20, so that every subnet has room for pods.`,
          remedy: set("network.cidr", "10.20.0.0/16"),
        }
      : undefined;
  },
  ({ network }) => {
    const reserved = network?.reservedCidrs.find((other) => cidrsOverlap(network.cidr, other));
    return reserved === undefined
      ? undefined
      : {
          key: "network.cidr",
          message: `'${network?.cidr}' overlaps '${reserved}' of network.reservedCidrs.`,
          remedy: set("network.cidr", "RANGE"),
        };
  },
  ({ network }) =>
    network?.existing?.privateSubnetIds.length === 1
      ? {
          key: "network.existing.privateSubnetIds",
          message: `names '${network.existing.privateSubnetIds[0]}' alone: EKS takes two zones or more.`,
          remedy: set("network.existing.privateSubnetIds[1]", "SUBNET"),
        }
      : undefined,
  ({ network, cluster }) => {
    const range = ownRange(network);
    return range !== undefined && cluster && cidrsOverlap(range, cluster.serviceCidr)
      ? {
          key: "cluster.serviceCidr",
          message: `'${cluster.serviceCidr}' overlaps network.cidr '${range}'.`,
          remedy: set("cluster.serviceCidr", rangeOutside(range)),
        }
      : undefined;
  },
  ({ network }) =>
    network?.zones && network.zones.length !== network.availabilityZones
      ? {
          key: "network.zones",
          message: `names ${network.zones.length} zones, and network.availabilityZones is ${network.availabilityZones}.`,
          remedy: set("network.availabilityZones", String(network.zones.length)),
        }
      : undefined,
  ({ network }) => {
    const twice = repeated(network?.zones ?? []);
    return twice === undefined
      ? undefined
      : {
          key: "network.zones",
          message: `names '${twice}' twice; each zone has one pair of subnets.`,
          remedy: removeCommand("network.zones"),
        };
  },
  ({ network, region }) => {
    const foreign = network?.zones?.find((zone) => region && !zone.startsWith(region));
    return foreign === undefined
      ? undefined
      : {
          key: "network.zones",
          message: `'${foreign}' is not a zone of aws:region '${region}'.`,
          remedy: removeCommand("network.zones"),
        };
  },
  ({ cluster }, today) => {
    const end = cluster && endedSupport(cluster.version, today);
    return end === undefined
      ? undefined
      : {
          key: "cluster.version",
          message: `'${cluster?.version}' left EKS standard support on ${end}: AWS upgrades the cluster by itself.`,
          remedy: set("cluster.version", nextVersion(cluster?.version ?? "")),
        };
  },
  ({ production, cluster }) => {
    const open = cluster?.publicAccessCidrs.find((range) => range.endsWith("/0"));
    return production && open !== undefined
      ? {
          key: "cluster.publicAccessCidrs",
          message: `'${open}' opens the API server of a production cluster to the world.`,
          remedy: set("cluster.publicAccessCidrs[0]", "YOUR.ADDRESS/32"),
        }
      : undefined;
  },
  ({ redis }) =>
    redis && redis.automaticFailover && redis.nodes < 2
      ? {
          key: "redis.automaticFailover",
          message: `true needs a replica, and redis.nodes is ${redis.nodes}.`,
          remedy: set("redis.nodes", "2"),
        }
      : undefined,
  ({ redis }) =>
    redis && redis.engine === "redis" && !["7.0", "7.1"].includes(redis.engineVersion)
      ? {
          key: "redis.engineVersion",
          message: `'${redis.engineVersion}' is refused: this stack knows 7.0 and 7.1 of redis, where ElastiCache ends.`,
          remedy: either(set("redis.engineVersion", "7.1"), set("redis.engine", "valkey")),
        }
      : undefined,
  ({ app }) => missingPaths(app?.build),
  ({ production, app }) =>
    production && app?.build
      ? {
          key: "app.build",
          message: `'${app.build.context}' would be built anew for production, which takes an image that was built and tested once.`,
          remedy: set("app.image", "REGISTRY/NAME@sha256:DIGEST"),
        }
      : undefined,
  ({ ingress }) =>
    ingress && !ingress.install && ingress.tls?.certificateArn !== undefined
      ? {
          key: "ingress.tls.certificateArn",
          message: `'${ingress.tls.certificateArn}' belongs to the load balancer, which the stack makes only with ingress.install.`,
          remedy: set("ingress.install", "true"),
        }
      : undefined,
  ({ ingress, region }) => {
    const arn = ingress?.tls?.certificateArn;
    const other = arn?.split(":")[3];
    return arn !== undefined && region !== undefined && other !== region
      ? {
          key: "ingress.tls.certificateArn",
          message: `'${arn}' is of region '${other}'; a load balancer takes certificates of its own, aws:region '${region}'.`,
          remedy: set(
            "ingress.tls.certificateArn",
            arn.replace(`:${other}:`, `:${region}:`).replace(/\/.*$/, "/ID"),
          ),
        }
      : undefined;
  },
  ({ ingress }) =>
    ingress && !ingress.install && ingress.zone !== undefined
      ? {
          key: "ingress.zone",
          message: `'${ingress.zone}' would point to the load balancer, which the stack makes only with ingress.install.`,
          remedy: set("ingress.install", "true"),
        }
      : undefined,
  ({ ingress }) =>
    ingress?.proxyProtocol === false
      ? {
          key: "ingress.proxyProtocol",
          message: "false is refused: on aws the load balancer always speaks it.",
          remedy: removeCommand("ingress.proxyProtocol"),
        }
      : undefined,
  ({ ingress }) =>
    ingress?.nodePorts
      ? {
          key: "ingress.nodePorts",
          message: "has no use on aws, where a load balancer stands before the controller.",
          remedy: removeCommand("ingress.nodePorts"),
        }
      : undefined,
  ({ ingress, app }) => {
    const zone = ingress?.zone;
    if (zone === undefined) return undefined;
    const hosts = [app?.host, ...(ingress?.extraHosts ?? [])];
    const index = hosts.findIndex((host) => host && host !== zone && !host.endsWith(`.${zone}`));
    const outside = hosts[index];
    if (outside === undefined) return undefined;
    // A zone of the user's own beside a host of the example: it is the host that was forgotten.
    const forgotten = DOCUMENTATION_HOST.test(outside) && !DOCUMENTATION_HOST.test(zone);
    const key = index === 0 ? "app.host" : `ingress.extraHosts[${index - 1}]`;
    return {
      key: "ingress.zone",
      message: `'${zone}' does not hold the host '${outside}'${forgotten ? `, which is still that of an example (${key})` : ""}.`,
      remedy: forgotten
        ? set(key, `HOST.${zone}`)
        : set("ingress.zone", outside.split(".").slice(1).join(".")),
    };
  },
];

/** The range of the VPC that the stack makes; one that exists is looked at when AWS is asked. */
function ownRange(network: Checked<AwsConfig>["network"]): string | undefined {
  return network?.existing ? undefined : network?.cidr;
}

function repeated(names: readonly string[]): string | undefined {
  return names.find((name, index) => names.indexOf(name) !== index);
}

/** A range for Services that leaves the VPC's alone; the first two are those that EKS chooses from. */
function rangeOutside(vpc: string): string {
  const ranges = ["172.20.0.0/16", "10.100.0.0/16", "192.168.0.0/16"];
  return ranges.find((range) => !cidrsOverlap(range, vpc)) ?? "RANGE";
}

function cidrsOverlap(one: string, other: string): boolean {
  const [a, b] = [parseCidr(one), parseCidr(other)];
  return a !== undefined && b !== undefined && overlaps(a, b);
}
