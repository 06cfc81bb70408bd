import { overlaps, parseCidr } from "../model/cidr";
import { setCommand as set } from "../config/messages/commands";
import type { Problem } from "../config/messages/problems";
import { WITHOUT_EKS } from "./zones";

/** Where a subnet sends traffic that is not for the VPC. */
export interface FoundRoute {
  /** An internet gateway or a VPN gateway; empty or missing for a NAT gateway and the like. */
  readonly gatewayId?: string;
}

export interface FoundSubnet {
  readonly id: string;
  readonly vpcId: string;
  /** Name, such as eu-west-1a, and the id that is the same in every account. */
  readonly zone: string;
  readonly zoneId: string;
  readonly tags: Readonly<Record<string, string>>;
  /** The route of 0.0.0.0/0. */
  readonly defaultRoute: FoundRoute | undefined;
}

export interface FoundNetwork {
  readonly vpc: {
    readonly id: string;
    readonly cidrs: readonly string[];
    readonly enableDnsSupport: boolean;
    readonly enableDnsHostnames: boolean;
  };
  readonly privateSubnets: readonly FoundSubnet[];
  readonly publicSubnets: readonly FoundSubnet[];
  readonly serviceCidr: string;
}

type Rule = (network: FoundNetwork) => readonly (Problem | undefined)[];

const PRIVATE = "network.existing.privateSubnetIds";
const PUBLIC = "network.existing.publicSubnetIds";
const OTHER_SUBNETS = "name other subnets of the VPC in the stack's file";
const isInternet = (route: FoundRoute | undefined) => /^igw-/.test(route?.gatewayId ?? "");

/**
 * What EKS, EFS and load balancers require of a network. Sources: EKS user guide, "Amazon EKS networking requirements
 * for VPC and subnets"; EFS user guide, "Managing mount targets"; AWS Load Balancer Controller, "Subnet Auto
 * Discovery"; Elastic Load Balancing user guide, "How Elastic Load Balancing works": targets in a zone that is not
 * enabled receive nothing.
 */
