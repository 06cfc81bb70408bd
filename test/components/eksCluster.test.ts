import * as assert from "node:assert/strict";
import { EksCluster, type EksClusterArgs } from "../../components/eksCluster";
import { Secret } from "../../engine/engine";
import { AUTHORITY, ENDPOINT, withNew } from "../helpers/answers";
import { record, type Recording } from "../helpers/recording";

const args: EksClusterArgs = {
  vpcId: "vpc",
  privateSubnetIds: ["private"],
  version: "1.35",
  serviceCidr: "172.20.0.0/16",
  publicAccessCidrs: ["198.51.100.0/24"],
  adminRoleArns: ["arn:aws:iam::111122223333:role/ops/admin"],
  logRetentionDays: 90,
  region: "eu-west-1",
  identity: {},
  protect: true,
};

const cluster = (more: Partial<EksClusterArgs> = {}) =>
  record(() => {
    const { name, securityGroupId, kubeconfig } = new EksCluster("cluster", { ...args, ...more });
    return { name, securityGroupId, kubeconfig };
  });

interface Kubeconfig {
  readonly "current-context": string;
  readonly contexts: readonly { name: string; context: { cluster: string; user: string } }[];
  readonly clusters: readonly { name: string; cluster: Record<string, string> }[];
  readonly users: readonly { name: string; user: { exec: Record<string, unknown> } }[];
}
const EXEC = {
  apiVersion: "client.authentication.k8s.io/v1beta1",
  command: "aws",
  interactiveMode: "Never",
};
const GET_TOKEN = [
  ...["eks", "get-token", "--cluster-name", "name of cluster-eks"],
  ...["--region", "eu-west-1", "--output", "json"],
];

/** What the kubeconfig of the provider runs for a token. */
function execOf(made: Recording): Record<string, unknown> | undefined {
  const { kubeconfig } = made.inputs("kubernetes", "cluster-kubernetes");
  return (JSON.parse(String(kubeconfig)) as Kubeconfig).users[0]?.user.exec;
}

