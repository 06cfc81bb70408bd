import * as assert from "node:assert/strict";
import { SharedFileSystem, type SharedFileSystemArgs } from "../../components/sharedFileSystem";
import { withNew } from "../helpers/answers";
import { record, type Recording, type Settings } from "../helpers/recording";

const files = (more: Partial<SharedFileSystemArgs> = {}, settings?: Settings) =>
  record(() => {
    const { fileSystemId, uploadsAccessPointId } = new SharedFileSystem("files", {
      vpcId: "vpc",
      subnetIds: ["subnet-a", "subnet-b"],
      zones: 2,
      clientSecurityGroupId: "nodes",
      user: 1000,
      protect: true,
      ...more,
    });
    return { fileSystemId, uploadsAccessPointId };
  }, settings);

describe("SharedFileSystem", () => {
  let made: Recording;
  before(async () => {
    made = await files();
  });

  it("makes exactly these children", () => {
    assert.deepEqual(made.roots, ["next-on-eks:aws:SharedFileSystem files"]);
    assert.deepEqual(made.childrenOf("SharedFileSystem", "files"), [
      "aws:ec2/securityGroup:SecurityGroup files-efs",
      "aws:efs/accessPoint:AccessPoint files-uploads",
      "aws:efs/backupPolicy:BackupPolicy files-backup",
      "aws:efs/fileSystem:FileSystem files-efs",
      "aws:efs/fileSystemPolicy:FileSystemPolicy files-policy",
      "aws:efs/mountTarget:MountTarget files-0",
      "aws:efs/mountTarget:MountTarget files-1",
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule files-efs-nfs",
    ]);
  });

  it("encrypts, grows with its use and moves cold files (mocks do not check that AWS accepts it)", () => {
    assert.deepEqual(made.inputs("FileSystem", "files-efs"), {
      encrypted: true,
      throughputMode: "elastic",
      lifecyclePolicies: [
        { transitionToIa: "AFTER_30_DAYS" },
        { transitionToPrimaryStorageClass: "AFTER_1_ACCESS" },
      ],
      tags: { Name: "files" },
    });
  });

  it("backs it up", () => {
    assert.deepEqual(made.inputs("BackupPolicy", "files-backup"), {
      fileSystemId: "FileSystem/files-efs",
      backupPolicy: { status: "ENABLED" },
    });
  });

  it("refuses clients without TLS and those outside the VPC", () => {
    const { fileSystemId, policy } = made.inputs("FileSystemPolicy", "files-policy");
    assert.equal(fileSystemId, "FileSystem/files-efs");
    const all = { Principal: { AWS: "*" }, Resource: "arn:FileSystem/files-efs" };
    assert.deepEqual(JSON.parse(String(policy)), {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "MountInsideTheVpc",
          Effect: "Allow",
          ...all,
          Action: ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
          Condition: { Bool: { "elasticfilesystem:AccessedViaMountTarget": "true" } },
        },
        {
          Sid: "RefuseWithoutTls",
          Effect: "Deny",
          ...all,
          Action: "*",
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ],
    });
  });

  it("lets the cluster's group in, and nobody else", () => {
    assert.deepEqual(made.inputs("SecurityGroupIngressRule", "files-efs-nfs"), {
      securityGroupId: "SecurityGroup/files-efs",
      description: "NFS from the nodes of the cluster",
      referencedSecurityGroupId: "nodes",
      ipProtocol: "tcp",
      fromPort: 2049,
      toPort: 2049,
    });
    assert.deepEqual(made.inputs("SecurityGroup", "files-efs"), {
      vpcId: "vpc",
      description: "Mount targets of the shared file system",
      tags: { Name: "files-efs" },
    });
  });

  it("has a mount target in each subnet", () => {
    assert.deepEqual(
      ["files-0", "files-1"].map((name) => made.inputs("MountTarget", name)),
      ["subnet-a", "subnet-b"].map((subnetId) => ({
        fileSystemId: "FileSystem/files-efs",
        subnetId,
        securityGroups: ["SecurityGroup/files-efs"],
      })),
    );
  });

  it("keeps uploads behind an access point of the application's user", () => {
    assert.deepEqual(made.inputs("AccessPoint", "files-uploads"), {
      fileSystemId: "FileSystem/files-efs",
      posixUser: { uid: 1000, gid: 1000 },
      rootDirectory: {
        path: "/uploads",
        creationInfo: { ownerUid: 1000, ownerGid: 1000, permissions: "0750" },
      },
      tags: { Name: "files-uploads" },
    });
  });

  it("hands out the file system and the access point", () => {
    assert.deepEqual(made.outputs, {
      fileSystemId: "FileSystem/files-efs",
      uploadsAccessPointId: "AccessPoint/files-uploads",
    });
    assert.deepEqual(
      made.registeredOutputs("SharedFileSystem", "files"),
      Object.keys(made.outputs).sort(),
    );
  });

  it("hands out the same file system while mount targets, rule and policy are made anew", async () => {
    const fresh = ["MountTarget", "SecurityGroupIngressRule", "FileSystemPolicy"];
    const planned = await files(
      {},
      { preview: true, answers: withNew((kind) => fresh.includes(kind)) },
    );
    assert.deepEqual(planned.outputs, made.outputs);
  });

  it("protects the file system and the uploads, and only where asked to", async () => {
    assert.deepEqual(made.protectedOnes, ["AccessPoint files-uploads", "FileSystem files-efs"]);
    assert.deepEqual((await files({ protect: false })).protectedOnes, []);
  });
});
