import type { Kind } from "./kind";
import { textAt } from "./members";
import { counted, redisTitle } from "./words";

/** Components that make AWS resources. */
export const KINDS_ON_AWS: Readonly<Record<string, Kind>> = {
  Network: {
    place: { frame: "network" },
    title: () => "AWS network",
    facts: (members) => {
      const zones = new Set(
        members.of("Subnet").map(({ inputs }) => textAt(inputs, "availabilityZone")),
      );
      return [
        members.value("Vpc", "cidrBlock"),
        zones.size > 0 ? counted(zones.size, "zone") : undefined,
        counted(members.count("NatGateway"), "NAT gateway"),
      ];
    },
  },
  EksCluster: {
    place: { frame: "cluster" },
    title: () => "EKS cluster",
    facts: (members) => {
      const version = members.value("Cluster", "version");
      const auto = members.value("Cluster", "autoMode.enabled") === "true";
      return [version && `Kubernetes ${version}`, auto ? "Auto Mode" : undefined];
    },
  },
  ClusterAddons: {
    place: { chip: true },
    title: (members) => {
      const names = members.of("Addon").map(({ inputs }) => textAt(inputs, "addonName"));
      return `add-ons: ${names.filter(Boolean).join(", ") || "none"}`;
    },
  },
  SharedFileSystem: {
    place: { row: "state", order: 3 },
    title: () => "EFS",
    facts: (members) => [
      "shared files",
      members.value("FileSystem", "encrypted") === "true" ? "encrypted" : undefined,
      counted(members.count("MountTarget"), "zone"),
      members.value("BackupPolicy", "backupPolicy.status") === "ENABLED" ? "backed up" : undefined,
    ],
  },
  RedisCache: {
    place: { row: "state", order: 1 },
    title: (_, context) => redisTitle(context),
    facts: (members) => {
      const of = (path: string) => members.value("ReplicationGroup", path);
      const engine = of("engine") === "valkey" ? "Valkey" : "Redis";
      const nodes = Number(of("numCacheClusters") ?? 1);
      return [`${engine} ${of("engineVersion") ?? ""}, ${counted(nodes, "node")}`, of("nodeType")];
    },
  },
  Certificate: { place: { chip: true }, title: () => "TLS: certificate of ACM" },
  DnsRecords: {
    place: { chip: true },
    title: (members) => `DNS: ${counted(members.count("Record"), "record")} in Route 53`,
  },
  ContainerImage: { place: { chip: true }, title: () => "image in ECR" },
};
