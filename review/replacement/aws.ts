import { isLower } from "../../model/versions";
import type { PropertyChange } from "../values";
import type { Effect, Table } from "./rule";

/*
 * Sources are files of hashicorp/terraform-provider-aws, on which pulumi-aws stands: `ForceNew` and `CustomizeDiff` of
 * SDK resources, `RequiresReplace` of framework resources. All of AWS's resources have `region` (since pulumi-aws 7).
 */

const service = (file: string) => `terraform-provider-aws: internal/service/${file}.go`;
const BY_NAME = ["name", "namePrefix"];
const region = "region";

export const AWS: Table = {
  "aws:acm/certificate:Certificate": {
    by: [
      region,
      "domainName",
      "subjectAlternativeNames",
      "validationMethod",
      "keyAlgorithm",
      "certificateAuthorityArn",
      "validationOptions",
    ],
    source: service("acm/certificate"),
  },
  "aws:acm/certificateValidation:CertificateValidation": {
    by: [region, "certificateArn", "validationRecordFqdns"],
    source: service("acm/certificate_validation"),
  },
  "aws:cloudwatch/logGroup:LogGroup": {
    by: [region, ...BY_NAME, "logGroupClass"],
    source: service("logs/group"),
  },
  "aws:ec2/eip:Eip": {
    by: [region, "domain", "networkBorderGroup", "publicIpv4Pool", "ipamPoolId", "address"],
    source: service("ec2/ec2_eip"),
  },
  "aws:ec2/internetGateway:InternetGateway": {
    by: [region],
    source: service("ec2/vpc_internet_gateway"),
  },
  "aws:ec2/natGateway:NatGateway": {
    by: [
      region,
      "allocationId",
      "connectivityType",
      "privateIp",
      "secondaryPrivateIpAddressCount",
      "subnetId",
    ],
    source: service("ec2/vpc_nat_gateway"),
  },
  "aws:ec2/route:Route": {
    by: [
      region,
      "routeTableId",
      "destinationCidrBlock",
      "destinationIpv6CidrBlock",
      "destinationPrefixListId",
    ],
    source: service("ec2/vpc_route"),
  },
  "aws:ec2/routeTable:RouteTable": {
    by: [region, "vpcId"],
    source: service("ec2/vpc_route_table"),
  },
  "aws:ec2/routeTableAssociation:RouteTableAssociation": {
    by: [region, "subnetId", "gatewayId"],
    source: service("ec2/vpc_route_table_association"),
  },
  "aws:ec2/securityGroup:SecurityGroup": {
    by: [region, ...BY_NAME, "description", "vpcId"],
    source: service("ec2/vpc_security_group"),
  },
  "aws:ec2/subnet:Subnet": {
    by: [
      region,
      "vpcId",
      "cidrBlock",
      "ipv4IpamPoolId",
      "ipv4NetmaskLength",
      "ipv6IpamPoolId",
      "ipv6NetmaskLength",
      "ipv6Native",
      "availabilityZone",
      "availabilityZoneId",
      "outpostArn",
    ],
    perhaps: { ipv6CidrBlock: "if addresses are assigned when an instance is created" },
    source: service("ec2/vpc_subnet"),
  },
  "aws:ec2/vpc:Vpc": {
    by: [region, "cidrBlock", "ipv4IpamPoolId", "ipv4NetmaskLength"],
    perhaps: { instanceTenancy: "from default to dedicated" },
    source: service("ec2/vpc_"),
  },
  "aws:ec2/vpcEndpoint:VpcEndpoint": {
    by: [
      region,
      "serviceName",
      "serviceRegion",
      "serviceNetworkArn",
      "resourceConfigurationArn",
      "vpcId",
      "vpcEndpointType",
    ],
    perhaps: {
      dnsOptions: "if it is about private names",
      privateDnsEnabled: "unless the endpoint is an Interface",
    },
    source: service("ec2/vpc_endpoint"),
  },
  "aws:ecr/lifecyclePolicy:LifecyclePolicy": {
    by: [region, "repository", "policy"],
    source: service("ecr/lifecycle_policy"),
  },
  "aws:ecr/repository:Repository": {
    by: [region, "name", "encryptionConfigurations"],
    source: service("ecr/repository"),
  },
  "aws:efs/accessPoint:AccessPoint": {
    by: [region, "fileSystemId", "posixUser", "rootDirectory"],
    source: service("efs/access_point"),
  },
  "aws:efs/backupPolicy:BackupPolicy": {
    by: [region, "fileSystemId"],
    source: service("efs/backup_policy"),
  },
  "aws:efs/fileSystem:FileSystem": {
    by: [
      region,
      "availabilityZoneName",
      "creationToken",
      "encrypted",
      "kmsKeyId",
      "performanceMode",
    ],
    source: service("efs/file_system"),
  },
  "aws:efs/fileSystemPolicy:FileSystemPolicy": {
    by: [region, "fileSystemId"],
    source: service("efs/file_system_policy"),
  },
  "aws:efs/mountTarget:MountTarget": {
    by: [region, "fileSystemId", "subnetId", "ipAddress", "ipAddressType"],
    source: service("efs/mount_target"),
  },
  "aws:eks/accessEntry:AccessEntry": {
    by: [region, "clusterName", "principalArn", "type"],
    source: service("eks/access_entry"),
  },
  "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": {
    by: [region, "clusterName", "principalArn", "policyArn", "accessScope"],
    source: service("eks/access_policy_association"),
  },
  "aws:eks/addon:Addon": {
    by: [region, "clusterName", "addonName"],
    source: service("eks/addon"),
  },
  "aws:elasticache/parameterGroup:ParameterGroup": {
    by: [region, "name", "family", "description"],
    source: service("elasticache/parameter_group"),
  },
  "aws:elasticache/replicationGroup:ReplicationGroup": {
    by: [
      region,
      "replicationGroupId",
      "atRestEncryptionEnabled",
      "dataTieringEnabled",
      "globalReplicationGroupId",
      "kmsKeyId",
      "networkType",
      "port",
      "securityGroupNames",
      "snapshotArns",
      "snapshotName",
      "subnetGroupName",
    ],
    perhaps: {
      transitEncryptionEnabled: "below engine version 7.0.5",
      nodeGroupConfigurations: "if a shard gets other slots or zones",
    },
    decide: engineOf,
    source: service("elasticache/replication_group"),
  },
  "aws:elasticache/subnetGroup:SubnetGroup": {
    by: [region, "name"],
    source: service("elasticache/subnet_group"),
  },
  "aws:iam/role:Role": { by: [...BY_NAME, "path"], source: service("iam/role") },
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
    by: ["role", "policyArn"],
    source: service("iam/role_policy_attachment"),
  },
  "aws:kms/key:Key": {
    by: [
      region,
      "customerMasterKeySpec",
      "keyUsage",
      "multiRegion",
      "customKeyStoreId",
      "xksKeyId",
    ],
    source: service("kms/key"),
  },
  "aws:route53/record:Record": {
    by: ["zoneId", "name"],
    perhaps: {
      type: "the provider deletes the record of the old type first",
      setIdentifier: "the provider deletes the record of the old set first",
    },
    source: service("route53/record"),
  },
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": {
    by: [region, "securityGroupId"],
    decide: sourceOf,
    source: service("ec2/vpc_security_group_ingress_rule"),
  },
};

/** Forward in place, back by a new group: customizeDiffEngineForceNewOnDowngrade, …VersionForceNewOnDowngrade. */
function engineOf({ path, old, now }: PropertyChange): Effect | undefined {
  if (path === "engine") return old === "valkey" ? "replaced" : "updated";
  if (path !== "engineVersion") return undefined;
  const known = [old, now].every((value) => /^\d+\.\d+/.test(String(value)));
  if (!known) return "perhaps replaced";
  return isLower(String(now), String(old)) ? "replaced" : "updated";
}

/** A rule may name another range or group, but not another kind of source. */
function sourceOf({ path, old, now }: PropertyChange): Effect | undefined {
  const kinds = ["cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"];
  if (!kinds.includes(path)) return undefined;
  return old === undefined || now === undefined ? "replaced" : "updated";
}
