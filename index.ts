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
import { staticPaths } from "./model/staticPaths";
import { loadConfig } from "./config";
import { changesSince, factsOf, keptFacts, together } from "./config/changes";
import { groundOf } from "./platforms";

export = async () => {
  const config = loadConfig();
  const { app, assets, cluster, files, ingress, networkPolicy, protect, timeouts } = config;
  for (const warning of config.warnings) void pulumi.log.warn(warning);

  // What is there already is asked first: a program that throws while the engine may call its hooks does not end.
  const ground = await groundOf(config);

  // Before anything is made: what a running stack cannot become is refused, and what others have already.
  const kept = await keepFacts("facts", {
    facts: factsOf(config),
    kept: keptFacts(config),
    judge: async (old) => together(changesSince(old, config), await ground.conflicts(old)),
  });

  // Below the application: on AWS a VPC, EKS, EFS and ElastiCache, else a cluster that is there already.
  const platform = ground.make(kept);
  const onCluster = { provider: platform.provider };

  const { namespace } = new AppNamespace(
    "app",
    { namespace: cluster.namespace, protect },
    onCluster,
  );

  const { cacheClaim, uploadsClaim } = new SharedVolumes(
    "files",
    {
      namespace,
      source: platform.volumes,
      cacheSize: files.cacheSize,
      uploadsSize: files.uploadsSize,
      user: app.user,
      protect,
      timeoutSeconds: timeouts.claims,
    },
    { ...onCluster, dependsOn: platform.beforeVolumes },
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
      onCluster,
    );
  }

  const redis = platform.redis(namespace);

  const podFiles = new PodFiles("pod-files", { namespace }, onCluster);

  const web = new NextApp(
    "web",
    {
      ...app,
      namespace,
      image: platform.image,
      registryLogin: platform.registryLogin,
      kubectl: platform.kubectl,
      podFiles: podFiles.configMapName,
      shared: files.required ? { cacheClaim, uploadsClaim, ...files } : undefined,
      redis,
      maxRequestHead: ingress.maxRequestHead,
      cacheName: `${cluster.namespace}-${config.stack}`,
      timeoutSeconds: timeouts.app,
    },
    { ...onCluster, dependsOn: redis?.before ?? [] },
  );

  // Pages of older releases find their files here.
  const assetPaths = staticPaths(app);
  const staticAssets = assets.enabled
    ? new StaticAssets(
        "static-assets",
        {
          ...app,
          ...assets,
          namespace,
          cacheClaim,
          service: web.serviceName,
          servicePort: app.service.port,
          paths: assetPaths,
          maxRequestHead: ingress.maxRequestHead,
          timeoutSeconds: timeouts.app,
        },
        onCluster,
      )
    : undefined;

  const className = ingress.install
    ? new IngressController(
        "ingress",
        { ...ingress, loadBalancer: platform.loadBalancer, timeoutSeconds: timeouts.controller },
        onCluster,
      ).className
    : ingress.className;

  const site = new AppIngress(
    "site",
    {
      namespace,
      className,
      hosts: [app.host, ...ingress.extraHosts],
      service: web.serviceName,
      servicePort: app.service.port,
      paths: ingress.paths,
      assets: staticAssets && {
        service: staticAssets.serviceName,
        port: staticAssets.servicePort,
        paths: assetPaths,
      },
      tls: platform.tls,
      maxBodySize: ingress.maxBodySize,
      readTimeoutSeconds: ingress.readTimeoutSeconds,
      rateLimit: ingress.rateLimit,
      nodePorts: ingress.nodePorts,
      annotations: ingress.annotations,
      awaitAddress: ingress.awaitAddress,
      timeoutSeconds: timeouts.ingress,
    },
    onCluster,
  );

  platform.dns(site.address);

  return {
    /** Where visitors come in. */
    url: site.url,
    /** Where the load balancer answers, for a DNS record of your own. */
    loadBalancer: site.answersAt,
    image: platform.image,
    namespace,
    deployment: web.deploymentName,
    ...platform.outputs,
  };
};
