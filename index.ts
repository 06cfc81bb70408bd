import * as pulumi from "@pulumi/pulumi";
import { AppIngress } from "./components/appIngress";
import { AppNamespace } from "./components/appNamespace";
import { IngressController } from "./components/ingressController";
import { NetworkPolicies } from "./components/networkPolicies";
import { NextApp } from "./components/nextApp/nextApp";
import { PodFiles } from "./components/podFiles";
import { SharedVolumes } from "./components/sharedVolumes";
import { keepFacts } from "./components/stackFacts";
import { StaticAssets } from "./components/staticAssets";
import { loadConfig, type Config } from "./config";
import { changesSince, factsOf, keptFacts, together } from "./config/changes";
import { staticPaths } from "./model/staticPaths";
import { groundOf } from "./platforms";
import type { Platform } from "./platforms/platform";

export = async () => {
  const config = loadConfig();
  for (const warning of config.warnings) void pulumi.log.warn(warning);

  // Look up what exists first: a program that throws while the engine may call its hooks does not end.
  const ground = await groundOf(config);

  // Before anything is created: refuse what a running stack cannot become, and what belongs to others.
  const kept = await keepFacts("facts", {
    facts: factsOf(config),
    kept: keptFacts(config),
    judge: async (old) => together(changesSince(old, config), await ground.conflicts(old)),
  });

  // Below the application: on AWS a VPC, EKS, EFS and ElastiCache, otherwise an existing cluster.
  const platform = ground.make(kept);

  const place = placeFor(config, platform);
  const web = application(config, platform, place);
  // Pages of older releases find their files here.
  const assets = staticAssets(config, platform, place, web);
  const site = wayIn(config, platform, place, web, assets);
  platform.dns(site.address);

  return {
    /** Where visitors come in. */
    url: site.url,
    /** Where the load balancer answers, for your own DNS record. */
    loadBalancer: site.answersAt,
    image: platform.image,
    namespace: place.namespace,
    deployment: web.deploymentName,
    ...platform.outputs,
  };
};

/** Where the application's pods live, and the claims that they mount. */
interface Place {
  readonly namespace: pulumi.Output<string>;
  /** Undefined where pods share no files. */
  readonly volumes: SharedVolumes | undefined;
}

function placeFor(config: Config, { provider, review, volumes, beforeVolumes }: Platform): Place {
  const { app, cluster, files, ingress, networkPolicy, protect, timeouts } = config;
  const { namespace } = new AppNamespace(
    "app",
    { namespace: cluster.namespace, protect, review },
    { provider },
  );
  const shared =
    volumes &&
    new SharedVolumes(
      "files",
      {
        namespace,
        source: volumes,
        cacheSize: files.cacheSize,
        uploadsSize: files.uploadsSize,
        user: app.user,
        protect,
        timeoutSeconds: timeouts.claims,
      },
      { provider, dependsOn: beforeVolumes },
    );
  if (networkPolicy.enabled) {
    new NetworkPolicies(
      "site",
      {
        namespace,
        controllerNamespace: ingress.namespace,
        allowFromNamespaces: networkPolicy.allowFromNamespaces,
        servers: ["web", "static-assets"],
        openToAll:
          app.service.type === "ClusterIP" ? undefined : { workload: "web", port: app.port },
        redis: ["pages", "sessions"],
        outbound: networkPolicy.outbound,
      },
      { provider },
    );
  }
  return { namespace, volumes: shared };
}

function application(config: Config, platform: Platform, place: Place): NextApp {
  const { app, cluster, files, ingress, stack, timeouts } = config;
  const { namespace, volumes } = place;
  const { provider } = platform;
  const redis = platform.redis(namespace);
  const podFiles = new PodFiles("pod-files", { namespace }, { provider });
  return new NextApp(
    "web",
    {
      namespace,
      image: platform.image,
      registryLogin: platform.registryLogin,
      imagePullSecrets: app.imagePullSecrets,
      kubectl: platform.kubectl,
      podFiles: podFiles.configMapName,
      shared:
        volumes && files.required
          ? {
              cacheClaim: volumes.cacheClaim,
              uploadsClaim: volumes.uploadsClaim,
              releasesKept: files.releasesKept,
              publicSize: files.publicSize,
              rollbackRelease: files.rollbackRelease,
            }
          : undefined,
      podUploads: volumes === undefined ? files.uploadsSize : undefined,
      redis,
      cacheName: `${cluster.namespace}-${stack}`,
      directory: app.directory,
      distDir: app.distDir,
      port: app.port,
      agentPort: app.agentPort,
      maxRequestHead: ingress.maxRequestHead,
      user: app.user,
      env: app.env,
      secretEnv: app.secretEnv,
      replicas: app.replicas,
      resources: app.resources,
      health: app.health,
      warmupPaths: app.warmupPaths,
      rollout: app.rollout,
      shutdown: app.shutdown,
      nodeSelector: app.nodeSelector,
      tolerations: app.tolerations,
      priorityClassName: app.priorityClassName,
      hostAntiAffinity: app.hostAntiAffinity,
      service: app.service,
      timeoutSeconds: timeouts.app,
    },
    { provider, dependsOn: redis?.before ?? [] },
  );
}

function staticAssets(
  { app, assets, ingress, timeouts }: Config,
  { provider }: Platform,
  { namespace, volumes }: Place,
  web: NextApp,
): StaticAssets | undefined {
  if (volumes === undefined || !assets.enabled) return undefined;
  return new StaticAssets(
    "static-assets",
    {
      namespace,
      image: assets.image,
      imagePullSecrets: app.imagePullSecrets,
      replicas: assets.replicas,
      user: app.user,
      cacheClaim: volumes.cacheClaim,
      service: web.serviceName,
      servicePort: app.service.port,
      paths: staticPaths(app),
      maxRequestHead: ingress.maxRequestHead,
      nodeSelector: app.nodeSelector,
      tolerations: app.tolerations,
      priorityClassName: app.priorityClassName,
      timeoutSeconds: timeouts.app,
    },
    { provider },
  );
}

function wayIn(
  { app, ingress, timeouts }: Config,
  { provider, loadBalancer, tls }: Platform,
  { namespace }: Place,
  web: NextApp,
  assets: StaticAssets | undefined,
): AppIngress {
  const className = ingress.install
    ? new IngressController(
        "ingress",
        {
          namespace: ingress.namespace,
          className: ingress.className,
          chart: ingress.chart,
          chartVersion: ingress.chartVersion,
          image: ingress.image,
          replicas: ingress.replicas,
          maxRequestHead: ingress.maxRequestHead,
          loadBalancer,
          timeoutSeconds: timeouts.controller,
        },
        { provider },
      ).className
    : ingress.className;
  return new AppIngress(
    "site",
    {
      namespace,
      className,
      hosts: [app.host, ...ingress.extraHosts],
      service: web.serviceName,
      servicePort: app.service.port,
      paths: ingress.paths,
      assets: assets && {
        service: assets.serviceName,
        port: assets.servicePort,
        paths: staticPaths(app),
      },
      tls,
      maxBodySize: ingress.maxBodySize,
      readTimeoutSeconds: ingress.readTimeoutSeconds,
      rateLimit: ingress.rateLimit,
      nodePorts: ingress.nodePorts,
      annotations: ingress.annotations,
      awaitAddress: ingress.awaitAddress,
      timeoutSeconds: timeouts.ingress,
    },
    { provider },
  );
}
