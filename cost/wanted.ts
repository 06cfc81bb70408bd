/*
 * What the table of prices holds, and how AWS's price lists name it. One entry per price, the same in every region.
 * Usage types as published copies of the lists have them in 2026; `KMS-Keys` and `BackupUsage` are from memory. What a list does
 * not have, `npm run prices` names.
 */

/** A product of a service's price list. */
export interface Wanted {
  /** The folder of the list. */
  readonly service: string;
  readonly unit: "hour" | "GB" | "GB-month" | "month";
  /** Without what stands before it for the region: `EU-`, `USE1-`, `eu-west-1-`. */
  readonly usageType: string;
  /** Further columns, by their names in lower case without spaces. */
  readonly columns?: Readonly<Record<string, string>>;
}

/**
 * Instance types that nodes are priced by: the cheapest of each shape among those of the node pool `general-purpose` of EKS
 * Auto Mode (families c, m, r, newer than the fourth generation, amd64). Source: EKS user guide, "Review built-in node pools".
 * vCPU, memory in GiB, and how many pods the addresses of its network interfaces allow.
 */
export const NODE_TYPES: Readonly<Record<string, NodeType>> = {
  "c6a.large": { vcpu: 2, memory: 4, pods: 29 },
  "c6a.xlarge": { vcpu: 4, memory: 8, pods: 58 },
  "c6a.2xlarge": { vcpu: 8, memory: 16, pods: 58 },
  "c6a.4xlarge": { vcpu: 16, memory: 32, pods: 234 },
  "m6a.large": { vcpu: 2, memory: 8, pods: 29 },
  "m6a.xlarge": { vcpu: 4, memory: 16, pods: 58 },
  "m6a.2xlarge": { vcpu: 8, memory: 32, pods: 58 },
  "r6a.large": { vcpu: 2, memory: 16, pods: 29 },
  "r6a.xlarge": { vcpu: 4, memory: 32, pods: 58 },
  "r6a.2xlarge": { vcpu: 8, memory: 64, pods: 58 },
};

export interface NodeType {
  readonly vcpu: number;
  /** In GiB. */
  readonly memory: number;
  readonly pods: number;
}

/** Node types of ElastiCache that have a price. */
const CACHE_TYPES = [
  "cache.t4g.micro",
  "cache.t4g.small",
  "cache.t4g.medium",
  "cache.m7g.large",
  "cache.m7g.xlarge",
  "cache.r7g.large",
  "cache.r7g.xlarge",
];

const nodes = Object.keys(NODE_TYPES).flatMap((type): [string, Wanted][] => [
  [
    `node.${type}`,
    {
      service: "AmazonEC2",
      unit: "hour",
      usageType: `BoxUsage:${type}`,
      // Linux without a licence, on shared hardware.
      columns: { operation: "RunInstances", tenancy: "Shared", capacitystatus: "Used" },
    },
  ],
  [
    `autoMode.${type}`,
    { service: "AmazonEKS", unit: "hour", usageType: `EKS-Auto:${type}-management-hours` },
  ],
]);

const caches = CACHE_TYPES.flatMap((type) =>
  ["Redis", "Valkey"].map((cacheengine): [string, Wanted] => [
    `cache.${cacheengine.toLowerCase()}.${type}`,
    {
      service: "AmazonElastiCache",
      unit: "hour",
      usageType: `NodeUsage:${type}`,
      columns: { cacheengine },
    },
  ]),
);

const NAT = { service: "AmazonEC2", columns: { operation: "NatGateway" } };
const NLB = {
  service: "AWSELB",
  unit: "hour",
  columns: { operation: "LoadBalancing:Network" },
} as const;
const EFS_ACCESS = { service: "AmazonEFS", unit: "GB", usageType: "ETDataAccess-Bytes" } as const;

/** By the name under which the program asks for a price. */
export const WANTED: Readonly<Record<string, Wanted>> = {
  "eks.cluster": { service: "AmazonEKS", unit: "hour", usageType: "AmazonEKS-Hours:perCluster" },
  "eks.extendedSupport": {
    service: "AmazonEKS",
    unit: "hour",
    usageType: "AmazonEKS-Hours:extendedSupport",
  },
  ...Object.fromEntries(nodes),
  "node.disk": { service: "AmazonEC2", unit: "GB-month", usageType: "EBS:VolumeUsage.gp3" },
  "nat.hour": { ...NAT, unit: "hour", usageType: "NatGateway-Hours" },
  "nat.gb": { ...NAT, unit: "GB", usageType: "NatGateway-Bytes" },
  "address.hour": { service: "AmazonVPC", unit: "hour", usageType: "PublicIPv4:InUseAddress" },
  "balancer.hour": { ...NLB, usageType: "LoadBalancerUsage" },
  "balancer.capacity": { ...NLB, usageType: "LCUUsage" },
  "transfer.out": {
    service: "AWSDataTransfer",
    unit: "GB",
    usageType: "DataTransfer-Out-Bytes",
    columns: { transfertype: "AWS Outbound", tolocation: "External" },
  },
  "key.month": { service: "awskms", unit: "month", usageType: "KMS-Keys" },
  "logs.taken": { service: "AmazonCloudWatch", unit: "GB", usageType: "DataProcessing-Bytes" },
  "logs.kept": { service: "AmazonCloudWatch", unit: "GB-month", usageType: "TimedStorage-ByteHrs" },
  "files.kept": { service: "AmazonEFS", unit: "GB-month", usageType: "TimedStorage-ByteHrs" },
  "files.read": { ...EFS_ACCESS, columns: { accesstype: "Read" } },
  "files.written": { ...EFS_ACCESS, columns: { accesstype: "Write" } },
  "files.backup": { service: "AWSBackup", unit: "GB-month", usageType: "WarmStorage-ByteHrs-EFS" },
  "images.kept": { service: "AmazonECR", unit: "GB-month", usageType: "TimedStorage-ByteHrs" },
  ...Object.fromEntries(caches),
  "cache.snapshots": { service: "AmazonElastiCache", unit: "GB-month", usageType: "BackupUsage" },
};
