import * as assert from "node:assert/strict";
import { readNetwork, type ExistingNetwork } from "../../components/existingNetwork";
import { setCommand } from "../../config/messages/commands";
import {
  networkProblems,
  type FoundNetwork,
  type FoundSubnet,
} from "../../components/existingNetworkRules";
import type { Answers } from "../../engine/engine";
import { failureOf, record } from "../helpers/recording";

const VPC = "vpc-0aaaaaaaaaaaaaaaa";
const INTERNET = { gatewayId: "igw-1" };
const NAT = { gatewayId: "" };

const subnet = (id: string, zone: string, more: Partial<FoundSubnet> = {}): FoundSubnet => ({
  id,
  vpcId: VPC,
  zone: `eu-west-1${zone}`,
  zoneId: `euw1-az-${zone}`,
  tags: { "kubernetes.io/role/elb": "1", "kubernetes.io/role/internal-elb": "" },
  defaultRoute: id.startsWith("public") ? INTERNET : NAT,
  ...more,
});
const sound: FoundNetwork = {
  vpc: { id: VPC, cidrs: ["10.9.0.0/16"], enableDnsSupport: true, enableDnsHostnames: true },
  privateSubnets: [subnet("private-a", "a"), subnet("private-b", "b")],
  publicSubnets: [subnet("public-a", "a"), subnet("public-b", "b")],
  serviceCidr: "172.20.0.0/16",
};
const told = (more: Partial<FoundNetwork>) =>
  networkProblems({ ...sound, ...more }).map(
    ({ key, message, remedy }) => `${key}: ${message} > ${remedy}`,
  );
const PRIVATE = "network.existing.privateSubnetIds";
const OTHER = "name other subnets of the VPC in the stack's file";

describe("networkProblems (only an AWS account shows what lets through)", () => {
  it("finds nothing in a network in which the stack can run", () => {
    assert.deepEqual(told({}), []);
  });

  it("asks for names inside the VPC", () => {
    assert.deepEqual(told({ vpc: { ...sound.vpc, enableDnsHostnames: false } }), [
      `network.existing.vpcId: '${VPC}' has enableDnsHostnames off: nodes can resolve neither the API server nor the file system. > aws ec2 modify-vpc-attribute --vpc-id ${VPC} --enable-dns-hostnames`,
    ]);
  });

  it("keeps Services out of every range of the VPC", () => {
    const vpc = { ...sound.vpc, cidrs: ["10.9.0.0/16", "172.20.128.0/20"] };
    assert.deepEqual(told({ vpc }), [
      `cluster.serviceCidr: '172.20.0.0/16' overlaps '172.20.128.0/20' of '${VPC}'. > ${setCommand("cluster.serviceCidr", "RANGE")}`,
    ]);
  });

  const inPrivate = (second: FoundSubnet) => ({
    privateSubnets: [subnet("private-a", "a"), second],
  });
  it("refuses a subnet of another VPC", () => {
    assert.deepEqual(told(inPrivate(subnet("private-b", "b", { vpcId: "vpc-other" }))), [
      `${PRIVATE}: 'private-b' is in 'vpc-other', not in '${VPC}'. > ${OTHER}`,
    ]);
  });

  it("refuses two private subnets in one zone, and a zone without EKS", () => {
    assert.deepEqual(told(inPrivate(subnet("private-c", "a"))), [
      `${PRIVATE}: 'private-a' and 'private-c' are both in eu-west-1a: the file system has one mount target per zone. > name one private subnet per zone in the stack's file`,
    ]);
    assert.deepEqual(told(inPrivate(subnet("private-b", "b", { zoneId: "use1-az3" }))), [
      `${PRIVATE}: 'private-b' is in eu-west-1b (use1-az3), where EKS creates no clusters. > ${OTHER}`,
    ]);
  });

  it("refuses a private subnet without a way out, and one that is public", () => {
    assert.deepEqual(told(inPrivate(subnet("private-b", "b", { defaultRoute: undefined }))), [
      `${PRIVATE}: 'private-b' has no route for 0.0.0.0/0: its nodes can reach neither registries nor AWS. > aws ec2 create-route --route-table-id TABLE --destination-cidr-block 0.0.0.0/0 --nat-gateway-id NAT`,
    ]);
    assert.deepEqual(told(inPrivate(subnet("private-b", "b", { defaultRoute: INTERNET }))), [
      `${PRIVATE}: 'private-b' is public, by a route to 'igw-1': nodes get no public address and would never join. > ${OTHER}`,
    ]);
  });

  it("refuses a public subnet that the internet does not reach", () => {
    const publicSubnets = [subnet("public-a", "a", { defaultRoute: NAT }), subnet("public-b", "b")];
    assert.deepEqual(told({ publicSubnets }), [
      `network.existing.publicSubnetIds: 'public-a' has no route to an internet gateway for 0.0.0.0/0: visitors could not reach a load balancer in it. > ${OTHER}`,
    ]);
  });

  it("refuses a zone of nodes in which a load balancer would have no subnet", () => {
    assert.deepEqual(told({ publicSubnets: [subnet("public-a", "a")] }), [
      "network.existing.publicSubnetIds: none is in eu-west-1b: a load balancer sends nothing to pods in a zone where it has no subnet. > name a public subnet of each zone of the private ones in the stack's file",
    ]);
  });

  it("says which tags are missing, and the command that adds them", () => {
    const bare = { tags: {} };
    assert.deepEqual(
      told({
        privateSubnets: [subnet("private-a", "a", bare), subnet("private-b", "b", bare)],
        publicSubnets: [subnet("public-a", "a", bare), subnet("public-b", "b")],
      }),
      [
        "network.existing.publicSubnetIds: 'public-a' lacks the tag kubernetes.io/role/elb, by which EKS finds subnets for load balancers. > aws ec2 create-tags --resources public-a --tags Key=kubernetes.io/role/elb,Value=1",
        `${PRIVATE}: 'private-a', 'private-b' lack the tag kubernetes.io/role/internal-elb, by which EKS finds subnets for load balancers. > aws ec2 create-tags --resources private-a private-b --tags Key=kubernetes.io/role/internal-elb,Value=1`,
      ],
    );
  });
});

