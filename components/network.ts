import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { subnetCidrs } from "../model/subnets";

export interface NetworkArgs {
  /** Address range of the VPC, /16 to /20. */
  cidr: string;
  /** Names of the zones to spread over, 2 or 3. */
  zones: readonly string[];
  /** `one` costs less, `perZone` survives the loss of a zone. */
  natGateways: "one" | "perZone";
}

/** A VPC with a public and a private subnet in each zone. Nothing in a private subnet is reachable from outside. */
export class Network extends pulumi.ComponentResource {
  readonly vpcId: pulumi.Output<string>;
  /** For load balancers, which find them by their tag. */
  readonly publicSubnetIds: pulumi.Output<string[]>;
  /**
   * For nodes, mount targets and Redis. Plain ids: were they to wait for their routes too, a change of a route would make
   * them unknown in a preview, and every mount target would look replaced. Nodes need the routes: what runs them depends on
   * the whole network.
   */
  readonly privateSubnetIds: pulumi.Output<string[]>;

  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("next-on-eks:aws:Network", name, {}, opts);
    const parent = { parent: this };
    const tags = (role: string, more = {}) => ({ Name: `${name}-${role}`, ...more });

    const vpc = new aws.ec2.Vpc(
      `${name}-vpc`,
      {
        cidrBlock: args.cidr,
        enableDnsHostnames: true,
        enableDnsSupport: true,
        tags: tags("vpc"),
      },
      parent,
    );
    const gateway = new aws.ec2.InternetGateway(
      `${name}-gateway`,
      { vpcId: vpc.id, tags: tags("gateway") },
      parent,
    );
    const publicRoutes = new aws.ec2.RouteTable(
      `${name}-public`,
      { vpcId: vpc.id, tags: tags("public") },
      parent,
    );
    const internetRoute = new aws.ec2.Route(
      `${name}-public-internet`,
      {
        routeTableId: publicRoutes.id,
        destinationCidrBlock: "0.0.0.0/0",
        gatewayId: gateway.id,
      },
      parent,
    );

    // A subnet stays where it is, whatever zones the region comes to list first: in another one it would be a new subnet.
    const inItsZone = { parent: this, ignoreChanges: ["availabilityZone"] };
    const publicSubnets: pulumi.Output<string>[] = [];
    const privateSubnets: pulumi.Output<string>[] = [];
    const privateTables: aws.ec2.RouteTable[] = [];

    subnetCidrs(args.cidr, args.zones.length).forEach((cidrs, index) => {
      const zone = args.zones[index];
      const publicSubnet = new aws.ec2.Subnet(
        `${name}-public-${index}`,
        {
          vpcId: vpc.id,
          cidrBlock: cidrs.public,
          availabilityZone: zone,
          // EKS puts internet-facing load balancers into subnets with this tag.
          tags: tags(`public-${index}`, { "kubernetes.io/role/elb": "1" }),
        },
        inItsZone,
      );
      const publicAssociation = new aws.ec2.RouteTableAssociation(
        `${name}-public-${index}`,
        { subnetId: publicSubnet.id, routeTableId: publicRoutes.id },
        parent,
      );

      let table = privateTables[0];
      if (table === undefined || args.natGateways === "perZone") {
        const address = new aws.ec2.Eip(
          `${name}-nat-${index}`,
          { domain: "vpc", tags: tags(`nat-${index}`) },
          parent,
        );
        const nat = new aws.ec2.NatGateway(
          `${name}-nat-${index}`,
          { subnetId: publicSubnet.id, allocationId: address.id, tags: tags(`nat-${index}`) },
          // AWS refuses a NAT gateway in a subnet whose VPC has no internet gateway yet.
          { parent: this, dependsOn: [internetRoute, publicAssociation] },
        );
        table = new aws.ec2.RouteTable(
          `${name}-private-${index}`,
          { vpcId: vpc.id, tags: tags(`private-${index}`) },
          parent,
        );
        new aws.ec2.Route(
          `${name}-private-${index}-nat`,
          {
            routeTableId: table.id,
            destinationCidrBlock: "0.0.0.0/0",
            natGatewayId: nat.id,
          },
          parent,
        );
        privateTables.push(table);
      }

      const privateSubnet = new aws.ec2.Subnet(
        `${name}-private-${index}`,
        {
          vpcId: vpc.id,
          cidrBlock: cidrs.private,
          availabilityZone: zone,
          tags: tags(`private-${index}`, { "kubernetes.io/role/internal-elb": "1" }),
        },
        inItsZone,
      );
      new aws.ec2.RouteTableAssociation(
        `${name}-private-${index}`,
        { subnetId: privateSubnet.id, routeTableId: table.id },
        parent,
      );

      publicSubnets.push(publicSubnet.id);
      privateSubnets.push(privateSubnet.id);
    });

    // Image layers come from S3: without the endpoint each pull pays for the NAT gateway.
    new aws.ec2.VpcEndpoint(
      `${name}-s3`,
      {
        vpcId: vpc.id,
        vpcEndpointType: "Gateway",
        serviceName: pulumi.interpolate`com.amazonaws.${aws.getRegionOutput({}, parent).region}.s3`,
        routeTableIds: privateTables.map((table) => table.id),
        tags: tags("s3"),
      },
      parent,
    );

    this.vpcId = vpc.id;
    this.publicSubnetIds = pulumi.all(publicSubnets);
    this.privateSubnetIds = pulumi.all(privateSubnets);
    this.registerOutputs({
      vpcId: this.vpcId,
      publicSubnetIds: this.publicSubnetIds,
      privateSubnetIds: this.privateSubnetIds,
    });
  }
}
