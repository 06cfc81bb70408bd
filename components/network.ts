import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { subnetCidrs } from "../model/subnets";

export interface NetworkArgs {
  /** Address range of the VPC, /16 to /20. */
  cidr: string;
  /** Names of the zones to spread over, 2 or 3. */
  zones: readonly string[];
  /** `one` costs less; `perZone` survives the loss of a zone. */
  natGateways: "one" | "perZone";
}

/** A public subnet, which load balancers and NAT gateways use once it has its routes. */
interface PublicSubnet {
  readonly subnet: aws.ec2.Subnet;
  readonly association: aws.ec2.RouteTableAssociation;
}

const ANYWHERE = "0.0.0.0/0";

/** A VPC with a public and a private subnet in each zone. Nothing in a private subnet is reachable from outside. */
export class Network extends pulumi.ComponentResource {
  readonly vpcId: pulumi.Output<string>;
  /** For load balancers, which find them by their tag. */
  readonly publicSubnetIds: pulumi.Output<string[]>;
  /**
   * For nodes, mount targets and Redis. These are plain ids. If they also waited for their routes, a changed route
   * would make them unknown in a preview, and every mount target would look replaced. Nodes need the routes, so what
   * runs nodes depends on the whole network.
   */
  readonly privateSubnetIds: pulumi.Output<string[]>;

  constructor(
    private readonly prefix: string,
    private readonly args: NetworkArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("next-on-eks:aws:Network", prefix, {}, opts);

    const vpc = this.vpc();
    const { publicRoutes, internetRoute } = this.wayToTheInternet(vpc);
    const privateTables: aws.ec2.RouteTable[] = [];
    const zones = subnetCidrs(args.cidr, args.zones.length).map((cidrs, index) => {
      const publicZone = this.publicSubnet(vpc, index, cidrs.public, publicRoutes);
      const shared = args.natGateways === "one" ? privateTables[0] : undefined;
      const routes =
        shared ?? this.routesBy(this.natGateway(index, publicZone, internetRoute), vpc, index);
      if (!shared) privateTables.push(routes);
      const privateSubnet = this.privateSubnet(vpc, index, cidrs.private, routes);
      return { publicId: publicZone.subnet.id, privateId: privateSubnet.id };
    });
    this.endpointOfS3(vpc, privateTables);

    this.vpcId = vpc.id;
    this.publicSubnetIds = pulumi.all(zones.map(({ publicId }) => publicId));
    this.privateSubnetIds = pulumi.all(zones.map(({ privateId }) => privateId));
    this.registerOutputs({
      vpcId: this.vpcId,
      publicSubnetIds: this.publicSubnetIds,
      privateSubnetIds: this.privateSubnetIds,
    });
  }

  private vpc(): aws.ec2.Vpc {
    return new aws.ec2.Vpc(
      `${this.prefix}-vpc`,
      {
        cidrBlock: this.args.cidr,
        enableDnsHostnames: true,
        enableDnsSupport: true,
        tags: this.tags("vpc"),
      },
      { parent: this },
    );
  }

  /** The routes of all public subnets, by an internet gateway. */
  private wayToTheInternet(vpc: aws.ec2.Vpc): {
    publicRoutes: aws.ec2.RouteTable;
    internetRoute: aws.ec2.Route;
  } {
    const gateway = new aws.ec2.InternetGateway(
      `${this.prefix}-gateway`,
      { vpcId: vpc.id, tags: this.tags("gateway") },
      { parent: this },
    );
    const publicRoutes = this.routeTable(vpc, "public");
    const internetRoute = new aws.ec2.Route(
      `${this.prefix}-public-internet`,
      {
        routeTableId: publicRoutes.id,
        destinationCidrBlock: ANYWHERE,
        gatewayId: gateway.id,
      },
      { parent: this },
    );
    return { publicRoutes, internetRoute };
  }

