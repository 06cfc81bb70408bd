import { either, labelled, type Facts } from "./factWords";

/** AWS, and what is created beside it: images, passwords and keys. */
export const AWS_FACTS: Readonly<Record<string, Facts>> = {
  "aws:acm/certificate:Certificate": (input) => [
    input("domainName"),
    input("subjectAlternativeNames"),
    labelled("validated by", input("validationMethod")),
  ],
  "aws:acm/certificateValidation:CertificateValidation": () => ["waits until it is valid"],
  "aws:cloudwatch/logGroup:LogGroup": (input) => [`kept ${input("retentionInDays")} days`],
  "aws:ec2/eip:Eip": () => [],
  "aws:ec2/internetGateway:InternetGateway": () => [],
  "aws:ec2/natGateway:NatGateway": () => [],
  "aws:ec2/route:Route": (input) => [
    `${input("destinationCidrBlock")} to ${input("natGatewayId") ? "the NAT gateway" : "the internet"}`,
  ],
  "aws:ec2/routeTable:RouteTable": () => [],
  "aws:ec2/routeTableAssociation:RouteTableAssociation": () => [],
  "aws:ec2/securityGroup:SecurityGroup": (input) => [input("description")],
  "aws:ec2/subnet:Subnet": (input) => [
    input("cidrBlock"),
    labelled("zone", input("availabilityZone")),
  ],
  "aws:ec2/vpc:Vpc": (input) => [input("cidrBlock")],
  "aws:ec2/vpcEndpoint:VpcEndpoint": (input) => [input("serviceName"), input("vpcEndpointType")],
  "aws:ecr/lifecyclePolicy:LifecyclePolicy": () => ["deletes old images"],
  "aws:ecr/repository:Repository": (input) => [
    either(input("imageScanningConfiguration.scanOnPush"), "scan on push"),
    either(input("forceDelete"), "deleted with its images"),
  ],
  "aws:efs/accessPoint:AccessPoint": (input) => [
    input("rootDirectory.path"),
    labelled("user", input("posixUser.uid")),
    labelled("mode", input("rootDirectory.creationInfo.permissions")),
  ],
  "aws:efs/backupPolicy:BackupPolicy": (input) => [
    labelled("backups", input("backupPolicy.status").toLowerCase()),
  ],
  "aws:efs/fileSystem:FileSystem": (input) => [
    either(input("encrypted"), "encrypted", "not encrypted"),
    labelled("throughput", input("throughputMode")),
  ],
  "aws:efs/fileSystemPolicy:FileSystemPolicy": (input) => [labelled("policy", input("policy"))],
  "aws:efs/mountTarget:MountTarget": (input) => [labelled("subnet", input("subnetId"))],
  "aws:eks/accessEntry:AccessEntry": (input) => [labelled("for", input("principalArn"))],
  "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": (input) => [
    input("policyArn").split("/").at(-1) ?? "",
    labelled("for", input("principalArn")),
  ],
  "aws:eks/addon:Addon": (input) => [input("addonName"), input("addonVersion")],
  "aws:elasticache/parameterGroup:ParameterGroup": (input) => [
    input("family"),
    `${input("parameters.0.name")} ${input("parameters.0.value")}`.trim(),
  ],
  "aws:elasticache/replicationGroup:ReplicationGroup": (input) => [
    `${input("engine")} ${input("engineVersion")}`,
    `${input("numCacheClusters")} x ${input("nodeType")}`,
    either(input("automaticFailoverEnabled"), "failover", "no failover"),
    either(input("transitEncryptionEnabled"), "TLS", "no TLS"),
    input("snapshotRetentionLimit") === "0"
      ? "no snapshots"
      : `snapshots kept ${input("snapshotRetentionLimit")} days`,
  ],
  "aws:elasticache/subnetGroup:SubnetGroup": () => [],
  "aws:iam/role:Role": (input) => [input("description")],
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": (input) => [
    input("policyArn").split("/").at(-1) ?? "",
  ],
  "aws:kms/key:Key": (input) => [either(input("enableKeyRotation"), "rotated", "not rotated")],
  "aws:route53/record:Record": (input) => [
    `${input("type")} ${input("name")}`,
    input("aliases") && "alias of the load balancer",
    input("records"),
  ],
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": (input) => [
    `${input("ipProtocol")} ${input("fromPort")}`,
    input("description"),
  ],
  "docker-build:index:Image": (input) => [
    labelled("context", input("context.location")),
    input("platforms"),
    either(input("push"), "pushed"),
  ],
  "eks:index:Cluster": (input) => [
    `Kubernetes ${input("version")}`,
    either(input("autoMode.enabled"), "Auto Mode"),
    input("endpointPublicAccess") === "true"
      ? `API open to ${input("publicAccessCidrs") || "the world"}`
      : "API inside the VPC only",
    labelled("support", input("upgradePolicy.supportType")),
    either(input("deletionProtection"), "deletion protection"),
  ],
  "random:index/randomId:RandomId": (input) => [labelled("prefix", input("prefix"))],
  "random:index/randomPassword:RandomPassword": (input) => [labelled("length", input("length"))],
  "tls:index/privateKey:PrivateKey": (input) => [input("algorithm"), input("ecdsaCurve")],
  "tls:index/selfSignedCert:SelfSignedCert": (input) => [input("subject.commonName")],
};
