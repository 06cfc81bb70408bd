/**
 * Where the provider sends each input of our resources: which member of which operation of AWS's API. Members are found
 * by name where the two are the same but for case; what differs is named here. An input that is nowhere is an error of
 * the test, so a new input of a component is mapped before it can pass unchecked.
 */
export interface Sent {
  /** `service.Operation`, the one that creates it. */
  readonly by: string;
  /** Inputs under another name: `Member`, `Member.Of.Another`, or `service.Operation:Member`. */
  readonly as?: Readonly<Record<string, string>>;
  /** Inputs that stay in the provider, with the reason. */
  readonly kept?: Readonly<Record<string, string>>;
  /** The name that Pulumi makes up where none is given, and its longest. Source: pulumi-aws, provider/resources.go, AutoName. */
  readonly named?: { readonly input: string; readonly longest: number };
  /** Takes the provider's default tags. */
  readonly tagged?: boolean;
}

const OF_PROVIDER = "the provider's own switch";
const TAGS = { tags: "TagSpecifications.Tags" };
const ec2 = (operation: string, more: Omit<Sent, "by"> = {}): Sent => ({
  by: `ec2.${operation}`,
  ...more,
});
const ec2Tagged = (operation: string, as: Record<string, string> = {}, more = {}): Sent =>
  ec2(operation, { as: { ...TAGS, ...as }, tagged: true, ...more });