const rules: Rule[] = [
  ({ vpc }) =>
    (["enableDnsSupport", "enableDnsHostnames"] as const).map((attribute) =>
      vpc[attribute]
        ? undefined
        : {
            key: "network.existing.vpcId",
            message: `'${vpc.id}' has ${attribute} off: nodes can resolve neither the API server nor the file system.`,
            remedy: `aws ec2 modify-vpc-attribute --vpc-id ${vpc.id} --${attribute === "enableDnsSupport" ? "enable-dns-support" : "enable-dns-hostnames"}`,
          },
    ),
  ({ vpc, serviceCidr }) => {
    const overlapped = vpc.cidrs.find((range) => rangesOverlap(range, serviceCidr));
    return [
      overlapped === undefined
        ? undefined
        : {
            key: "cluster.serviceCidr",
            message: `'${serviceCidr}' overlaps '${overlapped}' of '${vpc.id}'.`,
            remedy: set("cluster.serviceCidr", "RANGE"),
          },
    ];
  },
  ({ vpc, privateSubnets, publicSubnets }) =>
    keyed(privateSubnets, publicSubnets)
      .filter(([, subnet]) => subnet.vpcId !== vpc.id)
      .map(([key, { id, vpcId }]) => ({
        key,
        message: `'${id}' is in '${vpcId}', not in '${vpc.id}'.`,
        remedy: OTHER_SUBNETS,
      })),
  ({ privateSubnets }) =>
    privateSubnets.map((subnet, index) => {
      const twin = privateSubnets.slice(0, index).find(({ zone }) => zone === subnet.zone);
      return (
        twin && {
          key: PRIVATE,
          message: `'${twin.id}' and '${subnet.id}' are both in ${subnet.zone}: the file system has one mount target per zone.`,
          remedy: "name one private subnet per zone in the stack's file",
        }
      );
    }),
  ({ privateSubnets }) =>
    privateSubnets.map(({ id, zone, zoneId }) =>
      WITHOUT_EKS.includes(zoneId)
        ? {
            key: PRIVATE,
            message: `'${id}' is in ${zone} (${zoneId}), where EKS creates no clusters.`,
            remedy: OTHER_SUBNETS,
          }
        : undefined,
    ),
  ({ vpc, privateSubnets }) =>
    privateSubnets
      .filter(({ vpcId }) => vpcId === vpc.id)
      .map(({ id, defaultRoute }) =>
        defaultRoute === undefined
          ? {
              key: PRIVATE,
              message: `'${id}' has no route for 0.0.0.0/0: its nodes can reach neither registries nor AWS.`,
              remedy: `aws ec2 create-route --route-table-id TABLE --destination-cidr-block 0.0.0.0/0 --nat-gateway-id NAT`,
            }
          : isInternet(defaultRoute)
            ? {
                key: PRIVATE,
                message: `'${id}' is public, by a route to '${defaultRoute.gatewayId}': nodes get no public address and would never join.`,
                remedy: OTHER_SUBNETS,
              }
            : undefined,
      ),
  ({ vpc, publicSubnets }) =>
    publicSubnets
      .filter(({ vpcId, defaultRoute }) => vpcId === vpc.id && !isInternet(defaultRoute))
      .map(({ id }) => ({
        key: PUBLIC,
        message: `'${id}' has no route to an internet gateway for 0.0.0.0/0: visitors could not reach a load balancer in it.`,
        remedy: OTHER_SUBNETS,
      })),
  ({ vpc, privateSubnets, publicSubnets }) => {
    const zonesOf = (subnets: readonly FoundSubnet[]) =>
      subnets.filter(({ vpcId }) => vpcId === vpc.id).map(({ zone }) => zone);
    const missing = zonesOf(privateSubnets).filter(
      (zone) => !zonesOf(publicSubnets).includes(zone),
    );
    return [
      missing.length === 0
        ? undefined
        : {
            key: PUBLIC,
            message: `none is in ${missing.join(", ")}: a load balancer sends nothing to pods in a zone where it has no subnet.`,
            remedy: "name a public subnet of each zone of the private ones in the stack's file",
          },
    ];
  },
  ({ privateSubnets, publicSubnets }) => [
    untagged(PUBLIC, publicSubnets, "kubernetes.io/role/elb"),
    untagged(PRIVATE, privateSubnets, "kubernetes.io/role/internal-elb"),
  ],
];

/** Everything that is wrong with a network; empty if the stack can run in it. */
export function networkProblems(network: FoundNetwork): Problem[] {
  return rules.flatMap((rule) => rule(network)).filter((problem) => problem !== undefined);
}

function untagged(key: string, subnets: readonly FoundSubnet[], tag: string): Problem | undefined {
  const without = subnets.filter(({ tags }) => tags[tag] !== "1" && tags[tag] !== "");
  if (without.length === 0) return undefined;
  const ids = without.map(({ id }) => id);
  return {
    key,
    message: `${ids.map((id) => `'${id}'`).join(", ")} lack${ids.length === 1 ? "s" : ""} the tag ${tag}, by which EKS finds subnets for load balancers.`,
    remedy: `aws ec2 create-tags --resources ${ids.join(" ")} --tags Key=${tag},Value=1`,
  };
}

function keyed(
  privateSubnets: readonly FoundSubnet[],
  publicSubnets: readonly FoundSubnet[],
): [string, FoundSubnet][] {
  return [
    ...privateSubnets.map((subnet): [string, FoundSubnet] => [PRIVATE, subnet]),
    ...publicSubnets.map((subnet): [string, FoundSubnet] => [PUBLIC, subnet]),
  ];
}

function rangesOverlap(one: string, other: string): boolean {
  const [a, b] = [parseCidr(one), parseCidr(other)];
  return a !== undefined && b !== undefined && overlaps(a, b);
}
