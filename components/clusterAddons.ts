import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ADDON_NAMES, type AddonVersions } from "../model/addonVersions";

export interface ClusterAddonsArgs {
  clusterName: pulumi.Input<string>;
  versions: AddonVersions;
}

const EFS_DRIVER_POLICY = "arn:aws:iam::aws:policy/service-role/AmazonEFSCSIDriverPolicy";

/** Provisioner of the StorageClasses and driver of the volumes. */
export const EFS_PROVISIONER = "efs.csi.aws.com";

/**
 * The EKS add-ons that the application needs and Auto Mode does not bring: the EFS CSI driver and metrics-server.
 * Volumes depend on the whole component: without the driver none can be created, mounted or deleted.
 */
export class ClusterAddons extends pulumi.ComponentResource {
  constructor(name: string, args: ClusterAddonsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("next-on-eks:aws:ClusterAddons", name, {}, opts);
    const parent = { parent: this };

    const role = new aws.iam.Role(
      `${name}-efs-driver`,
      {
        description: "EFS CSI driver: makes access points",
        assumeRolePolicy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Principal: { Service: "pods.eks.amazonaws.com" },
              Action: ["sts:AssumeRole", "sts:TagSession"],
            },
          ],
        }),
      },
      parent,
    );
    const permission = new aws.iam.RolePolicyAttachment(
      `${name}-efs-driver`,
      { role: role.name, policyArn: EFS_DRIVER_POLICY },
      parent,
    );
    new aws.eks.Addon(
      `${name}-efs-driver`,
      {
        clusterName: args.clusterName,
        addonName: ADDON_NAMES.efsDriver,
        addonVersion: args.versions.efsDriver,
        podIdentityAssociations: [{ serviceAccount: "efs-csi-controller-sa", roleArn: role.arn }],
        resolveConflictsOnUpdate: "PRESERVE",
      },
      // The driver must be able to delete its access points for as long as it runs.
      { parent: this, dependsOn: permission },
    );
    new aws.eks.Addon(
      `${name}-metrics-server`,
      {
        clusterName: args.clusterName,
        addonName: ADDON_NAMES.metricsServer,
        addonVersion: args.versions.metricsServer,
        resolveConflictsOnUpdate: "PRESERVE",
      },
      parent,
    );

    this.registerOutputs({});
  }
}
