import type { Table } from "./rule";

export const OTHERS: Table = {
  "docker-build:index:Image": {
    by: [],
    source:
      "pulumi-docker-build: provider/internal/image.go; another build is pushed, and no image is deleted",
  },
  "eks:index:Cluster": {
    by: ["name", "kubernetesServiceIpAddressRange", "ipFamily"],
    perhaps: {
      vpcId: "its subnets and security groups are then others too",
      encryptionConfigKeyArn: "EKS does not take a key away",
      autoMode: "another role of the nodes replaces the cluster",
      createInstanceRole: "another role of the nodes replaces the cluster",
      serviceRole: "another role replaces the cluster",
    },
    source: "terraform-provider-aws: internal/service/eks/cluster.go, through pulumi-eks",
  },
  "pulumi:index:Stash": { by: [], source: "pulumi: pkg/resource/deploy/builtins.go" },
  "pulumi:providers:kubernetes": {
    by: [],
    perhaps: {
      kubeconfig: "if it leads to another cluster",
      context: "if it leads to another cluster",
      cluster: "if it leads to another cluster",
    },
    source: "pulumi-kubernetes: provider/pkg/provider/provider.go, DiffConfig",
  },
  "random:index/randomId:RandomId": {
    by: ["*"],
    source: "terraform-provider-random: internal/provider/resource_id.go",
  },
  "random:index/randomPassword:RandomPassword": {
    by: ["*"],
    source: "terraform-provider-random: internal/provider/resource_password.go",
  },
  "tls:index/privateKey:PrivateKey": {
    by: ["*"],
    source: "terraform-provider-tls: internal/provider/resource_private_key.go",
  },
  "tls:index/selfSignedCert:SelfSignedCert": {
    by: ["*"],
    perhaps: { earlyRenewalHours: "if the time to renew it has come by then" },
    source: "terraform-provider-tls: internal/provider/resource_self_signed_cert.go",
  },
};
