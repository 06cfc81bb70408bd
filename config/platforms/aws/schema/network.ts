import { z } from "zod";
import { about, cidr } from "../../../schema/values";

const SUBNET = /^subnet-[0-9a-f]{8,17}$/;
const subnetIds = (description: string, example: string) =>
  about(
    z
      .array(
        z.string().regex(SUBNET, "expected the id of a subnet, such as subnet-0a1b2c3d4e5f67890"),
      )
      .min(1)
      .refine((ids) => new Set(ids).size === ids.length, "a subnet is named twice"),
    description,
    { example },
  );

/** An existing VPC. components/existingNetworkRules.ts checks it with AWS. */
const existingNetwork = about(
  z
    .strictObject({
      vpcId: about(
        z
          .string()
          .regex(/^vpc-[0-9a-f]{8,17}$/, "expected the id of a VPC, such as vpc-0a1b2c3d4e5f67890"),
        "Id of the VPC. It must have DNS support and DNS host names enabled. The stack does not change or delete it; a destroy leaves it as it was. Image layers come from S3 through its NAT gateway, unless it has a gateway endpoint for S3.",
        { example: "vpc-0a1b2c3d4e5f67890" },
      ),
      privateSubnetIds: subnetIds(
        "Subnets for nodes, pods, mount targets and Redis: one per zone, in at least two zones, with a route for 0.0.0.0/0 to a NAT or transit gateway and the tag `kubernetes.io/role/internal-elb`. Every pod takes one of their addresses. They cannot change after the first `pulumi up`.",
        "subnet-0a1b2c3d4e5f67890",
      ),
      publicSubnetIds: subnetIds(
        "Subnets for load balancers: one in each zone of the private subnets, with a route for 0.0.0.0/0 to an internet gateway and the tag `kubernetes.io/role/elb`, by which EKS finds them.",
        "subnet-0f1e2d3c4b5a69788",
      ),
    })
    .optional(),
  "An existing VPC, instead of the stack's own. Every `pulumi preview` checks with AWS that zones, routes and tags are as EKS, EFS and load balancers need them.",
  {},
);

export const network = z
  .strictObject({
    cidr: about(cidr(), "Address range of the VPC, /16 to /20.", {
      example: "10.20.0.0/16",
    }).default("10.20.0.0/16"),
    availabilityZones: about(
      z.int().min(2).max(3),
      "Number of availability zones for subnets, nodes and mount targets. EKS cannot change its zones later: choose before the first `pulumi up`. Use 2 only in regions that have no more. Subnets in another zone cost nothing; its NAT gateway does.",
      { example: "3" },
    ).default(3),
    zones: about(
      z.array(z.string().regex(/^[a-z]{2}(-[a-z]+)+-[0-9][a-z]$/, "expected a zone's name")),
      "Names of the zones, if not the region's first ones; as many as `availabilityZones`. Subnets stay in the zone where they were created.",
      {
        example: "eu-west-1a",
        defaultText: "the region's first zones that need no opt-in",
      },
    ).optional(),
    natGateways: about(
      z.enum(["one", "perZone"]).optional(),
      "`one` is cheaper; `perZone` survives the loss of a zone.",
      { example: "perZone", defaultText: "`perZone` in production, else `one`" },
    ),
    existing: existingNetwork,
    reservedCidrs: about(
      z.array(cidr()),
      "Ranges that the VPC must not overlap, such as networks to peer with or to reach by VPN.",
      { example: "10.0.0.0/16" },
    ).default([]),
  })
  .prefault({});
