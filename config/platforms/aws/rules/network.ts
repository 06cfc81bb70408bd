import { overlaps, parseCidr } from "../../../../model/cidr";
import { firstRepeated } from "../../../../model/lists";
import type { Checked } from "../../../commonConfig";
import { removeCommand, setCommand as set } from "../../../messages/commands";
import type { Rule } from "../../../rules/rule";
import type { AwsConfig } from "../config";

export const networkRules: readonly Rule<AwsConfig>[] = [
  {
    id: "vpc-size",
    why: "Every subnet needs room for the addresses of its pods.",
    severity: "error",
    check: ({ network }) => {
      const prefix = parseCidr(ownRange(network) ?? "")?.prefix;
      return prefix !== undefined && (prefix < 16 || prefix > 20)
        ? {
            key: "network.cidr",
            message: `'${network?.cidr}' is refused: a VPC of this stack is /16 to /20, so that every subnet has room for pods.`,
            remedy: set("network.cidr", "10.20.0.0/16"),
          }
        : undefined;
    },
  },
  {
    id: "reserved-ranges",
    why: "Networks whose ranges overlap cannot be peered, and a VPC's range cannot change.",
    severity: "error",
    check: ({ network }) => {
      const reserved = network?.reservedCidrs.find((other) => cidrsOverlap(network.cidr, other));
      return reserved === undefined
        ? undefined
        : {
            key: "network.cidr",
            message: `'${network?.cidr}' overlaps '${reserved}' of network.reservedCidrs.`,
            remedy: set("network.cidr", "RANGE"),
          };
    },
  },
  {
    id: "two-subnets",
    why: "EKS needs subnets in at least two zones.",
    severity: "error",
    check: ({ network }) =>
      network?.existing?.privateSubnetIds.length === 1
        ? {
            key: "network.existing.privateSubnetIds",
            message: `names '${network.existing.privateSubnetIds[0]}' only: EKS needs at least two zones.`,
            remedy: set("network.existing.privateSubnetIds[1]", "SUBNET"),
          }
        : undefined,
  },
  {
    id: "service-range-outside-vpc",
    why: "A Service whose address is also in the VPC cannot be reached.",
    severity: "error",
    check: ({ network, cluster }) => {
      const range = ownRange(network);
      return range !== undefined && cluster && cidrsOverlap(range, cluster.serviceCidr)
        ? {
            key: "cluster.serviceCidr",
            message: `'${cluster.serviceCidr}' overlaps network.cidr '${range}'.`,
            remedy: set("cluster.serviceCidr", rangeOutside(range)),
          }
        : undefined;
    },
  },
  {
    id: "zone-count",
    why: "The number of named zones must match the number of zones of the network.",
    severity: "error",
    check: ({ network }) =>
      network?.zones && network.zones.length !== network.availabilityZones
        ? {
            key: "network.zones",
            message: `names ${network.zones.length} zones, and network.availabilityZones is ${network.availabilityZones}.`,
            remedy: set("network.availabilityZones", String(network.zones.length)),
          }
        : undefined,
  },
  {
    id: "zone-twice",
    why: "Each zone has one pair of subnets.",
    severity: "error",
    check: ({ network }) => {
      const twice = firstRepeated(network?.zones ?? []);
      return twice === undefined
        ? undefined
        : {
            key: "network.zones",
            message: `names '${twice}' twice; each zone has one pair of subnets.`,
            remedy: removeCommand("network.zones"),
          };
    },
  },
  {
    id: "zone-of-region",
    why: "A VPC can only use the zones of its region.",
    severity: "error",
    check: ({ network, region }) => {
      const foreign = network?.zones?.find((zone) => region && !zone.startsWith(region));
      return foreign === undefined
        ? undefined
        : {
            key: "network.zones",
            message: `'${foreign}' is not a zone of aws:region '${region}'.`,
            remedy: removeCommand("network.zones"),
          };
    },
  },
];

/** The range of the VPC that the stack creates; an existing one is checked with AWS. */
function ownRange(network: Checked<AwsConfig>["network"]): string | undefined {
  return network?.existing ? undefined : network?.cidr;
}

/** A range for Services outside the VPC's; the first two are those that EKS chooses from. */
function rangeOutside(vpc: string): string {
  const ranges = ["172.20.0.0/16", "10.100.0.0/16", "192.168.0.0/16"];
  return ranges.find((range) => !cidrsOverlap(range, vpc)) ?? "RANGE";
}

function cidrsOverlap(one: string, other: string): boolean {
  const [a, b] = [parseCidr(one), parseCidr(other)];
  return a !== undefined && b !== undefined && overlaps(a, b);
}
