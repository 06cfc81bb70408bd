import { IMAGES } from "../bases";
import type { Scenario } from "../scenario";

/** What holds state, and what `pulumi up` refuses to change. */
export const state: readonly Scenario[] = [
  {
    name: "Valkey instead of Redis",
    stack: "prod",
    config: { "redis.engine": "valkey" },
    says: `
prod: Redis changes in place and keeps its entries (pages-group, sessions-group): connections break for seconds
  2 replaced, 2 updated
  REPLACED ParameterGroup pages-parameters
    family: redis7 -> valkey8
    by next-on-eks:redis.engine
  REPLACED ParameterGroup sessions-parameters
    family: redis7 -> valkey8
    by next-on-eks:redis.engine
  updated ReplicationGroup pages-group, ReplicationGroup sessions-group
    Redis changes in place and keeps its entries (pages-group, sessions-group): connections break for seconds
    engine: redis -> valkey
    engineVersion: 7.1 -> 8.0
    parameterGroupName: may change
    by next-on-eks:redis.engine
  90 resources do not change
  2 left out: records that the stack keeps about itself`,
  },
  {
    name: "an older version of Redis",
    stack: "prod",
    config: { "redis.engineVersion": "7.0" },
    engine: { refuses: /redis\.engineVersion: '7\.1' becomes '7\.0'/ },
    says: `
prod: the sessions' Redis is REPLACED: all visitors are logged out (pulumi up refuses this as it is)
  2 replaced, 1 perhaps replaced, 1 may change
  1 change of stack 'prod' cannot be made as it is; nothing was changed.
    next-on-eks:redis.engineVersion: '7.1' becomes '7.0': ElastiCache cannot go back, so a new, empty Redis replaces this one, and every visitor is logged out.
      protect is on, and Pulumi does not delete what it protects. First, with the old value:
      pulumi config set --stack prod --path 'next-on-eks:protect' false && pulumi up --stack prod
      then:
      pulumi config set --stack prod --path 'next-on-eks:confirm[0]' redis.engineVersion
      or
      pulumi config set --stack prod --path 'next-on-eks:redis.engineVersion' 7.1
  REPLACED ReplicationGroup sessions-group
    the sessions' Redis is REPLACED: all visitors are logged out
    engineVersion: 7.1 -> 7.0
    by next-on-eks:redis.engineVersion
  REPLACED ReplicationGroup pages-group
    the Redis for pages is REPLACED: all pages are rendered again
    engineVersion: 7.1 -> 7.0
    by next-on-eks:redis.engineVersion
  perhaps REPLACED Secret web-redis
    stringData: may change
…`,
  },
  {
    name: "sessions in the Redis for pages",
    stack: "prod",
    config: { "redis.sessions": "shared" },
    rules: true,
    engine: { refuses: /redis\.sessions: 'own' becomes 'shared'/ },
    says: `
prod: the sessions' Redis is DELETED: all visitors are logged out (pulumi up refuses this as it is; it breaks the rule sessions-evicted)
  6 deleted, 1 perhaps replaced, 1 may change
  Rules: 2 errors new
  it breaks the rule sessions-evicted
  1 change of stack 'prod' cannot be made as it is; nothing was changed.
    next-on-eks:redis.sessions: 'own' becomes 'shared': sessions start empty in the other Redis, and every visitor is logged out.
      protect is on, and Pulumi does not delete what it protects. First, with the old value:
      pulumi config set --stack prod --path 'next-on-eks:protect' false && pulumi up --stack prod
      then:
      pulumi config set --stack prod --path 'next-on-eks:confirm[0]' redis.sessions
      or
      pulumi config set --stack prod --path 'next-on-eks:redis.sessions' own
  DELETED ReplicationGroup sessions-group
    the sessions' Redis is DELETED: all visitors are logged out
    by next-on-eks:redis.sessions
  DELETED SecurityGroup sessions-redis
    by next-on-eks:redis.sessions
  DELETED SecurityGroupIngressRule sessions-redis-clients
    by next-on-eks:redis.sessions
  perhaps REPLACED Secret web-redis
…`,
  },
  {
    name: "a Redis of their own for sessions, confirmed",
    stack: "dev",
    config: { "redis.sessions": "own", confirm: ["redis.sessions"] },
    says: `
dev: redis.sessions: 'shared' becomes 'own': sessions start empty in the other Redis, and every visitor is logged out
  1 perhaps replaced, 6 created, 1 may change
  created SecurityGroup sessions-redis, SecurityGroupIngressRule sessions-redis-clients
    by next-on-eks:redis.sessions
  perhaps REPLACED Secret web-redis
    stringData: may change
    by next-on-eks:redis.sessions
  may change Deployment web
    pods of web are replaced if a value changes: new ones are ready before old ones stop
    spec.template.spec.containers[next].env[REDIS_URL].valueFrom.secretKeyRef.name: may change
    spec.template.spec.containers[next].env[SESSION_REDIS_URL].valueFrom.secretKeyRef.name: may change
    spec.template.spec.containers[next].image: may change
    spec.template.spec.initContainers[publish].image: may change
    by next-on-eks:redis.sessions
  created RandomPassword sessions-token, ParameterGroup sessions-parameters, SubnetGroup sessions-subnets, ReplicationGroup sessions-group
    by next-on-eks:redis.sessions
  new warning: next-on-eks:redis.sessions: 'shared' becomes 'own': sessions start empty in the other Redis, and every visitor is logged out.
  new warning: next-on-eks:confirm: changes of redis.sessions are made without asking again; remove it after this pulumi up. (rule confirmations-left)
    pulumi config rm --stack dev --path 'next-on-eks:confirm'
  72 resources do not change
  1 left out: records that the stack keeps about itself`,
  },
  {
    name: "no Redis, confirmed",
    stack: "dev",
    config: { "cache.store": "files", confirm: ["cache.store"] },
    says: `
dev: the Redis for sessions and pages is DELETED: all visitors are logged out, and all pages are rendered again
  7 deleted, 1 updated
  DELETED ReplicationGroup pages-group
    the Redis for sessions and pages is DELETED: all visitors are logged out, and all pages are rendered again
    by next-on-eks:cache.store
  DELETED SecurityGroup pages-redis
    by next-on-eks:cache.store
  DELETED SecurityGroupIngressRule pages-redis-clients
    by next-on-eks:cache.store
  DELETED Secret web-redis
    by next-on-eks:cache.store
  updated Deployment web
…`,
  },
  {
    name: "another uid",
    stack: "prod",
    config: { "app.user": 1001 },
    engine: { refuses: /app\.user: 1000 cannot become 1001/ },
    says: `
prod: the uploads' folder is REPLACED: pods see another folder, and uploads stay behind in the old one (pulumi up refuses this as it is)
  2 replaced, 3 perhaps replaced, 2 updated
  1 change of stack 'prod' cannot be made as it is; nothing was changed.
    next-on-eks:app.user: 1000 cannot become 1001: files on EFS keep their owner, so existing uploads could no longer be read.
      first, to create another stack beside this one, with a copy of the uploads:
      pulumi stack init NAME --copy-config-from prod
      its own host, also in ingress.extraHosts, and a zone that contains it, unless ingress.zone does:
      pulumi config set --stack NAME --path 'next-on-eks:app.host' HOST
      if the copy is for production, say so, because its name does not (this also sets protect):
      pulumi config set --stack NAME --path 'next-on-eks:production' true
      then, or at once if you do not want another stack:
      pulumi config set --stack prod --path 'next-on-eks:app.user' 1000
  REPLACED AccessPoint files-uploads
    the uploads' folder is REPLACED: pods see another folder, and uploads stay behind in the old one
    posixUser.gid: 1000 -> 1001
    posixUser.uid: 1000 -> 1001
    rootDirectory.creationInfo.ownerGid: 1000 -> 1001
    rootDirectory.creationInfo.ownerUid: 1000 -> 1001
    by next-on-eks:app.user
  perhaps REPLACED PersistentVolume files-uploads
    the uploads' folder is perhaps REPLACED: pods see another folder, and uploads stay behind in the old one
    spec.csi.volumeHandle: may change
    by next-on-eks:app.user
  perhaps REPLACED PersistentVolumeClaim files-uploads
…`,
  },
  {
    name: "another range of the VPC",
    stack: "prod",
    config: { "network.cidr": "10.50.0.0/16" },
    engine: { refuses: /network\.cidr: '10\.40\.0\.0[/]16' cannot become/ },
    says: `
prod: the network is REPLACED: the cluster, Redis and the file system are in it: all of them are made again (pulumi up refuses this as it is)
  7 replaced, 33 perhaps replaced, 1 updated, 5 may change
  1 change of stack 'prod' cannot be made as it is; nothing was changed.
    next-on-eks:network.cidr: '10.40.0.0/16' cannot become '10.50.0.0/16': a VPC's range cannot change, and what is in it cannot move to another VPC.
      first, to create another stack beside this one:
      pulumi stack init NAME --copy-config-from prod
      its own host, also in ingress.extraHosts, and a zone that contains it, unless ingress.zone does:
      pulumi config set --stack NAME --path 'next-on-eks:app.host' HOST
      if the copy is for production, say so, because its name does not (this also sets protect):
      pulumi config set --stack NAME --path 'next-on-eks:production' true
      then, or at once if you do not want another stack:
      pulumi config set --stack prod --path 'next-on-eks:network.cidr' 10.40.0.0/16
  REPLACED Vpc network-vpc
    the network is REPLACED: the cluster, Redis and the file system are in it: all of them are made again
    cidrBlock: 10.40.0.0/16 -> 10.50.0.0/16
    by next-on-eks:network.cidr
  perhaps REPLACED Cluster cluster-eks
    the cluster is perhaps REPLACED: everything in it is deleted, and the site is down until it is there again
…`,
  },
  {
    name: "fewer zones",
    stack: "prod",
    config: { "network.availabilityZones": 2 },
    engine: { refuses: /network\.availabilityZones: 3 cannot become 2/ },
    says: `
prod: network.availabilityZones: 3 cannot become 2: EKS only accepts subnets in the zones that the cluster was created with (pulumi up refuses this as it is)
  9 deleted, 2 perhaps replaced, 4 updated
  1 change of stack 'prod' cannot be made as it is; nothing was changed.
    next-on-eks:network.availabilityZones: 3 cannot become 2: EKS only accepts subnets in the zones that the cluster was created with.
      first, to create another stack beside this one:
      pulumi stack init NAME --copy-config-from prod
      its own host, also in ingress.extraHosts, and a zone that contains it, unless ingress.zone does:
      pulumi config set --stack NAME --path 'next-on-eks:app.host' HOST
      if the copy is for production, say so, because its name does not (this also sets protect):
      pulumi config set --stack NAME --path 'next-on-eks:production' true
      then, or at once if you do not want another stack:
      pulumi config set --stack prod --path 'next-on-eks:network.availabilityZones' 3
  DELETED Route network-private-2-nat
    by next-on-eks:network.availabilityZones
  DELETED NatGateway network-nat-2
…`,
  },
  {
    name: "another platform",
    stack: "dev",
    config: {
      platform: "existing",
      network: undefined,
      "cluster.version": undefined,
      "cluster.publicAccessCidrs": undefined,
      redis: { inCluster: true },
      files: { storageClass: "shared" },
      "app.build": undefined,
      "app.image": IMAGES[0],
    },
    engine: { refuses: /platform: 'aws' cannot become 'existing'/ },
    says: `
dev: the file system of the uploads is DELETED: what users uploaded is lost (pulumi up refuses this as it is)
  51 deleted, 3 replaced, 5 created, 3 updated, 1 encrypted value
  1 change of stack 'dev' cannot be made as it is; nothing was changed.
    next-on-eks:platform: 'aws' cannot become 'existing': the whole stack would be created again elsewhere and deleted here, with uploads and sessions.
      first, to create another stack beside this one:
      pulumi stack init NAME --copy-config-from dev
      its own host, also in ingress.extraHosts, and a zone that contains it, unless ingress.zone does:
      pulumi config set --stack NAME --path 'next-on-eks:app.host' HOST
      then, or at once if you do not want another stack:
      pulumi config set --stack dev --path 'next-on-eks:platform' aws
  DELETED FileSystem files-efs
    the file system of the uploads is DELETED: what users uploaded is lost
…`,
  },
  {
    name: "a newer Kubernetes",
    stack: "prod",
    config: { "cluster.version": "1.36" },
    says: `
prod: Kubernetes goes from 1.35 to 1.36, which cannot be undone; nodes are replaced one by one
  2 updated
  updated Cluster cluster-eks
    Kubernetes goes from 1.35 to 1.36, which cannot be undone; nodes are replaced one by one
    version: 1.35 -> 1.36
    by next-on-eks:cluster.version
  updated Addon addons-metrics-server
    addonVersion: v0.9.0-eksbuild.5 -> v0.9.0-eksbuild.11
    by next-on-eks:cluster.version
  92 resources do not change
  1 left out: records that the stack keeps about itself`,
  },
  {
    name: "no protection",
    stack: "prod",
    config: { protect: false },
    says: `
prod: Pulumi no longer refuses to delete files-efs, files-uploads, pages-group and 3 more
  9 updated
  updated FileSystem files-efs, AccessPoint files-uploads, ReplicationGroup pages-group, ReplicationGroup sessions-group, Key cluster-secrets, Namespace app-namespace, PersistentVolume files-uploads, PersistentVolumeClaim files-uploads
    Pulumi no longer refuses to delete files-efs, files-uploads, pages-group and 3 more
    protect: true -> false
    by next-on-eks:protect
  updated Cluster cluster-eks
    Pulumi no longer refuses to delete cluster-eks
    protect: true -> false
    deletionProtection: true -> false
    by next-on-eks:protect
  85 resources do not change`,
  },
  {
    name: "larger claims on EFS",
    stack: "prod",
    config: { "files.uploadsSize": "200Gi" },
    says: `
no change in prod`,
  },
  {
    name: "a controller of one's own",
    stack: "dev",
    config: { "ingress.install": false },
    engine: { refuses: /ingress\.install: the controller is deleted/ },
    says: `
dev: the ingress controller is DELETED: the load balancer gets another address, and visitors cannot reach the site until DNS points to it (pulumi up refuses this as it is)
  6 deleted, 1 may change
  1 change of stack 'dev' cannot be made as it is; nothing was changed.
    next-on-eks:ingress.install: the controller is deleted with its load balancer: visitors cannot reach the site until DNS points to another controller that serves the class.
      pulumi config set --stack dev --path 'next-on-eks:confirm[0]' ingress.install
      or
      pulumi config set --stack dev --path 'next-on-eks:ingress.install' true
  DELETED Release ingress
    the ingress controller is DELETED: the load balancer gets another address, and visitors cannot reach the site until DNS points to it
…`,
  },
];
