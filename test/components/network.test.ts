import * as assert from "node:assert/strict";
import { Network, type NetworkArgs } from "../../components/network";
import { idOf } from "../helpers/answers";
import { record, type Recording } from "../helpers/recording";

const network = (more: Partial<NetworkArgs> = {}) =>
  record(() => {
    const { vpcId, publicSubnetIds, privateSubnetIds } = new Network(
      "network",
      {
        cidr: "10.20.0.0/16",
        zones: ["eu-west-1a", "eu-west-1b"],
        natGateways: "one",
        ...more,
      },
      {},
    );
    return { vpcId, publicSubnetIds, privateSubnetIds };
  });

const FOR_TWO_ZONES = [
  "aws:ec2/eip:Eip network-nat-0",
  "aws:ec2/internetGateway:InternetGateway network-gateway",
  "aws:ec2/natGateway:NatGateway network-nat-0",
  "aws:ec2/route:Route network-private-0-nat",
  "aws:ec2/route:Route network-public-internet",
  "aws:ec2/routeTable:RouteTable network-private-0",
  "aws:ec2/routeTable:RouteTable network-public",
  "aws:ec2/routeTableAssociation:RouteTableAssociation network-private-0",
  "aws:ec2/routeTableAssociation:RouteTableAssociation network-private-1",
  "aws:ec2/routeTableAssociation:RouteTableAssociation network-public-0",
  "aws:ec2/routeTableAssociation:RouteTableAssociation network-public-1",
  "aws:ec2/subnet:Subnet network-private-0",
  "aws:ec2/subnet:Subnet network-private-1",
  "aws:ec2/subnet:Subnet network-public-0",
  "aws:ec2/subnet:Subnet network-public-1",
  "aws:ec2/vpc:Vpc network-vpc",
  "aws:ec2/vpcEndpoint:VpcEndpoint network-s3",
];

describe("Network", () => {
  describe("over two zones, with one NAT gateway", () => {
    let made: Recording;
    before(async () => {
      made = await network();
    });

    it("makes exactly these children", () => {
      assert.deepEqual(made.roots, ["next-on-eks:aws:Network network"]);
      assert.deepEqual(made.childrenOf("Network", "network"), FOR_TWO_ZONES);
    });

    it("gives the VPC its range and DNS names, which EKS and EFS need", () => {
      assert.deepEqual(made.inputs("Vpc", "network-vpc"), {
        cidrBlock: "10.20.0.0/16",
        enableDnsHostnames: true,
        enableDnsSupport: true,
        tags: { Name: "network-vpc" },
      });
    });

    it("tags the subnets for EKS load balancers and puts each pair into a zone", () => {
      const subnet = (name: string) => made.inputs("Subnet", name);
      assert.deepEqual(subnet("network-public-1"), {
        vpcId: "Vpc/network-vpc",
        cidrBlock: "10.20.208.0/20",
        availabilityZone: "eu-west-1b",
        tags: { Name: "network-public-1", "kubernetes.io/role/elb": "1" },
      });
      assert.deepEqual(subnet("network-private-1"), {
        vpcId: "Vpc/network-vpc",
        cidrBlock: "10.20.64.0/18",
        availabilityZone: "eu-west-1b",
        tags: { Name: "network-private-1", "kubernetes.io/role/internal-elb": "1" },
      });
    });

    it("routes public subnets to the internet gateway", () => {
      assert.deepEqual(made.inputs("Route", "network-public-internet"), {
        routeTableId: "RouteTable/network-public",
        destinationCidrBlock: "0.0.0.0/0",
        gatewayId: "InternetGateway/network-gateway",
      });
    });

    it("routes both private subnets to the one NAT gateway", () => {
      assert.deepEqual(made.inputs("Route", "network-private-0-nat"), {
        routeTableId: "RouteTable/network-private-0",
        destinationCidrBlock: "0.0.0.0/0",
        natGatewayId: "NatGateway/network-nat-0",
      });
      for (const index of [0, 1]) {
        assert.deepEqual(made.inputs("RouteTableAssociation", `network-private-${index}`), {
          subnetId: `Subnet/network-private-${index}`,
          routeTableId: "RouteTable/network-private-0",
        });
      }
      assert.deepEqual(made.inputs("NatGateway", "network-nat-0"), {
        subnetId: "Subnet/network-public-0",
        allocationId: "Eip/network-nat-0",
        tags: { Name: "network-nat-0" },
      });
    });

    it("reaches S3 past the NAT gateway", () => {
      assert.deepEqual(made.inputs("VpcEndpoint", "network-s3"), {
        vpcId: "Vpc/network-vpc",
        vpcEndpointType: "Gateway",
        serviceName: "com.amazonaws.eu-west-1.s3",
        routeTableIds: ["RouteTable/network-private-0"],
        tags: { Name: "network-s3" },
      });
    });

    it("hands out the ids of the VPC and of the subnets, in the order of the zones", () => {
      assert.deepEqual(made.outputs, {
        vpcId: "Vpc/network-vpc",
        publicSubnetIds: ["Subnet/network-public-0", "Subnet/network-public-1"],
        privateSubnetIds: ["Subnet/network-private-0", "Subnet/network-private-1"],
      });
      assert.deepEqual(
        made.registeredOutputs("Network", "network"),
        Object.keys(made.outputs).sort(),
      );
    });

    it("makes the NAT gateway after the route to the internet gateway", () => {
      const before = made.comesAfter("NatGateway", "network-nat-0");
      assert.ok(before.has("Route network-public-internet"));
      assert.ok(before.has("RouteTableAssociation network-public-0"));
    });
  });

  it("with perZone gives each zone a NAT gateway and a route table", async () => {
    const made = await network({ natGateways: "perZone" });
    assert.deepEqual(made.childrenOf("Network", "network"), [
      ...[
        ...FOR_TWO_ZONES,
        "aws:ec2/eip:Eip network-nat-1",
        "aws:ec2/natGateway:NatGateway network-nat-1",
        "aws:ec2/route:Route network-private-1-nat",
        "aws:ec2/routeTable:RouteTable network-private-1",
      ].sort(),
    ]);
    for (const index of [0, 1]) {
      assert.equal(
        made.inputs("Route", `network-private-${index}-nat`).natGatewayId,
        idOf("NatGateway", `network-nat-${index}`),
      );
      assert.equal(
        made.inputs("RouteTableAssociation", `network-private-${index}`).routeTableId,
        idOf("RouteTable", `network-private-${index}`),
      );
    }
    assert.deepEqual(made.inputs("VpcEndpoint", "network-s3").routeTableIds, [
      "RouteTable/network-private-0",
      "RouteTable/network-private-1",
    ]);
  });

  it("takes the zones that are named", async () => {
    const made = await network({ zones: ["eu-west-1c", "eu-west-1a"] });
    assert.equal(made.inputs("Subnet", "network-private-0").availabilityZone, "eu-west-1c");
    assert.equal(made.inputs("Subnet", "network-public-1").availabilityZone, "eu-west-1a");
  });

  it("leaves a subnet in its zone when the region comes to list other ones first", async () => {
    const made = await network();
    for (const role of ["private", "public"])
      assert.deepEqual(made.optionsOf("Subnet", `network-${role}-0`).ignoreChanges, [
        "availabilityZone",
      ]);
  });
});