  private publicSubnet(
    vpc: aws.ec2.Vpc,
    index: number,
    cidrBlock: string,
    routes: aws.ec2.RouteTable,
  ): PublicSubnet {
    // EKS puts internet-facing load balancers into subnets with this tag.
    const subnet = this.subnet(vpc, `public-${index}`, index, cidrBlock, "kubernetes.io/role/elb");
    return { subnet, association: this.associate(`public-${index}`, subnet, routes) };
  }

  private privateSubnet(
    vpc: aws.ec2.Vpc,
    index: number,
    cidrBlock: string,
    routes: aws.ec2.RouteTable,
  ): aws.ec2.Subnet {
    const role = `private-${index}`;
    const subnet = this.subnet(vpc, role, index, cidrBlock, "kubernetes.io/role/internal-elb");
    this.associate(role, subnet, routes);
    return subnet;
  }

  private subnet(
    vpc: aws.ec2.Vpc,
    role: string,
    index: number,
    cidrBlock: string,
    tag: string,
  ): aws.ec2.Subnet {
    return new aws.ec2.Subnet(
      `${this.prefix}-${role}`,
      {
        vpcId: vpc.id,
        cidrBlock,
        availabilityZone: this.args.zones[index],
        tags: this.tags(role, { [tag]: "1" }),
      },
      // A subnet keeps its zone, whatever zones the region lists first later: in another zone it would be a new subnet.
      { parent: this, ignoreChanges: ["availabilityZone"] },
    );
  }

  private associate(
    role: string,
    subnet: aws.ec2.Subnet,
    routes: aws.ec2.RouteTable,
  ): aws.ec2.RouteTableAssociation {
    return new aws.ec2.RouteTableAssociation(
      `${this.prefix}-${role}`,
      { subnetId: subnet.id, routeTableId: routes.id },
      { parent: this },
    );
  }

  private natGateway(
    index: number,
    { subnet, association }: PublicSubnet,
    internetRoute: aws.ec2.Route,
  ): aws.ec2.NatGateway {
    const role = `nat-${index}`;
    const address = new aws.ec2.Eip(
      `${this.prefix}-${role}`,
      { domain: "vpc", tags: this.tags(role) },
      { parent: this },
    );
    return new aws.ec2.NatGateway(
      `${this.prefix}-${role}`,
      { subnetId: subnet.id, allocationId: address.id, tags: this.tags(role) },
      // AWS refuses a NAT gateway in a subnet whose VPC has no internet gateway yet.
      { parent: this, dependsOn: [internetRoute, association] },
    );
  }

  /** The routes of private subnets, by a NAT gateway. */
  private routesBy(nat: aws.ec2.NatGateway, vpc: aws.ec2.Vpc, index: number): aws.ec2.RouteTable {
    const table = this.routeTable(vpc, `private-${index}`);
    new aws.ec2.Route(
      `${this.prefix}-private-${index}-nat`,
      { routeTableId: table.id, destinationCidrBlock: ANYWHERE, natGatewayId: nat.id },
      { parent: this },
    );
    return table;
  }

  private routeTable(vpc: aws.ec2.Vpc, role: string): aws.ec2.RouteTable {
    return new aws.ec2.RouteTable(
      `${this.prefix}-${role}`,
      { vpcId: vpc.id, tags: this.tags(role) },
      { parent: this },
    );
  }

  /** Image layers come from S3: without the endpoint each pull would go through the NAT gateway, which costs money. */
  private endpointOfS3(vpc: aws.ec2.Vpc, tables: readonly aws.ec2.RouteTable[]): void {
    const { region } = aws.getRegionOutput({}, { parent: this });
    new aws.ec2.VpcEndpoint(
      `${this.prefix}-s3`,
      {
        vpcId: vpc.id,
        vpcEndpointType: "Gateway",
        serviceName: pulumi.interpolate`com.amazonaws.${region}.s3`,
        routeTableIds: tables.map((table) => table.id),
        tags: this.tags("s3"),
      },
      { parent: this },
    );
  }

  private tags(role: string, more: Record<string, string> = {}): Record<string, string> {
    return { Name: `${this.prefix}-${role}`, ...more };
  }
}