describe("EksCluster", () => {
  let made: Recording;
  before(async () => {
    made = await cluster();
  });

  it("makes a log group, a key, a cluster and a Kubernetes provider (mocks see the cluster as one resource)", () => {
    assert.deepEqual(made.roots, ["next-on-eks:aws:EksCluster cluster"]);
    assert.deepEqual(made.childrenOf("EksCluster", "cluster"), [
      "aws:cloudwatch/logGroup:LogGroup cluster-logs",
      "aws:eks/accessEntry:AccessEntry cluster-111122223333-ops/admin",
      "aws:eks/accessPolicyAssociation:AccessPolicyAssociation cluster-111122223333-ops/admin",
      "aws:kms/key:Key cluster-secrets",
      "eks:index:Cluster cluster-eks",
      "kubernetes:core/v1:ConfigMap cluster-network-policy",
      "pulumi:providers:kubernetes cluster-kubernetes",
      "random:index/randomId:RandomId cluster-name",
    ]);
  });

  it("makes the log group before EKS would, and keeps logs for a while (mocks do not prove that EKS takes it)", () => {
    assert.deepEqual(made.inputs("LogGroup", "cluster-logs"), {
      name: "/aws/eks/cluster-4f2a/cluster",
      retentionInDays: 90,
    });
    assert.equal(made.inputs("Cluster", "cluster-eks").name, "cluster-4f2a");
    assert.ok(made.comesAfter("Cluster", "cluster-eks").has("LogGroup cluster-logs"));
  });

  it("has NetworkPolicies enforced (mocks enforce none)", () => {
    const { metadata, data } = made.inputs("ConfigMap", "cluster-network-policy");
    assert.deepEqual(metadata, { name: "amazon-vpc-cni", namespace: "kube-system" });
    assert.deepEqual(data, { "enable-network-policy-controller": "true" });
    assert.ok(made.comesAfter("ConfigMap", "cluster-network-policy").has("Cluster cluster-eks"));
  });

  it("asks for Auto Mode, API authentication and encrypted secrets (mocks do not check that AWS accepts it)", () => {
    assert.deepEqual(made.inputs("Cluster", "cluster-eks"), {
      name: "cluster-4f2a",
      version: "1.35",
      vpcId: "vpc",
      privateSubnetIds: ["private"],
      kubernetesServiceIpAddressRange: "172.20.0.0/16",
      // The SDK adds what is beside enabled here.
      autoMode: { enabled: true, createNodeRole: true },
      skipDefaultNodeGroup: true,
      skipDefaultSecurityGroups: true,
      createInstanceRole: false,
      corednsAddonOptions: {
        enabled: false,
        resolveConflictsOnCreate: "OVERWRITE",
        resolveConflictsOnUpdate: "OVERWRITE",
      },
      authenticationMode: "API",
      endpointPrivateAccess: true,
      endpointPublicAccess: true,
      publicAccessCidrs: ["198.51.100.0/24"],
      encryptionConfigKeyArn: "arn:Key/cluster-secrets",
      enabledClusterLogTypes: ["api", "audit", "authenticator", "controllerManager", "scheduler"],
      upgradePolicy: { supportType: "STANDARD" },
      deletionProtection: true,
    });
  });

  it("has subnets for nodes alone: Auto Mode would start nodes in public ones, where they never join (mocks start none)", () => {
    const { inputs } = made.one("Cluster", "cluster-eks");
    assert.deepEqual(
      ["subnetIds", "publicSubnetIds", "privateSubnetIds"].filter((key) => key in inputs),
      ["privateSubnetIds"],
    );
  });

  it("knows the cluster's name where its log group is made anew (mocks show no replacement)", async () => {
    const planned = await record(
      () => {
        new EksCluster("cluster", args);
        return {};
      },
      { preview: true, answers: withNew((kind) => kind === "LogGroup") },
    );
    assert.equal(planned.inputs("Cluster", "cluster-eks").name, "cluster-4f2a");
  });

  it("rotates the key of the secrets", () => {
    assert.deepEqual(made.inputs("Key", "cluster-secrets"), {
      description: "Encrypts the Kubernetes secrets of cluster",
      enableKeyRotation: true,
      deletionWindowInDays: 30,
    });
  });

  it("signs the provider in to the cluster as whoever runs it (mocks ask no AWS CLI)", () => {
    const provider = made.inputs("kubernetes", "cluster-kubernetes");
    assert.equal(provider.enableServerSideApply, "true");
    const { users, ...rest } = JSON.parse(String(provider.kubeconfig)) as Kubeconfig;
    assert.deepEqual(rest, {
      apiVersion: "v1",
      kind: "Config",
      "current-context": "eks",
      clusters: [
        {
          name: "eks",
          cluster: { server: ENDPOINT, "certificate-authority-data": AUTHORITY },
        },
      ],
      contexts: [{ name: "eks", context: { cluster: "eks", user: "eks" } }],
    });
    assert.deepEqual(users, [{ name: "eks", user: { exec: { ...EXEC, args: GET_TOKEN } } }]);
  });

  it("signs in with the profile that AWS is asked with, which keys in the environment do not outweigh", async () => {
    const profile = await cluster({ identity: { profile: "company-prod" } });
    assert.deepEqual(execOf(profile), {
      ...EXEC,
      args: [...GET_TOKEN, "--profile", "company-prod"],
    });
  });

  it("signs in with the role that AWS is asked with, and assumes it as the profile", async () => {
    const roleArn = "arn:aws:iam::999988887777:role/deploy";
    assert.deepEqual(execOf(await cluster({ identity: { roleArn } })), {
      ...EXEC,
      args: [...GET_TOKEN, "--role-arn", roleArn],
    });
    assert.deepEqual(execOf(await cluster({ identity: { roleArn, profile: "ci" } })), {
      ...EXEC,
      args: [...GET_TOKEN, "--role-arn", roleArn, "--profile", "ci"],
    });
  });

  it("hands out name, security group and, as a secret, a kubeconfig without the stack's profile", async () => {
    const { outputs } = await cluster({ identity: { profile: "company-prod" } });
    const { kubeconfig } = made.inputs("kubernetes", "cluster-kubernetes");
    assert.deepEqual(outputs, {
      name: "name of cluster-eks",
      securityGroupId: "group of cluster-eks",
      kubeconfig: new Secret(kubeconfig),
    });
    assert.deepEqual(made.registeredOutputs("EksCluster", "cluster"), Object.keys(outputs).sort());
  });

  it("protects the cluster and its key, in Pulumi and in AWS", () => {
    assert.deepEqual(made.protectedOnes, ["Cluster cluster-eks", "Key cluster-secrets"]);
  });

  it("protects nothing where that is off", async () => {
    const open = await cluster({ protect: false });
    assert.deepEqual(open.protectedOnes, []);
    assert.equal(open.inputs("Cluster", "cluster-eks").deletionProtection, false);
  });

  it("has no public endpoint where nobody may reach it", async () => {
    const closed = (await cluster({ publicAccessCidrs: [] })).inputs("Cluster", "cluster-eks");
    assert.equal(closed.endpointPublicAccess, false);
    assert.equal("publicAccessCidrs" in closed, false);
  });

  it("lets the roles administer it, for longer than any Kubernetes object lives (mocks do not show that EKS honours it)", () => {
    const name = "cluster-111122223333-ops/admin";
    const principalArn = "arn:aws:iam::111122223333:role/ops/admin";
    const clusterName = "name of cluster-eks";
    assert.deepEqual(made.inputs("AccessEntry", name), { clusterName, principalArn });
    assert.deepEqual(made.inputs("AccessPolicyAssociation", name), {
      clusterName,
      principalArn,
      policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
      accessScope: { type: "cluster" },
    });
    const before = made.comesAfter("ConfigMap", "cluster-network-policy");
    for (const kind of ["AccessEntry", "AccessPolicyAssociation"])
      assert.ok(before.has(`${kind} ${name}`), kind);
    assert.equal("accessEntries" in made.inputs("Cluster", "cluster-eks"), false);
  });

  it("names access entries after account and role, each by a name of its own", async () => {
    const adminRoleArns = [
      "arn:aws:iam::111122223333:role/platform",
      "arn:aws:iam::111122223333:role/a/b",
      "arn:aws:iam::111122223333:role/a-b",
    ];
    const named = (await cluster({ adminRoleArns })).resources.filter(({ type }) =>
      type.endsWith(":AccessEntry"),
    );
    assert.deepEqual(named.map(({ name }) => name).sort(), [
      "cluster-111122223333-a-b",
      "cluster-111122223333-a/b",
      "cluster-111122223333-platform",
    ]);
  });
});
