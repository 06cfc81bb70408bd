import type { Answers } from "../../engine/engine";
import { answers, kindOf } from "../helpers/answers";
import { nameOf } from "./plan";

/*
 * Answers in the shapes that AWS gives, so that the ids, ARNs and names that cross from one resource to the next can be
 * held against the constraints of the one that takes them.
 */

export const ACCOUNT = "999988887777";
const HEX = "0a1b2c3d4e5f60718";

/** Beginnings of ids, by type. */
const PREFIXES: Readonly<Record<string, string>> = {
  "aws:ec2/vpc:Vpc": "vpc",
  "aws:ec2/subnet:Subnet": "subnet",
  "aws:ec2/internetGateway:InternetGateway": "igw",
  "aws:ec2/natGateway:NatGateway": "nat",
  "aws:ec2/eip:Eip": "eipalloc",
  "aws:ec2/routeTable:RouteTable": "rtb",
  "aws:ec2/securityGroup:SecurityGroup": "sg",
  "aws:ec2/vpcEndpoint:VpcEndpoint": "vpce",
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "sgr",
  "aws:efs/fileSystem:FileSystem": "fs",
  "aws:efs/mountTarget:MountTarget": "fsmt",
  "aws:efs/accessPoint:AccessPoint": "fsap",
};
/** What an ARN names, by type. */
const ARNS: Readonly<Record<string, string>> = {
  "aws:iam/role:Role": "iam::ACCOUNT:role/NAME",
  "aws:kms/key:Key": "kms:REGION:ACCOUNT:key/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9",
  "aws:efs/fileSystem:FileSystem": "elasticfilesystem:REGION:ACCOUNT:file-system/ID",
  "aws:acm/certificate:Certificate":
    "acm:REGION:ACCOUNT:certificate/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9",
};

type Given = Readonly<Record<string, unknown>>;

export function world(region: string): Required<Answers> {
  return {
    resource: (asked) => {
      const { type, name } = asked;
      const inputs = asked.inputs as Given;
      const base = answers.resource(asked);
      const id = type in PREFIXES ? `${PREFIXES[type]}-${idOf(name)}` : base.id;
      const physical = nameOf(type, name, inputs);
      const arn = `arn:aws:${ARNS[type] ?? `test:REGION:ACCOUNT:${kindOf(type)}/NAME`}`
        .replace("REGION", region)
        .replace("ACCOUNT", ACCOUNT)
        .replace("NAME", physical ?? name)
        .replace("ID", id ?? "");
      return {
        ...base,
        id,
        state: {
          ...base.state,
          ...(type.startsWith("aws:") && { arn, name: physical ?? name }),
          ...of[kindOf(type)]?.(inputs),
        },
      };
    },
    invoke: ({ token, inputs, ...rest }) =>
      invokes(region)[token]?.(inputs as Given) ?? answers.invoke({ token, inputs, ...rest }),
  };
}

/** Ids differ from resource to resource. */
function idOf(name: string): string {
  const hash = [...name].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 0xffff_ffff, 7);
  return (hash.toString(16) + HEX).slice(0, 17);
}

const of: Readonly<Record<string, (inputs: Given) => Given>> = {
  Cluster: ({ name }) => ({
    core: { cluster: { name } },
    eksCluster: { name, vpcConfig: { clusterSecurityGroupId: `sg-${HEX}` } },
  }),
  // The service's alphabet is what the plan asks the generator for.
  RandomPassword: ({ length, special }) => ({
    result: (special === false ? "aB3" : "aB3%").repeat(Number(length)).slice(0, Number(length)),
  }),
  Certificate: ({ domainName, subjectAlternativeNames }) => ({
    domainValidationOptions: [domainName, ...((subjectAlternativeNames ?? []) as unknown[])].map(
      (host) => ({
        domainName: host,
        resourceRecordName: `_${(HEX + HEX).slice(0, 32)}.${String(host)}.`,
        resourceRecordType: "CNAME",
        resourceRecordValue: `_${(HEX + HEX).slice(0, 32)}.jkddzztszm.acm-validations.aws.`,
      }),
    ),
  }),
  Repository: () => ({
    repositoryUrl: `${ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/images`,
    registryId: ACCOUNT,
  }),
};

function invokes(region: string): Readonly<Record<string, (inputs: Given) => Given>> {
  return {
    "aws:index/getAvailabilityZones:getAvailabilityZones": () => ({
      names: ["a", "b", "c"].map((zone) => `${region}${zone}`),
    }),
    "aws:index/getRegion:getRegion": () => ({ region }),
    "aws:route53/getZone:getZone": () => ({ zoneId: "Z0123456789ABCDEFGHIJ" }),
    "aws:lb/getHostedZoneId:getHostedZoneId": () => ({ id: "Z2IFOLAFXWLO4F" }),
  };
}
