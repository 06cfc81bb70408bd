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
   * For nodes and the control plane's network interfaces. Only private ones: Auto Mode starts nodes in every subnet of
   * the cluster, and a node in a public subnet has no address and never joins. Load balancers find public subnets by
   * their tag.
   */
  privateSubnetIds: pulumi.Input<string[]>;
  /** Kubernetes version, such as 1.35. */
  version: string;
  /** Address range of Services. */
  serviceCidr: string;
  /** Ranges that can reach the API server from outside the VPC; empty: none. */
  publicAccessCidrs: string[];
  /** IAM roles that administer the cluster. */
  adminRoleArns: string[];
  /** Days that the control plane's logs are kept, the audit log among them. */
  logRetentionDays: number;
  /** Region of the cluster. */
  region: string;
  /** The AWS provider's identity; the Kubernetes provider signs in with the same one. */
  identity: AwsIdentity;
  /** Refuses to delete the cluster, in Pulumi and in AWS. */
  protect: boolean;
}

const ADMIN_POLICY = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy";

/** An EKS cluster in Auto Mode: AWS manages nodes, load balancers, block storage and pod identity. */
export class EksCluster extends pulumi.ComponentResource {
  readonly name: pulumi.Output<string>;
  /** The security group of all nodes and pods; file system and Redis allow it. */
  readonly securityGroupId: pulumi.Output<string>;
  /**
   * For whoever uses it: without the profile or role in the stack's config, which others may not have. It is secret
   * only because it contains the endpoint; access requires an IAM identity.
   */
  readonly kubeconfig: pulumi.Output<string>;
  /** For the identity that runs the program, with that profile or role. */
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
      // A destroy by an admin role needs its access until the last Kubernetes object is gone.
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
      // Without this key, nothing in the cluster's store could ever be read again.
      { parent: this, protect: this.args.protect },
    );
  }

  /**
   * If there is no log group, EKS creates it itself, keeps it forever and leaves it behind. The stack can only be first
   * if it knows the cluster's name before the cluster exists; the name is random, as a generated one would be.
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
        // Auto Mode brings nodes, CoreDNS and security groups; left on, these would create unused duplicates.
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
      // Created after the log group, which EKS would otherwise create itself, and deleted before it. The order is not
      // expressed through the name: if the log group were created again, the name would be unknown in a preview, and
      // the cluster would look replaced.
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
   * Without it the cluster accepts NetworkPolicies but does not enforce them. Auto Mode's default NodeClass allows what
   * no policy selects, as Kubernetes defines it. Source: EKS, "Use Network Policies with EKS Auto Mode".
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

  /** Lets a role administer the cluster. This is the last resource created for it. */
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
      // EKS refuses a policy for an identity without an entry.
      { parent: this, dependsOn: entry },
    );
  }
}

/** The name of an access entry: `arn:aws:iam::1111:role/ops/admin` becomes `1111-ops/admin`. */
function accessEntryName(arn: string): string {
  const [, , , , account, resource = ""] = arn.split(":");
  return `${account}-${resource.replace(/^[a-z-]+\//, "")}`;
}
