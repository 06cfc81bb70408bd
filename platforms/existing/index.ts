import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { InClusterRedis } from "../../components/inClusterRedis";
import { kubectlIn } from "../../components/kubectl";
import { reviewLimits } from "../../components/reviewLimits";
import type { VolumeSource } from "../../components/sharedVolumes";
import type { ExistingConfig } from "../../config";
import { liveImage } from "../../model/rollout";
import { clusterConflicts } from "./conflicts";
import type { Ground, Platform, RedisUrls } from "../platform";
import { EVICTION, pagesAndSessions, tlsOfSecret } from "../sharedParts";

/** A cluster that exists already. No AWS resource is created. */
export function onExisting(config: ExistingConfig): Promise<Ground> {
  return Promise.resolve({
    conflicts: (old) => clusterConflicts(config, old),
    make: () => existingPlatform(config),
  });
}

function existingPlatform(config: ExistingConfig): Platform {
  const { app, cluster, ingress } = config;
  const provider = new k8s.Provider("cluster", {
    context: cluster.context,
    enableServerSideApply: true,
  });
  // Without it the preview of an unreachable cluster would succeed, and show changes that no server checked. It is
  // named after the key that an error should point to.
  k8s.core.v1.Namespace.get("cluster.context", "kube-system", { provider });
  return {
    provider,
    kubectl: kubectlIn(cluster.context),
    volumes: config.files.ephemeral ? undefined : volumeSource(config.files),
    beforeVolumes: [],
    image: liveImage(app) ?? "",
    loadBalancer: {
      kind: "service",
      nodePorts: ingress.nodePorts,
      proxyProtocol: ingress.proxyProtocol ?? false,
      annotations: ingress.serviceAnnotations,
    },
    tls: config.review?.https ? "controller" : tlsOfSecret(ingress.tls?.secretName),
    redis: (namespace) => redisUrls(config, namespace, provider),
    dns: () => undefined,
    review: config.review && { ...config.review, limits: reviewLimits(app) },
    outputs: {},
  };
}

function volumeSource(files: ExistingConfig["files"]): VolumeSource {
  if (files.nfs) return { kind: "nfs", ...files.nfs };
  if (files.hostPath !== undefined) return { kind: "hostPath", path: files.hostPath };
  const cacheClass = files.storageClass ?? "";
  return {
    kind: "storageClass",
    cacheClass,
    uploadsClass: files.uploadsStorageClass ?? cacheClass,
  };
}

function redisUrls(
  { app, cache, redis, timeouts }: ExistingConfig,
  namespace: pulumi.Input<string>,
  provider: k8s.Provider,
): RedisUrls | undefined {
  if (cache.store === "files") return undefined;
  if (redis.url !== undefined) {
    return {
      url: pulumi.secret(redis.url),
      sessionUrl: pulumi.secret(redis.sessionUrl ?? redis.url),
      before: [],
    };
  }
  const args = {
    namespace,
    image: redis.image,
    imagePullSecrets: app.imagePullSecrets,
    timeoutSeconds: timeouts.redis,
  };
  const { pages, sessions } = pagesAndSessions(
    redis.sessions,
    (role) => new InClusterRedis(role, { ...args, evictionPolicy: EVICTION[role] }, { provider }),
  );
  return { url: pages.url, sessionUrl: sessions.url, before: [] };
}
