/**
 * What a change of the other keys does, by key or by the beginning of keys. Together with the rules they are all keys of the
 * config: a test holds them to it.
 */
export const HARMLESS: Readonly<Record<string, string>> = {
  "production, protect":
    "in place; what the rules for production refuse is refused with the config",
  "app.image, app.directory, app.distDir, app.basePath, app.assetPrefix, app.port, app.agentPort, app.env, app.secretEnv, app.resources, app.health, app.warmupPaths, app.shutdown, app.nodeSelector, app.tolerations, app.priorityClassName, app.hostAntiAffinity, app.imagePullSecrets":
    "a rollout: new pods are ready before old ones go. Another `SESSION_SECRET` logs every visitor out (secrets are not remembered, so nobody warns); another `basePath` is another address of every page",
  "app.replicas": "in place",
  "app.rollout": "a rollout: [rollouts.md](rollouts.md)",
  "app.service": "in place",
  assets: "a rollout of the static-assets pods",
  "ingress.chart, ingress.chartVersion, ingress.image, ingress.replicas, ingress.proxyProtocol, ingress.nodePorts, ingress.serviceAnnotations":
    "a rollout of the controller",
  "ingress.paths, ingress.maxBodySize, ingress.maxRequestHead, ingress.readTimeoutSeconds, ingress.rateLimit, ingress.annotations, ingress.awaitAddress":
    "in place: nginx reads its configuration anew",
  "ingress.tls":
    "another certificate: in place; from none to one: visitors by http:// are led to HTTPS",
  networkPolicy: "in place, for connections that begin from then on",
  "timeouts, confirm, network.reservedCidrs, cluster.nodes":
    "nothing: the program alone reads them",
  "network.existing.publicSubnetIds": "in place, for load balancers that are made from then on",
  "cluster.publicAccessCidrs, cluster.adminRoleArns, cluster.addonVersions": "in place",
  "files.cacheSize, files.uploadsSize":
    "on EFS, NFS and a host path nothing: the size is set once and nothing enforces it",
  "files.required, files.releasesKept, files.publicSize, files.rollbackRelease": "a rollout",
  "redis.nodeType, redis.sessionsNodeType, redis.nodes, redis.automaticFailover":
    "in place by ElastiCache, with a failover: connections break for seconds and are made anew",
  "redis.snapshotRetentionDays, redis.snapshotWindow, redis.maintenanceWindow": "in place",
};
