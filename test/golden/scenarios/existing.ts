import type { Scenario } from "../scenario";

/** Platform `existing`: a cluster that is there, and a review site on it. */
export const existing: readonly Scenario[] = [
  {
    name: "another host",
    stack: "local",
    config: { "app.host": "web.localtest.me" },
    says: `
local: app.host: visitors of 'shop.localtest.me' get 404 from now on; ingress.extraHosts keeps a host
  1 updated
  updated Ingress site
    the site answers at web.localtest.me too; the site no longer answers at shop.localtest.me
    spec.rules[shop.localtest.me]: {"host":"shop.localtest.me","http":{"paths":[{"backend":{"service":{"name":"[computed]","port":{"number":80}}},"path":"/… (255 characters) -> (not set)
    spec.rules[web.localtest.me]: (not set) -> {"host":"web.localtest.me","http":{"paths":[{"backend":{"service":{"name":"[computed]","port":{"number":80}}},"path":"/_… (254 characters)
    by next-on-eks:app.host
  new warning: next-on-eks:app.host: visitors of 'shop.localtest.me' get 404 from now on; ingress.extraHosts keeps a host.
…`,
  },
  {
    name: "more replicas on a cluster that is there",
    stack: "local",
    config: { "app.replicas": { min: 3, max: 6 } },
    says: `
local: web has 3 to 6 pods, and had 2 to 4
  1 updated
  updated HorizontalPodAutoscaler web
    web has 3 to 6 pods, and had 2 to 4
    spec.maxReplicas: 4 -> 6
    spec.minReplicas: 2 -> 3
    by next-on-eks:app.replicas.max, next-on-eks:app.replicas.min
  29 resources do not change`,
  },
  {
    name: "TLS by a Secret that is there",
    stack: "local",
    config: { "ingress.tls": { secretName: "shop-tls" } },
    says: `
local: the site answers by HTTPS
  1 updated
  updated Ingress site
    the site answers by HTTPS
    spec.tls: (not set) -> [{"hosts":["shop.localtest.me"],"secretName":"shop-tls"}]
    by next-on-eks:ingress.tls.secretName
  29 resources do not change
  1 left out: records that the stack keeps about itself`,
  },
  {
    name: "another image of the Redis in the cluster",
    stack: "local",
    config: { "redis.image": "valkey/valkey:8.1" },
    says: `
local: the Redis for sessions and pages is restarted and empty after that: all visitors are logged out, and all pages are rendered again
  1 updated
  updated Deployment pages-redis
    the Redis for sessions and pages is restarted and empty after that: all visitors are logged out, and all pages are rendered again
    spec.template.spec.containers[redis].image: redis:7.4-bookworm -> valkey/valkey:8.1
    by next-on-eks:redis.image
  new warning: next-on-eks:redis.image: 'redis:7.4-bookworm' becomes 'valkey/valkey:8.1': the Redis in the cluster starts empty, and every visitor is logged out.
  29 resources do not change
  1 left out: records that the stack keeps about itself`,
  },
  {
    name: "a line in the configuration of the Redis in the cluster, beside its password",
    stack: "local",
    code: [
      {
        file: "components/inClusterRedis.ts",
        old: 'save ""\nappendonly no',
        now: 'save ""\nappendonly no\ntimeout 0',
      },
    ],
    says: `
local: the Redis for sessions and pages is perhaps restarted and empty after that: all visitors are logged out, and all pages are rendered again
  1 replaced, 1 may change
  may change Deployment pages-redis
    the Redis for sessions and pages is perhaps restarted and empty after that: all visitors are logged out, and all pages are rendered again
    spec.template.spec.volumes[config].secret.secretName: may change
    by components/inClusterRedis.ts
  REPLACED Secret pages-config
    another Secret is made beside pages-config; pods that use it are replaced, new ones ready before old ones stop
    stringData: changes, value hidden
    by components/inClusterRedis.ts
  28 resources do not change`,
  },
  {
    name: "a line in the nginx.conf of the static files, beside the name of a Service",
    stack: "local",
    code: [
      {
        file: "pod/static-assets.conf",
        old: "worker_rlimit_nofile 20480;",
        now: "worker_rlimit_nofile 2048;",
      },
    ],
    says: `
local: another ConfigMap is made beside static-assets; pods that use it are replaced, new ones ready before old ones stop
  1 replaced, 1 may change
  REPLACED ConfigMap static-assets
    another ConfigMap is made beside static-assets; pods that use it are replaced, new ones ready before old ones stop
    data["nginx.conf"]: text, +1 -1 lines
    by pod/static-assets.conf
  may change Deployment static-assets
    pods of static-assets are replaced if a value changes: new ones are ready before old ones stop
    spec.template.spec.volumes[config].configMap.name: may change
    by pod/static-assets.conf
  28 resources do not change`,
  },
  {
    name: "a load balancer of the application's own",
    stack: "local",
    config: { "app.service.type": "LoadBalancer" },
    says: `
local: web is reached at a load balancer of its own too, by plain HTTP and past the ingress controller
  1 created, 1 updated
  updated Service web
    web is reached at a load balancer of its own too, by plain HTTP and past the ingress controller
    spec.type: ClusterIP -> LoadBalancer
    by next-on-eks:app.service.type
  created NetworkPolicy site-from-anywhere
    pods reach others, or are reached by others, than before
    by next-on-eks:app.service.type
  new warning: next-on-eks:app.service.type: LoadBalancer: the application answers at a load balancer of its own, by plain HTTP and past the ingress controller. (rule https)
    pulumi config set --stack local --path 'next-on-eks:app.service.type' ClusterIP
  29 resources do not change`,
  },
  {
    name: "a Redis of one's own in place of that in the cluster",
    stack: "local",
    config: { "redis.inCluster": undefined },
    secrets: { "redis.url": "v1:url" },
    says: `
local: the Redis for sessions and pages is DELETED: all visitors are logged out, and all pages are rendered again (pulumi up refuses this as it is)
  4 deleted, 1 replaced, 1 may change, 1 encrypted value
  1 change of stack 'local' cannot be made as it is; nothing was changed.
    next-on-eks:redis.sessions: sessions move from the cluster's Redis (shared) to the Redis of redis.url: they start empty there, and every visitor is logged out.
      pulumi config set --stack local --path 'next-on-eks:confirm[0]' redis.sessions
  DELETED Deployment pages-redis
    the Redis for sessions and pages is DELETED: all visitors are logged out, and all pages are rendered again
    by next-on-eks:redis.inCluster and next-on-eks:redis.url
  DELETED Secret pages-config
    by next-on-eks:redis.inCluster and next-on-eks:redis.url
  REPLACED Secret web-redis
    another Secret is made beside web-redis; pods that use it are replaced, new ones ready before old ones stop
    stringData: changes, value hidden
    by next-on-eks:redis.inCluster and next-on-eks:redis.url
  may change Deployment web
    pods of web are replaced if a value changes: new ones are ready before old ones stop
    spec.template.spec.containers[next].env[REDIS_URL].valueFrom.secretKeyRef.name: may change
    spec.template.spec.containers[next].env[SESSION_REDIS_URL].valueFrom.secretKeyRef.name: may change
    by next-on-eks:redis.inCluster and next-on-eks:redis.url
  DELETED RandomPassword pages-password
    by next-on-eks:redis.inCluster and next-on-eks:redis.url
  DELETED Service pages-redis
    by next-on-eks:redis.inCluster and next-on-eks:redis.url
  next-on-eks:redis.url: an encrypted value is added
  24 resources do not change
  2 left out: records that the stack keeps about itself`,
  },
  {
    name: "uploads in another folder of the node",
    stack: "local",
    config: { "files.hostPath": "/srv/shop" },
    says: `
local: the uploads' folder is REPLACED: pods see another folder, and uploads stay behind in the old one (pulumi up refuses this as it is)
  2 replaced
  1 change of stack 'local' cannot be made as it is; nothing was changed.
    next-on-eks:files: uploads cannot move from hostPath /var/lib/next-on-eks to hostPath /srv/shop: claims and volumes cannot move, and a new claim would start without the files.
      first, to create another stack beside this one, with a copy of the uploads:
      pulumi stack init NAME --copy-config-from local
      its own host, also in ingress.extraHosts, and a zone that contains it, unless ingress.zone does:
      pulumi config set --stack NAME --path 'next-on-eks:app.host' HOST
      then, or at once if you do not want another stack:
      set files back to hostPath /var/lib/next-on-eks
  REPLACED PersistentVolume files-uploads
    the uploads' folder is REPLACED: pods see another folder, and uploads stay behind in the old one
    spec.hostPath.path: /var/lib/next-on-eks/uploads -> /srv/shop/uploads
    by next-on-eks:files.hostPath
  REPLACED PersistentVolume files-cache
    the shared cache is REPLACED: pages are rendered again
    spec.hostPath.path: /var/lib/next-on-eks/cache -> /srv/shop/cache
    by next-on-eks:files.hostPath
  28 resources do not change
  1 left out: records that the stack keeps about itself`,
  },
  {
    name: "a new commit of a review site",
    stack: "pr-12",
    config: { "app.image": "web:pr-12-b", "review.until": "2026-12-10T10:00:00Z" },
    says: `
pr-12: pods of web are replaced, new ones ready before old ones stop
  2 updated
  updated Deployment web
    pods of web are replaced, new ones ready before old ones stop
    spec.template.spec.containers[next].image: web:local -> web:pr-12-b
    spec.template.spec.initContainers[prepare].image: web:local -> web:pr-12-b
    by next-on-eks:app.image
  updated Namespace app-namespace
    metadata.annotations["next-on-eks/until"]: 2026-12-08T10:00:00Z -> 2026-12-10T10:00:00Z
    by next-on-eks:review.until
…`,
  },
  {
    name: "HTTPS of a review site",
    stack: "pr-12",
    config: { "review.https": true },
    says: `
pr-12: the site answers by HTTPS
  1 updated
  updated Ingress site
    the site answers by HTTPS
    spec.tls: (not set) -> [{"hosts":["pr-12.shop.localtest.me"]}]
    by next-on-eks:review.https
  21 resources do not change`,
  },
];
