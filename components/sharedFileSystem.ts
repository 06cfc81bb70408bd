import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface SharedFileSystemArgs {
  vpcId: pulumi.Input<string>;
  /** One subnet per zone; each gets a mount target. */
  subnetIds: pulumi.Input<string[]>;
  /** Number of subnets, which shapes the plan. */
  zones: number;
  /** The only group that may mount the file system. */
  clientSecurityGroupId: pulumi.Input<string>;
  /** uid and gid of every access through the access point for uploads. */
  user: number;
  /** Refuses to delete the file system and the access point of the uploads. */
  protect: boolean;
}

/**
 * An encrypted, elastic EFS file system, with a separate access point for uploads.
 *
 * What mounts it depends on the whole component: a pod can mount once every zone has a mount target that allows the
 * cluster and the policy is in place, and none of these may be deleted while a pod has mounted.
 */
export class SharedFileSystem extends pulumi.ComponentResource {
  /**
   * The plain id: if it waited for the mount targets and one were replaced, it would be unknown in a preview, and
   * volumes would look replaced.
   */
  readonly fileSystemId: pulumi.Output<string>;
  /** Where uploads are stored. It outlives clusters and claims, so that new ones find the same files. */
  readonly uploadsAccessPointId: pulumi.Output<string>;

  constructor(
    private readonly prefix: string,
    private readonly args: SharedFileSystemArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("next-on-eks:aws:SharedFileSystem", prefix, {}, opts);

    const fileSystem = this.fileSystem();
    this.backUp(fileSystem);
    this.takeTlsOnly(fileSystem);
    this.mountTargets(fileSystem, this.securityGroup());
    const uploads = this.uploads(fileSystem);

    this.fileSystemId = fileSystem.id;
    this.uploadsAccessPointId = uploads.id;
    this.registerOutputs({
      fileSystemId: this.fileSystemId,
      uploadsAccessPointId: this.uploadsAccessPointId,
    });
  }

  private fileSystem(): aws.efs.FileSystem {
    return new aws.efs.FileSystem(
      `${this.prefix}-efs`,
      {
        encrypted: true,
        throughputMode: "elastic",
        // AWS accepts one transition per entry.
        lifecyclePolicies: [
          { transitionToIa: "AFTER_30_DAYS" },
          { transitionToPrimaryStorageClass: "AFTER_1_ACCESS" },
        ],
        tags: { Name: this.prefix },
      },
      { parent: this, protect: this.args.protect },
    );
  }

  private backUp({ id }: aws.efs.FileSystem): void {
    const parent = { parent: this };
    new aws.efs.BackupPolicy(
      `${this.prefix}-backup`,
      { fileSystemId: id, backupPolicy: { status: "ENABLED" } },
      parent,
    );
  }

  private takeTlsOnly({ id, arn }: aws.efs.FileSystem): void {
    new aws.efs.FileSystemPolicy(
      `${this.prefix}-policy`,
      { fileSystemId: id, policy: arn.apply((it) => JSON.stringify(tlsOnly(it))) },
      { parent: this },
    );
  }

  /** Lets the nodes of the cluster in, and nobody else. */
  private securityGroup(): aws.ec2.SecurityGroup {
    const group = new aws.ec2.SecurityGroup(
      `${this.prefix}-efs`,
      {
        vpcId: this.args.vpcId,
        description: "Mount targets of the shared file system",
        tags: { Name: `${this.prefix}-efs` },
      },
      { parent: this },
    );
    new aws.vpc.SecurityGroupIngressRule(
      `${this.prefix}-efs-nfs`,
      {
        securityGroupId: group.id,
        description: "NFS from the nodes of the cluster",
        referencedSecurityGroupId: this.args.clientSecurityGroupId,
        ipProtocol: "tcp",
        fromPort: 2049,
        toPort: 2049,
      },
      { parent: this },
    );
    return group;
  }

  private mountTargets(fileSystem: aws.efs.FileSystem, group: aws.ec2.SecurityGroup): void {
    const { subnetIds, zones } = this.args;
    for (let index = 0; index < zones; index++) {
      new aws.efs.MountTarget(
        `${this.prefix}-${index}`,
        {
          fileSystemId: fileSystem.id,
          subnetId: pulumi.output(subnetIds).apply((ids) => ids[index] ?? ""),
          securityGroups: [group.id],
        },
        { parent: this },
      );
    }
  }

  private uploads(fileSystem: aws.efs.FileSystem): aws.efs.AccessPoint {
    const { protect, user } = this.args;
    return new aws.efs.AccessPoint(
      `${this.prefix}-uploads`,
      {
        fileSystemId: fileSystem.id,
        posixUser: { uid: user, gid: user },
        rootDirectory: {
          path: "/uploads",
          creationInfo: { ownerUid: user, ownerGid: user, permissions: "0750" },
        },
        tags: { Name: `${this.prefix}-uploads` },
      },
      { parent: this, protect },
    );
  }
}

/** Mounting is allowed only through a mount target and with TLS, which the CSI driver always uses. */
function tlsOnly(fileSystemArn: string): object {
  const principal = { Principal: { AWS: "*" }, Resource: fileSystemArn };
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "MountInsideTheVpc",
        Effect: "Allow",
        ...principal,
        Action: ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
        Condition: { Bool: { "elasticfilesystem:AccessedViaMountTarget": "true" } },
      },
      {
        Sid: "RefuseWithoutTls",
        Effect: "Deny",
        ...principal,
        Action: "*",
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  };
}
