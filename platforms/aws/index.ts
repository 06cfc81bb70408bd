import * as pulumi from "@pulumi/pulumi";
import { ClusterAddons, EFS_PROVISIONER } from "../../components/clusterAddons";
import { Certificate } from "../../components/certificate";
import { ContainerImage } from "../../components/containerImage";
import { DnsRecords } from "../../components/dnsRecords";
import { ecrLogin } from "../../components/ecrLogin";
import { EksCluster } from "../../components/eksCluster";
import type { ExistingNetwork } from "../../components/existingNetwork";
import { kubectlWith } from "../../components/kubectl";
import { Network } from "../../components/network";
import { RedisCache } from "../../components/redisCache";
import { SharedFileSystem } from "../../components/sharedFileSystem";
import type { AwsConfig } from "../../config";
import { addonVersions } from "../../model/addonVersions";
import { SAFE, type Facts } from "../../config/changes";
import { BUILT } from "../../config/platforms/aws/changes";
import { setCommand } from "../../config/messages/commands";
import { told } from "../../config/messages/problems";
import { liveImage } from "../../model/rollout";
import { awsSurroundings, type AwsSurroundings } from "./surroundings";
import type { Ground, Platform, RedisUrls } from "../platform";
import { EVICTION, pagesAndSessions, tlsOfSecret } from "../sharedParts";

const repositoryStays = () =>
  told(
    "app.build",
    "is no longer set; the ECR repository stays with its images, because pods, roll-backs and other stacks may use them. Once nothing does:",
    setCommand("confirm[0]", "app.build"),
  );

/**
 * VPC, EKS, EFS and ElastiCache: everything below the application, created by the stack.
 * @throws {ConfigError} if AWS shows that the config cannot work
 */
export async function onAws(config: AwsConfig): Promise<Ground> {
  const around = await awsSurroundings(config);
  return {
    // The cluster is the stack's own.
    conflicts: () => Promise.resolve(SAFE),
    make: (kept) => awsPlatform(config, around, kept),
  };
}

function awsPlatform(config: AwsConfig, around: AwsSurroundings, kept: Facts): Platform {
  const { app, cache, ingress, protect } = config;
  const { zoneId } = around;
  const wildcard = ingress.wildcard ? [`*.${app.host}`] : [];
  const hosts = [app.host, ...ingress.extraHosts, ...wildcard];

  const network = around.network ? usedNetwork(around.network) : ownNetwork(config, around.zones);
  const cluster = clusterIn(network, config);
  const clientSecurityGroupId = cluster.securityGroupId;
  const addons = new ClusterAddons("addons", {
    clusterName: cluster.name,
    versions: addonVersions(config.cluster.version, config.cluster.addonVersions),
  });
  const files = new SharedFileSystem("files", {
    vpcId: network.vpcId,
    subnetIds: network.privateSubnetIds,
    zones: network.zones,
    clientSecurityGroupId,
    user: app.user,
    protect,
  });
  const redisUrls =
    cache.store === "files" ? undefined : elastiCache(config, network, clientSecurityGroupId);
  const certificateArn =
    ingress.tls?.certificateArn ??
    (zoneId && !ingress.tls ? new Certificate("site", { hosts, zoneId }).arn : undefined);

  return {
    provider: cluster.provider,
    kubectl: kubectlWith(cluster.providerKubeconfig),
    volumes: {
      kind: "efs",
      fileSystemId: files.fileSystemId,
      uploadsAccessPointId: files.uploadsAccessPointId,
      provisioner: EFS_PROVISIONER,
    },
    beforeVolumes: [files, addons],
    image: imageOf(config, kept),
    registryLogin: ecrLogin,
    loadBalancer: {
      kind: "nlb",
      vpcCidr: network.cidrs.join(","),
      certificateArn,
      annotations: ingress.serviceAnnotations,
    },
    tls: certificateArn ? "controller" : tlsOfSecret(ingress.tls?.secretName),
    redis: () => redisUrls,
    dns: (loadBalancer) => {
      if (zoneId) new DnsRecords("site", { hosts, zoneId, loadBalancer });
    },
    // `aws eks update-kubeconfig --name` needs the first; the second is the same as a secret file.
    outputs: { clusterName: cluster.name, kubeconfig: cluster.kubeconfig },
  };
}

/**
 * Nodes, mounts and load balancers need the routes as long as they exist, so a destroy deletes the routes last: without
 * a route out, a node would lose the API server half-way.
 */
function clusterIn(network: UsedNetwork, config: AwsConfig): EksCluster {
  const { cluster, identity, production, protect, region = "" } = config;
  const { vpcId, privateSubnetIds } = network;
  return new EksCluster(
    "cluster",
    {
      vpcId,
      privateSubnetIds,
      version: cluster.version,
      serviceCidr: cluster.serviceCidr,
      publicAccessCidrs: cluster.publicAccessCidrs,
      adminRoleArns: cluster.adminRoleArns,
      region,
      identity,
      logRetentionDays: production ? 90 : 14,
      protect,
    },
    { dependsOn: network.before },
  );
}

/** The image that the config names, or that the stack builds. Its repository stays until the user confirms that it goes. */
function imageOf({ app }: AwsConfig, kept: Facts): pulumi.Input<string> {
  const built =
    app.build || kept["app.build"] === BUILT ? new ContainerImage("app", app.build) : undefined;
  if (built && !app.build) void pulumi.log.warn(repositoryStays());
  return built?.ref ?? liveImage(app) ?? "";
}

interface UsedNetwork {
  vpcId: pulumi.Input<string>;
  privateSubnetIds: pulumi.Input<string[]>;
  /** Number of private subnets. */
  zones: number;
  cidrs: string[];
  /** What nodes cannot do without. */
  before: pulumi.Resource[];
}

function usedNetwork(existing: ExistingNetwork): UsedNetwork {
  return { ...existing, zones: existing.privateSubnetIds.length, before: [] };
}

function ownNetwork({ network }: AwsConfig, zones: readonly string[]): UsedNetwork {
  const made = new Network("network", {
    cidr: network.cidr,
    natGateways: network.natGateways,
    zones,
  });
  const { vpcId, privateSubnetIds } = made;
  return { vpcId, privateSubnetIds, zones: zones.length, cidrs: [network.cidr], before: [made] };
}

/** One replication group for pages and, if sessions must survive a full cache, another one for them. */
function elastiCache(
  { redis, protect }: AwsConfig,
  { vpcId, privateSubnetIds }: UsedNetwork,
  clientSecurityGroupId: pulumi.Input<string>,
): RedisUrls {
  const group = {
    vpcId,
    subnetIds: privateSubnetIds,
    clientSecurityGroupId,
    engine: redis.engine,
    engineVersion: redis.engineVersion,
    nodes: redis.nodes,
    automaticFailover: redis.automaticFailover,
    snapshotRetentionDays: redis.snapshotRetentionDays,
    snapshotWindow: redis.snapshotWindow,
    maintenanceWindow: redis.maintenanceWindow,
    protect,
  };
  const nodeTypes = { pages: redis.nodeType, sessions: redis.sessionsNodeType };
  const { pages, sessions } = pagesAndSessions(
    redis.sessions,
    (role) =>
      new RedisCache(role, {
        ...group,
        nodeType: nodeTypes[role],
        evictionPolicy: EVICTION[role],
      }),
  );
  return { url: pages.url, sessionUrl: sessions.url, before: [pages, sessions] };
}