describe("readNetwork", () => {
  /** A subnet with `own` in its id has a route table of its own, else the VPC's main one holds. */
  const aws =
    (mainGateway: string): Answers["invoke"] =>
    ({ token, inputs }) => {
      const { id, subnetId } = inputs as { id: string; subnetId?: string };
      switch (token) {
        case "aws:ec2/getVpc:getVpc":
          return {
            cidrBlock: "10.9.0.0/16",
            cidrBlockAssociations: [
              { cidrBlock: "10.9.0.0/16", state: "associated" },
              { cidrBlock: "100.64.0.0/16", state: "associated" },
              { cidrBlock: "10.8.0.0/16", state: "disassociated" },
            ],
            enableDnsSupport: true,
            enableDnsHostnames: true,
          };
        case "aws:ec2/getSubnet:getSubnet":
          return {
            vpcId: VPC,
            availabilityZone: `eu-west-1${id.at(-1)}`,
            availabilityZoneId: "id",
            tags: { "kubernetes.io/role/elb": "1", "kubernetes.io/role/internal-elb": "1" },
          };
        case "aws:ec2/getRouteTable:getRouteTable": {
          if (subnetId !== undefined && !subnetId.includes("own")) return undefined;
          const gatewayId = subnetId === undefined ? mainGateway : "igw-1";
          return { routes: [{ cidrBlock: "0.0.0.0/0", gatewayId }] };
        }
        default:
          return undefined;
      }
    };
  const read = async (publicSubnetId: string, mainGateway = "") => {
    let found: ExistingNetwork | undefined;
    const made = await record(
      async () => {
        found = await readNetwork({
          vpcId: VPC,
          privateSubnetIds: ["private-b", "private-a"],
          publicSubnetIds: [publicSubnetId, "own-public-b"],
          serviceCidr: "172.20.0.0/16",
        });
        return {};
      },
      { preview: true, answers: { invoke: aws(mainGateway) } },
    );
    return { found, made };
  };

  it("makes nothing, gives the subnets in an order of its own, and all ranges of the VPC", async () => {
    const { found, made } = await read("own-public-a");
    assert.deepEqual(found, {
      vpcId: VPC,
      privateSubnetIds: ["private-a", "private-b"],
      cidrs: ["10.9.0.0/16", "100.64.0.0/16"],
    });
    assert.deepEqual(made.resources, []);
  });

  it("takes the VPC's main route table for a subnet without one of its own, and tells all problems at once", async () => {
    const message = await failureOf(read("own-public-a", "igw-2"));
    assert.match(message, /^The config of stack 'test' has 2 problems:/);
    assert.match(message, /next-on-eks:network.existing.privateSubnetIds: 'private-a' is public/);
    assert.match(await failureOf(read("public-a")), /'public-a' has no route to an internet gatew/);
  });
});
