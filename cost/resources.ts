import { providerOf } from "../plan/typeNames";
import type { Pricer } from "./context";
import { priceClusters } from "./lines/clusters";
import { priceAddresses, priceEndpoints, priceNat } from "./lines/network";
import { priceRedis } from "./lines/redis";
import {
  priceBackups,
  priceFiles,
  priceImages,
  priceKeys,
  priceLogs,
  priceVolumes,
} from "./lines/storage";

/* Every type in our plans: what prices it, or why it is free. Any other is not priced. A test holds that none of ours is missing. */

export const PRICED: Readonly<Record<string, Pricer | undefined>> = {
  "eks:index:Cluster": priceClusters,
  "aws:ec2/natGateway:NatGateway": priceNat,
  "aws:ec2/eip:Eip": priceAddresses,
  "aws:ec2/vpcEndpoint:VpcEndpoint": priceEndpoints,
  "aws:elasticache/replicationGroup:ReplicationGroup": priceRedis,
  "aws:efs/fileSystem:FileSystem": priceFiles,
  "aws:efs/backupPolicy:BackupPolicy": priceBackups,
  "aws:cloudwatch/logGroup:LogGroup": priceLogs,
  "aws:kms/key:Key": priceKeys,
  "aws:ecr/repository:Repository": priceImages,
  "kubernetes:storage.k8s.io/v1:StorageClass": priceVolumes,
  "kubernetes:core/v1:PersistentVolume": priceVolumes,
};

const VPC = "Amazon VPC pricing: a VPC and its routing cost nothing of their own";
const IAM = "IAM user guide, “What is IAM?”: IAM costs nothing";
const EKS = "Amazon EKS pricing: a part of the cluster's hour";
const CACHE = "Amazon ElastiCache pricing: nodes and snapshots are billed";
const FILES = "Amazon EFS pricing: storage and access are billed";
const CERTIFICATE = "AWS Certificate Manager pricing: public certificates cost nothing";
const IN_CLUSTER = "an object in the cluster, which is billed by its nodes";
const PODS = "its pods are billed by the nodes that they need";

/** Types that cost nothing of their own, with the source. */
export const FREE: Readonly<Record<string, string>> = {
  "aws:ec2/vpc:Vpc": VPC,
  "aws:ec2/subnet:Subnet": VPC,
  "aws:ec2/internetGateway:InternetGateway": VPC,
  "aws:ec2/route:Route": VPC,
  "aws:ec2/routeTable:RouteTable": VPC,
  "aws:ec2/routeTableAssociation:RouteTableAssociation": VPC,
  "aws:ec2/securityGroup:SecurityGroup": VPC,
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": VPC,
  "aws:iam/role:Role": IAM,
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": IAM,
  "aws:eks/accessEntry:AccessEntry": EKS,
  "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": EKS,
  "aws:eks/addon:Addon": `${EKS}; ${PODS}`,
  "aws:elasticache/parameterGroup:ParameterGroup": CACHE,
  "aws:elasticache/subnetGroup:SubnetGroup": CACHE,
  "aws:efs/accessPoint:AccessPoint": FILES,
  "aws:efs/fileSystemPolicy:FileSystemPolicy": FILES,
  "aws:efs/mountTarget:MountTarget": FILES,
  "aws:acm/certificate:Certificate": CERTIFICATE,
  "aws:acm/certificateValidation:CertificateValidation": CERTIFICATE,
  "aws:ecr/lifecyclePolicy:LifecyclePolicy": "Amazon ECR pricing: storage and transfer are billed",
  "aws:route53/record:Record":
    "Amazon Route 53 pricing: queries of aliases of load balancers cost nothing, and the zone is not the stack's",
  "kubernetes:apps/v1:Deployment": PODS,
  "kubernetes:helm.sh/v3:Release": PODS,
  "kubernetes:core/v1:Service": "its load balancer is billed by itself",
  "kubernetes:core/v1:PersistentVolumeClaim": "what it asks for is billed by its class or volume",
  "kubernetes:autoscaling/v2:HorizontalPodAutoscaler": IN_CLUSTER,
  "kubernetes:core/v1:ConfigMap": IN_CLUSTER,
  "kubernetes:core/v1:Namespace": IN_CLUSTER,
  "kubernetes:core/v1:Secret": IN_CLUSTER,
  "kubernetes:networking.k8s.io/v1:Ingress": IN_CLUSTER,
  "kubernetes:core/v1:LimitRange": IN_CLUSTER,
  "kubernetes:core/v1:ResourceQuota": IN_CLUSTER,
  "kubernetes:networking.k8s.io/v1:NetworkPolicy": IN_CLUSTER,
  "kubernetes:policy/v1:PodDisruptionBudget": IN_CLUSTER,
};

/** Providers whose resources exist nowhere but in Pulumi's state, or are made by the machine that runs Pulumi. */
const LOCAL = ["docker-build", "pulumi", "random", "tls"];

/** Whether a type is known to cost nothing of its own. */
export function isFree(type: string): boolean {
  return (
    Object.hasOwn(FREE, type) ||
    LOCAL.includes(providerOf(type)) ||
    type.startsWith("pulumi:providers:")
  );
}
