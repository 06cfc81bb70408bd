import * as aws from "@pulumi/aws";
import * as eks from "@pulumi/eks";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { AwsIdentity } from "../model/awsIdentity";
import { kubeconfigJson } from "./kubeconfig";

export interface EksClusterArgs {
  vpcId: pulumi.Input<string>;
  /**
   * For nodes and the control plane's network interfaces. Private ones alone: Auto Mode starts nodes in every subnet of the
   * cluster, and a node in a public subnet has no address and never joins. Load balancers find public subnets by their tag.
   */
  privateSubnetIds: pulumi.Input<string[]>;
  /** Kubernetes version, such as 1.35. */
  version: string;
  /** Address range of Services. */
  serviceCidr: string;
  /** Who reaches the API server from outside the VPC; empty: nobody. */
  publicAccessCidrs: string[];
  /** IAM roles that administer the cluster. */
  adminRoleArns: string[];
  /** Days that the control plane's logs are kept, the audit log among them. */
  logRetentionDays: number;
  /** Region of the cluster. */
  region: string;
  /** Whom the AWS provider acts as: the provider of Kubernetes signs in as the same. */
  identity: AwsIdentity;
  /** Refuses to delete the cluster, in Pulumi and in AWS. */
  protect: boolean;
}

const ADMIN_POLICY = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy";

/** An EKS cluster in Auto Mode: nodes, load balancers, block storage and pod identity are AWS's work. */
export class EksCluster extends pulumi.ComponentResource {
  readonly name: pulumi.Output<string>;
  /** The group of all nodes and pods; file system and Redis let it in. */
  readonly securityGroupId: pulumi.Output<string>;
  /**
   * Of whoever uses it: without the profile or role of the stack's config, which others may not have. Secret only in that it
   * names the endpoint; access takes an IAM identity.
   */
  readonly kubeconfig: pulumi.Output<string>;
  /** Of whoever runs the program, with that profile or role. */
  readonly providerKubeconfig: pulumi.Output<string>;
  readonly provider: k8s.Provider;

  constructor(
    private readonly prefix: string,
    private readonly args: EksClusterArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("next-on-eks:aws:EksCluster", prefix, {}, opts);

    const key = this.encryptionKey();
    const generatedName = this.generatedName();
    const logs = this.logGroup(generatedName);
    const cluster = this.cluster(generatedName, key, logs);
    this.name = cluster.core.cluster.name;
    this.securityGroupId = cluster.eksCluster.vpcConfig.clusterSecurityGroupId;

    const admins = args.adminRoleArns.map((roleArn) => this.admin(roleArn));
    this.kubeconfig = pulumi.secret(this.kubeconfigOf(cluster, {}));
    this.providerKubeconfig = this.kubeconfigOf(cluster, args.identity);
    this.provider = new k8s.Provider(
      `${prefix}-kubernetes`,
      { kubeconfig: this.providerKubeconfig, enableServerSideApply: true },
      // A destroy by one of the admins' roles needs its access until the last Kubernetes object is gone.
      { parent: this, dependsOn: admins },
    );
    this.enforceNetworkPolicies();
    this.registerOutputs({
      name: this.name,
      securityGroupId: this.securityGroupId,
      kubeconfig: this.kubeconfig,
    });
  }

  private encryptionKey(): aws.kms.Key {
    return new aws.kms.Key(
      `${this.prefix}-secrets`,
      {
        description: `Encrypts the Kubernetes secrets of ${this.prefix}`,
        enableKeyRotation: true,
        deletionWindowInDays: 30,
      },
      // Without its key nothing in the cluster's store can be read again.
      { parent: this, protect: this.args.protect },
    );
  }

  /**
   * EKS makes the log group itself where there is none, keeps it for ever and leaves it behind. Only a name that is known
   * before the cluster lets the stack be first; it is random, as a generated one would be.
   */
  private generatedName(): pulumi.Output<string> {
    const { hex } = new random.RandomId(
      `${this.prefix}-name`,
      { byteLength: 4, prefix: `${this.prefix}-` },
      { parent: this },
    );
    return hex;
  }

