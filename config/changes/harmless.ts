/**
 * What changing the other keys does, for keys that every platform has, by key or by the beginning of keys. Together
 * with the rules and the platforms' own keys they cover every key of the config, which a test checks.
 */
export const HARMLESS: Readonly<Record<string, string>> = {
  "production, protect": "in place; the config must then meet the rules for production",
  "app.image, app.directory, app.distDir, app.basePath, app.assetPrefix, app.port, app.agentPort, app.env, app.secretEnv, app.resources, app.health, app.warmupPaths, app.shutdown, app.nodeSelector, app.tolerations, app.priorityClassName, app.hostAntiAffinity, app.imagePullSecrets":
    "a rollout: new pods are ready before old ones stop. A new `SESSION_SECRET` logs every visitor out (without a warning, because secrets are not recorded); a new `basePath` changes the address of every page",
  "app.replicas": "in place",
  "app.rollout": "a rollout: [rollouts.md](rollouts.md)",
  "app.service": "in place",
  assets: "a rollout of the static-assets pods",
  "ingress.chart, ingress.chartVersion, ingress.image, ingress.replicas, ingress.proxyProtocol, ingress.nodePorts, ingress.serviceAnnotations":
    "a rollout of the controller",
  "ingress.paths, ingress.maxBodySize, ingress.maxRequestHead, ingress.readTimeoutSeconds, ingress.rateLimit, ingress.annotations, ingress.awaitAddress":
    "in place: nginx reloads its configuration",
  "ingress.tls":
    "another certificate: in place; a first certificate: visitors of http:// are redirected to HTTPS",
  "ingress.wildcard":
    "one DNS record comes or goes; the load balancer changes to a new certificate before the old one is deleted",
  networkPolicy: "in place, for new connections",
  "timeouts, confirm, waivers": "nothing: only the program reads them",
  "files.cacheSize, files.uploadsSize":
    "nothing on EFS, NFS and a host path: the size is set once and nothing enforces it",
  "files.required, files.releasesKept, files.publicSize, files.rollbackRelease": "a rollout",
};