export const SENT: Readonly<Record<string, Sent>> = {
  "aws:ec2/vpc:Vpc": ec2Tagged("CreateVpc", {
    enableDnsHostnames: "ec2.ModifyVpcAttribute:EnableDnsHostnames.Value",
    enableDnsSupport: "ec2.ModifyVpcAttribute:EnableDnsSupport.Value",
  }),
  "aws:ec2/internetGateway:InternetGateway": ec2Tagged("CreateInternetGateway", {
    vpcId: "ec2.AttachInternetGateway:VpcId",
  }),
  "aws:ec2/eip:Eip": ec2Tagged("AllocateAddress"),
  "aws:ec2/natGateway:NatGateway": ec2Tagged("CreateNatGateway"),
  "aws:ec2/subnet:Subnet": ec2Tagged("CreateSubnet", {
    mapPublicIpOnLaunch: "ec2.ModifySubnetAttribute:MapPublicIpOnLaunch.Value",
  }),
  "aws:ec2/routeTable:RouteTable": ec2Tagged("CreateRouteTable"),
  "aws:ec2/route:Route": ec2("CreateRoute"),
  "aws:ec2/routeTableAssociation:RouteTableAssociation": ec2("AssociateRouteTable"),
  "aws:ec2/vpcEndpoint:VpcEndpoint": ec2Tagged("CreateVpcEndpoint"),
  "aws:ec2/tag:Tag": ec2("CreateTags", {
    as: { resourceId: "Resources", key: "Tags.Key", value: "Tags.Value" },
  }),
  "aws:ec2/securityGroup:SecurityGroup": ec2Tagged(
    "CreateSecurityGroup",
    { name: "GroupName" },
    { named: { input: "name", longest: 255 } },
  ),
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": ec2Tagged(
    "AuthorizeSecurityGroupIngress",
    {
      securityGroupId: "GroupId",
      description: "IpPermissions.UserIdGroupPairs.Description",
      referencedSecurityGroupId: "IpPermissions.UserIdGroupPairs.GroupId",
      ipProtocol: "IpPermissions.IpProtocol",
      fromPort: "IpPermissions.FromPort",
      toPort: "IpPermissions.ToPort",
    },
  ),
  "aws:eks/accessEntry:AccessEntry": { by: "eks.CreateAccessEntry", tagged: true },
  "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": { by: "eks.AssociateAccessPolicy" },
  "aws:eks/addon:Addon": {
    by: "eks.CreateAddon",
    as: { resolveConflictsOnUpdate: "eks.UpdateAddon:resolveConflicts" },
    tagged: true,
  },
  "aws:efs/fileSystem:FileSystem": {
    by: "efs.CreateFileSystem",
    as: { lifecyclePolicies: "efs.PutLifecycleConfiguration:LifecyclePolicies" },
    named: { input: "creationToken", longest: 64 },
    tagged: true,
  },
  "aws:efs/backupPolicy:BackupPolicy": { by: "efs.PutBackupPolicy" },
  "aws:efs/fileSystemPolicy:FileSystemPolicy": { by: "efs.PutFileSystemPolicy" },
  "aws:efs/mountTarget:MountTarget": { by: "efs.CreateMountTarget" },
  "aws:efs/accessPoint:AccessPoint": { by: "efs.CreateAccessPoint", tagged: true },
  "aws:elasticache/subnetGroup:SubnetGroup": {
    by: "elasticache.CreateCacheSubnetGroup",
    as: { name: "CacheSubnetGroupName", description: "CacheSubnetGroupDescription" },
    named: { input: "name", longest: 255 },
    tagged: true,
  },
  "aws:elasticache/parameterGroup:ParameterGroup": {
    by: "elasticache.CreateCacheParameterGroup",
    as: {
      name: "CacheParameterGroupName",
      family: "CacheParameterGroupFamily",
      "parameters.name": "elasticache.ModifyCacheParameterGroup:ParameterNameValues.ParameterName",
      "parameters.value":
        "elasticache.ModifyCacheParameterGroup:ParameterNameValues.ParameterValue",
    },
    named: { input: "name", longest: 255 },
    tagged: true,
  },
  "aws:elasticache/replicationGroup:ReplicationGroup": {
    by: "elasticache.CreateReplicationGroup",
    as: {
      description: "ReplicationGroupDescription",
      nodeType: "CacheNodeType",
      parameterGroupName: "CacheParameterGroupName",
      subnetGroupName: "CacheSubnetGroupName",
      maintenanceWindow: "PreferredMaintenanceWindow",
      authTokenUpdateStrategy: "elasticache.ModifyReplicationGroup:AuthTokenUpdateStrategy",
      applyImmediately: "elasticache.ModifyReplicationGroup:ApplyImmediately",
    },
    named: { input: "replicationGroupId", longest: 40 },
    tagged: true,
  },
  "aws:iam/role:Role": {
    by: "iam.CreateRole",
    as: { name: "RoleName", assumeRolePolicy: "AssumeRolePolicyDocument" },
    named: { input: "name", longest: 64 },
    tagged: true,
  },
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
    by: "iam.AttachRolePolicy",
    as: { role: "RoleName" },
  },
  "aws:kms/key:Key": {
    by: "kms.CreateKey",
    as: { deletionWindowInDays: "kms.ScheduleKeyDeletion:PendingWindowInDays" },
    kept: { enableKeyRotation: "a call without an argument: EnableKeyRotation" },
    tagged: true,
  },
  "aws:cloudwatch/logGroup:LogGroup": {
    by: "logs.CreateLogGroup",
    as: { name: "logGroupName", retentionInDays: "logs.PutRetentionPolicy:retentionInDays" },
    tagged: true,
  },
  "aws:ecr/repository:Repository": {
    by: "ecr.CreateRepository",
    as: { name: "repositoryName", encryptionConfigurations: "encryptionConfiguration" },
    kept: { forceDelete: OF_PROVIDER },
    named: { input: "name", longest: 255 },
    tagged: true,
  },
  "aws:ecr/lifecyclePolicy:LifecyclePolicy": {
    by: "ecr.PutLifecyclePolicy",
    as: { policy: "lifecyclePolicyText", repository: "repositoryName" },
  },
  "aws:acm/certificate:Certificate": { by: "acm.RequestCertificate", tagged: true },
  "aws:acm/certificateValidation:CertificateValidation": {
    by: "acm.DescribeCertificate",
    kept: { validationRecordFqdns: "compared by the provider, not sent" },
  },
  "aws:route53/record:Record": {
    by: "route53.ChangeResourceRecordSets",
    as: {
      zoneId: "HostedZoneId",
      name: "ChangeBatch.Changes.ResourceRecordSet.Name",
      type: "ChangeBatch.Changes.ResourceRecordSet.Type",
      ttl: "ChangeBatch.Changes.ResourceRecordSet.TTL",
      records: "ChangeBatch.Changes.ResourceRecordSet.ResourceRecords.Value",
      "aliases.name": "ChangeBatch.Changes.ResourceRecordSet.AliasTarget.DNSName",
      "aliases.zoneId": "ChangeBatch.Changes.ResourceRecordSet.AliasTarget.HostedZoneId",
      "aliases.evaluateTargetHealth":
        "ChangeBatch.Changes.ResourceRecordSet.AliasTarget.EvaluateTargetHealth",
    },
    kept: { allowOverwrite: OF_PROVIDER },
  },
  // The component of pulumi-eks, as far as it hands on what we give it; what it makes of itself is not in our plan.
  "eks:index:Cluster": {
    by: "eks.CreateCluster",
    as: {
      privateSubnetIds: "resourcesVpcConfig.subnetIds",
      publicSubnetIds: "resourcesVpcConfig.subnetIds",
      subnetIds: "resourcesVpcConfig.subnetIds",
      kubernetesServiceIpAddressRange: "kubernetesNetworkConfig.serviceIpv4Cidr",
      endpointPrivateAccess: "resourcesVpcConfig.endpointPrivateAccess",
      endpointPublicAccess: "resourcesVpcConfig.endpointPublicAccess",
      publicAccessCidrs: "resourcesVpcConfig.publicAccessCidrs",
      encryptionConfigKeyArn: "encryptionConfig.provider.keyArn",
      enabledClusterLogTypes: "logging.clusterLogging.types",
      authenticationMode: "accessConfig.authenticationMode",
      "autoMode.enabled": "computeConfig.enabled",
    },
    kept: {
      vpcId: "where the component makes security groups",
      "autoMode.createNodeRole": "of the component",
      skipDefaultNodeGroup: "of the component",
      skipDefaultSecurityGroups: "of the component",
      createInstanceRole: "of the component",
      corednsAddonOptions: "of the component",
    },
    tagged: true,
  },
};
