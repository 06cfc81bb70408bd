import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { setCommand } from "../config/messages/commands";
import { ConfigError } from "../config/messages/problems";
import { networkProblems, type FoundSubnet } from "./existingNetworkRules";

export interface ExistingNetworkArgs {
  readonly vpcId: string;
  /** One per zone: for nodes, mount targets and Redis. */
  readonly privateSubnetIds: readonly string[];
  /** For load balancers, which find them by their tag. */
  readonly publicSubnetIds: readonly string[];
  /** Range of Kubernetes Services; it must not overlap the VPC's. */
  readonly serviceCidr: string;
}

/** The network that the stack uses. */
export interface ExistingNetwork {
  readonly vpcId: string;
  readonly privateSubnetIds: string[];
  /** All ranges of the VPC. */
  readonly cidrs: string[];
}

/**
 * Reads an existing VPC and creates nothing in it. Awaited before any resource is registered, so that an unsuitable
 * network is refused by name, in a preview as in `up`. Not checked: network ACLs, free addresses, and what is behind a
 * route.
 *
 * @throws {ConfigError} with everything that is wrong with the network
 */
export async function readNetwork(args: ExistingNetworkArgs): Promise<ExistingNetwork> {
  const { vpcId, serviceCidr } = args;
  // Sorted: the order in the config must not decide which mount target is in which subnet.
  const privateSubnetIds = [...args.privateSubnetIds].sort();
  const vpc = await aws.ec2.getVpc({ id: vpcId }).catch(unread("vpcId", vpcId));
  const cidrs = rangesOf(vpc);
  const [privateSubnets, publicSubnets] = await Promise.all([
    Promise.all(privateSubnetIds.map((id) => readSubnet("privateSubnetIds", id, vpcId))),
    Promise.all(args.publicSubnetIds.map((id) => readSubnet("publicSubnetIds", id, vpcId))),
  ]);
  const problems = networkProblems({
    vpc: { ...vpc, id: vpcId, cidrs },
    privateSubnets,
    publicSubnets,
    serviceCidr,
  });
  if (problems.length > 0) throw new ConfigError(pulumi.getStack(), problems);
  return { vpcId, privateSubnetIds, cidrs };
}

/** The VPC's first range and those added later. */
function rangesOf({ cidrBlock, cidrBlockAssociations }: aws.ec2.GetVpcResult): string[] {
  const added = (cidrBlockAssociations ?? [])
    .filter(({ state }) => state === "associated")
    .map((association) => association.cidrBlock);
  return [...new Set([cidrBlock, ...added])];
}

/** @throws {ConfigError} instead of AWS's own error, which names no key */
function unread(name: keyof ExistingNetworkArgs, id: string): (error: unknown) => never {
  return (error) => {
    const { message } = error as Error;
    const key = `network.existing.${name}`;
    throw new ConfigError(pulumi.getStack(), [
      {
        key,
        message: /no matching|InvalidVpcID|InvalidSubnetID/.test(message)
          ? `'${id}' is not there, in this account and aws:region.`
          : `'${id}' cannot be looked up: ${message}`,
        remedy:
          name === "vpcId" ? setCommand(key, "VPC") : "name subnets of the VPC in the stack's file",
      },
    ]);
  };
}

async function readSubnet(
  name: keyof ExistingNetworkArgs,
  id: string,
  vpcId: string,
): Promise<FoundSubnet> {
  const subnet = await aws.ec2.getSubnet({ id }).catch(unread(name, id));
  const routes = subnet.vpcId === vpcId ? await routesOf(id, vpcId) : [];
  return {
    id,
    vpcId: subnet.vpcId,
    zone: subnet.availabilityZone,
    zoneId: subnet.availabilityZoneId,
    tags: subnet.tags ?? {},
    defaultRoute: routes.find(({ cidrBlock }) => cidrBlock === "0.0.0.0/0"),
  };
}

/**
 * From the subnet's own route table, else from the VPC's main one: for a subnet without its own table, the AWS provider
 * returns an error.
 */
async function routesOf(
  subnetId: string,
  vpcId: string,
): Promise<aws.types.output.ec2.GetRouteTableRoute[]> {
  const own = await aws.ec2.getRouteTable({ subnetId }).catch(() => undefined);
  const main = { vpcId, filters: [{ name: "association.main", values: ["true"] }] };
  return (own ?? (await aws.ec2.getRouteTable(main))).routes;
}
