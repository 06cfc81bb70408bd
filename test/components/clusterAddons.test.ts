import * as assert from "node:assert/strict";
import { ClusterAddons } from "../../components/clusterAddons";
import { record, type Recording } from "../helpers/recording";

describe("ClusterAddons", () => {
  let made: Recording;
  before(async () => {
    made = await record(() => {
      new ClusterAddons("addons", {
        clusterName: "shop",
        versions: { efsDriver: "v3.4.2-eksbuild.1", metricsServer: "v0.9.0-eksbuild.5" },
      });
      return {};
    });
  });

  it("makes exactly these children", () => {
    assert.deepEqual(made.roots, ["next-on-eks:aws:ClusterAddons addons"]);
    assert.deepEqual(made.childrenOf("ClusterAddons", "addons"), [
      "aws:eks/addon:Addon addons-efs-driver",
      "aws:eks/addon:Addon addons-metrics-server",
      "aws:iam/role:Role addons-efs-driver",
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment addons-efs-driver",
    ]);
  });

  it("gives the driver's service account a role by Pod Identity (mocks do not check that EKS knows the add-on)", () => {
    assert.deepEqual(made.inputs("Addon", "addons-efs-driver"), {
      clusterName: "shop",
      addonName: "aws-efs-csi-driver",
      addonVersion: "v3.4.2-eksbuild.1",
      podIdentityAssociations: [
        { serviceAccount: "efs-csi-controller-sa", roleArn: "arn:Role/addons-efs-driver" },
      ],
      resolveConflictsOnUpdate: "PRESERVE",
    });
    const { assumeRolePolicy } = made.inputs("Role", "addons-efs-driver");
    assert.deepEqual(JSON.parse(String(assumeRolePolicy)), {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: "pods.eks.amazonaws.com" },
          Action: ["sts:AssumeRole", "sts:TagSession"],
        },
      ],
    });
    assert.deepEqual(made.inputs("RolePolicyAttachment", "addons-efs-driver"), {
      role: "name of addons-efs-driver",
      policyArn: "arn:aws:iam::aws:policy/service-role/AmazonEFSCSIDriverPolicy",
    });
  });

  it("installs metrics-server for the autoscaler", () => {
    assert.deepEqual(made.inputs("Addon", "addons-metrics-server"), {
      clusterName: "shop",
      addonName: "metrics-server",
      addonVersion: "v0.9.0-eksbuild.5",
      resolveConflictsOnUpdate: "PRESERVE",
    });
  });

  it("keeps the driver's permission for as long as the driver runs", () => {
    const before = made.comesAfter("Addon", "addons-efs-driver");
    assert.ok(before.has("RolePolicyAttachment addons-efs-driver"));
  });
});