  private logGroup(generatedName: pulumi.Output<string>): aws.cloudwatch.LogGroup {
    return new aws.cloudwatch.LogGroup(
      `${this.prefix}-logs`,
      {
        name: pulumi.interpolate`/aws/eks/${generatedName}/cluster`,
        retentionInDays: this.args.logRetentionDays,
      },
      { parent: this },
    );
  }

  private cluster(
    name: pulumi.Output<string>,
    key: aws.kms.Key,
    logs: aws.cloudwatch.LogGroup,
  ): eks.Cluster {
    const { args } = this;
    const open = args.publicAccessCidrs.length > 0;
    return new eks.Cluster(
      `${this.prefix}-eks`,
      {
        name,
        version: args.version,
        vpcId: args.vpcId,
        privateSubnetIds: args.privateSubnetIds,
        kubernetesServiceIpAddressRange: args.serviceCidr,
        autoMode: { enabled: true },
        // Auto Mode brings nodes, CoreDNS and security groups; left on, these make unused twins.
        skipDefaultNodeGroup: true,
        skipDefaultSecurityGroups: true,
        createInstanceRole: false,
        corednsAddonOptions: { enabled: false },
        authenticationMode: eks.AuthenticationMode.Api,
        endpointPrivateAccess: true,
        endpointPublicAccess: open,
        publicAccessCidrs: open ? args.publicAccessCidrs : undefined,
        encryptionConfigKeyArn: key.arn,
        enabledClusterLogTypes: ["api", "audit", "authenticator", "controllerManager", "scheduler"],
        // EXTENDED, the default, costs six times as much once a version is old.
        upgradePolicy: { supportType: "STANDARD" },
        deletionProtection: args.protect,
      },
      // After the log group, which EKS would make anew, and before it when all goes. Nothing of this is in the name: a log group
      // that is made again would leave the name unknown in a preview, and the cluster would look replaced.
      { parent: this, protect: args.protect, dependsOn: logs },
    );
  }

  private kubeconfigOf(cluster: eks.Cluster, identity: AwsIdentity): pulumi.Output<string> {
    const { region } = this.args;
    return pulumi
      .all([this.name, cluster.eksCluster.endpoint, cluster.eksCluster.certificateAuthority.data])
      .apply(([clusterName, endpoint, certificateAuthority]) =>
        kubeconfigJson({ clusterName, endpoint, certificateAuthority, region, identity }),
      );
  }

  /**
   * Without it the cluster takes NetworkPolicies and enforces none. Auto Mode's default NodeClass allows what no policy
   * selects, as Kubernetes has it. Source: EKS, "Use Network Policies with EKS Auto Mode".
   */
  private enforceNetworkPolicies(): void {
    new k8s.core.v1.ConfigMap(
      `${this.prefix}-network-policy`,
      {
        metadata: { name: "amazon-vpc-cni", namespace: "kube-system" },
        data: { "enable-network-policy-controller": "true" },
      },
      { parent: this, provider: this.provider },
    );
  }

  /** Lets a role administer the cluster. The last of what is made for it. */
  private admin(principalArn: string): pulumi.Resource {
    const child = `${this.prefix}-${accessEntryName(principalArn)}`;
    const entry = new aws.eks.AccessEntry(
      child,
      { clusterName: this.name, principalArn },
      { parent: this },
    );
    return new aws.eks.AccessPolicyAssociation(
      child,
      {
        clusterName: this.name,
        principalArn,
        policyArn: ADMIN_POLICY,
        accessScope: { type: "cluster" },
      },
      // EKS refuses a policy for whom it has no entry.
      { parent: this, dependsOn: entry },
    );
  }
}

/** Of an access entry: `arn:aws:iam::1111:role/ops/admin` is `1111-ops/admin`. */
function accessEntryName(arn: string): string {
  const [, , , , account, resource = ""] = arn.split(":");
  return `${account}-${resource.replace(/^[a-z-]+\//, "")}`;
}
