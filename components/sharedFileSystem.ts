import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface SharedFileSystemArgs {
  vpcId: pulumi.Input<string>;
  /** One subnet a zone; each gets a mount target. */
  subnetIds: pulumi.Input<string[]>;
  /** Number of subnets, which shapes the plan. */
  zones: number;
  /** The only group that may mount the file system. */
  clientSecurityGroupId: pulumi.Input<string>;
  /** uid and gid that every access through the access point of the uploads has. */
  user: number;
  /** Refuses to delete the file system and the access point of the uploads. */
  protect: boolean;
}

/**
 * An encrypted, elastic EFS file system, with an access point of its own for uploads.
 *
 * What mounts it depends on the whole component: a pod can mount once every zone has a mount target that lets the cluster in,
 * and the policy holds, and none of these may go while a pod has mounted.
 */
export class SharedFileSystem extends pulumi.ComponentResource {
  /** The plain id: a value that waited for the mount targets would be unknown, and volumes replaced, where one is made anew. */
  readonly fileSystemId: pulumi.Output<string>;
  /** Where uploads live. It outlives clusters and claims, so that a new one finds the same files. */
  readonly uploadsAccessPointId: pulumi.Output<string>;

  constructor(name: string, args: SharedFileSystemArgs, opts?: pulumi.ComponentResourceOptions) {
    super("next-on-eks:aws:SharedFileSystem", name, {}, opts);
    const parent = { parent: this };
    const durable = { parent: this, protect: args.protect };

    const fileSystem = new aws.efs.FileSystem(
      `${name}-efs`,
      {
        encrypted: true,
        throughputMode: "elastic",
        // AWS takes one transition an entry.
        lifecyclePolicies: [
          { transitionToIa: "AFTER_30_DAYS" },
          { transitionToPrimaryStorageClass: "AFTER_1_ACCESS" },
        ],
        tags: { Name: name },
      },
      durable,
    );
    new aws.efs.BackupPolicy(
      `${name}-backup`,
      { fileSystemId: fileSystem.id, backupPolicy: { status: "ENABLED" } },
      parent,
    );
    new aws.efs.FileSystemPolicy(
      `${name}-policy`,
      {
        fileSystemId: fileSystem.id,
        policy: fileSystem.arn.apply((arn) => JSON.stringify(tlsOnly(arn))),
      },
      parent,
    );

    const group = new aws.ec2.SecurityGroup(
      `${name}-efs`,
      {
        vpcId: args.vpcId,
        description: "Mount targets of the shared file system",
        tags: { Name: `${name}-efs` },
      },
      parent,
    );
    new aws.vpc.SecurityGroupIngressRule(
      `${name}-efs-nfs`,
      {
        securityGroupId: group.id,
        description: "NFS from the nodes of the cluster",
        referencedSecurityGroupId: args.clientSecurityGroupId,
        ipProtocol: "tcp",
        fromPort: 2049,
        toPort: 2049,
      },
      parent,
    );
    for (let index = 0; index < args.zones; index++) {
      new aws.efs.MountTarget(
        `${name}-${index}`,
        {
          fileSystemId: fileSystem.id,
          subnetId: pulumi.output(args.subnetIds).apply((ids) => ids[index] ?? ""),
          securityGroups: [group.id],
        },
        parent,
      );
    }

    const uploads = new aws.efs.AccessPoint(
      `${name}-uploads`,
      {
        fileSystemId: fileSystem.id,
        posixUser: { uid: args.user, gid: args.user },
        rootDirectory: {
          path: "/uploads",
          creationInfo: { ownerUid: args.user, ownerGid: args.user, permissions: "0750" },
        },
        tags: { Name: `${name}-uploads` },
      },
      durable,
    );

    this.fileSystemId = fileSystem.id;
    this.uploadsAccessPointId = uploads.id;
    this.registerOutputs({
      fileSystemId: this.fileSystemId,
      uploadsAccessPointId: this.uploadsAccessPointId,
    });
  }
}

/** Mounting is allowed through a mount target alone, and only with TLS, which the CSI driver always uses. */
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
