import type { Scenario } from "../scenario";

/** Changes of the code, and of what stands beside it. */
export const code: readonly Scenario[] = [
  {
    name: "a file of pod/",
    stack: "prod",
    code: [
      { file: "pod/agent/agent-drain.cjs", old: '"use strict";', now: '"use strict";\n// More.' },
    ],
    says: `
prod: another ConfigMap is made beside pod-files; pods that use it are replaced, new ones ready before old ones stop
  1 replaced, 1 may change
  REPLACED ConfigMap pod-files
    another ConfigMap is made beside pod-files; pods that use it are replaced, new ones ready before old ones stop
    data["agent-drain.cjs"]: text, +1 -0 lines
    by pod/agent/agent-drain.cjs
  may change Deployment web
    pods of web are replaced if a value changes: new ones are ready before old ones stop
    spec.template.spec.volumes[pod].configMap.name: may change
    by pod/agent/agent-drain.cjs
  92 resources do not change`,
  },
  {
    name: "a component renamed",
    stack: "dev",
    code: [
      {
        file: "index.ts",
        old: 'new SharedVolumes(\n      "files",',
        now: 'new SharedVolumes(\n      "volumes",',
      },
    ],
    says: `
dev: the uploads' folder is DELETED: pods see another folder, and uploads stay behind in the old one
  4 deleted, 4 created, 2 updated
  DELETED PersistentVolume files-uploads
    the uploads' folder is DELETED: pods see another folder, and uploads stay behind in the old one
    by index.ts
  DELETED PersistentVolumeClaim files-uploads
    the uploads' folder is DELETED: pods see another folder, and uploads stay behind in the old one
    by index.ts
  DELETED PersistentVolumeClaim files-cache
    the shared cache is DELETED: pages are rendered again
    by index.ts
  updated Deployment web
    pods of web are replaced, new ones ready before old ones stop
    spec.template.spec.containers[next].env[CLAIM_NAME].value: files-cache-… -> volumes-cache-…
    spec.template.spec.initContainers[publish].env[CLAIM_NAME].value: files-cache-… -> volumes-cache-…
    spec.template.spec.volumes[cache].persistentVolumeClaim.claimName: files-cache-… -> volumes-cache-…
    spec.template.spec.volumes[uploads].persistentVolumeClaim.claimName: files-uploads-… -> volumes-uploads-…
    spec.template.spec.containers[next].image: may change
    spec.template.spec.initContainers[publish].image: may change
    by index.ts
  updated Deployment static-assets
    pods of static-assets are replaced, new ones ready before old ones stop
    spec.template.spec.volumes[cache].persistentVolumeClaim.claimName: files-cache-… -> volumes-cache-…
    by index.ts
  DELETED StorageClass files-cache
    by index.ts
  created PersistentVolume volumes-uploads, StorageClass volumes-cache, PersistentVolumeClaim volumes-uploads, PersistentVolumeClaim volumes-cache
    by index.ts
  looks like a rename: PersistentVolume files-uploads -> volumes-uploads, StorageClass files-cache -> volumes-cache, PersistentVolumeClaim files-uploads -> volumes-uploads, PersistentVolumeClaim files-cache -> volumes-cache; nothing is deleted with aliases: [{ name: "files" }] in the options of SharedVolumes volumes
  68 resources do not change`,
  },
  {
    name: "a component renamed, with an alias",
    stack: "dev",
    code: [
      {
        file: "index.ts",
        old: 'new SharedVolumes(\n      "files",',
        now: 'new SharedVolumes(\n      "volumes",',
      },
      {
        file: "index.ts",
        old: "{ provider, dependsOn: beforeVolumes },",
        now: '{ provider, dependsOn: beforeVolumes, aliases: [{ name: "files" }] },',
      },
    ],
    says: `
no change in dev`,
  },
  {
    name: "a component removed",
    stack: "dev",
    config: { "assets.enabled": false },
    says: `
dev: the pods of static-assets are deleted
  4 deleted, 1 updated
  updated Ingress site
    spec.rules[dev.shop.shop-of-tests.org].http.paths[/_next/static]: {"backend":{"service":{"name":"[computed]","port":{"number":80}}},"path":"/_next/static","pathType":"Prefix"} -> (not set)
    spec.rules[0].http.paths[0].backend.service.name: may change
    by next-on-eks:assets.enabled
  DELETED PodDisruptionBudget static-assets
    by next-on-eks:assets.enabled
  DELETED Deployment static-assets
    the pods of static-assets are deleted
    by next-on-eks:assets.enabled
  DELETED ConfigMap static-assets
    by next-on-eks:assets.enabled
  DELETED Service static-assets
    by next-on-eks:assets.enabled
  69 resources do not change`,
  },
  {
    name: "an unencrypted file system",
    stack: "dev",
    code: [
      { file: "components/sharedFileSystem.ts", old: "encrypted: true", now: "encrypted: false" },
    ],
    says: `
dev: the file system of the uploads is REPLACED: what users uploaded is lost
  1 replaced, 10 perhaps replaced, 2 may change
  REPLACED FileSystem files-efs
    the file system of the uploads is REPLACED: what users uploaded is lost
    encrypted: true -> false
    by components/sharedFileSystem.ts
  perhaps REPLACED AccessPoint files-uploads
    the uploads' folder is perhaps REPLACED: pods see another folder, and uploads stay behind in the old one
    fileSystemId: may change
    by components/sharedFileSystem.ts
  perhaps REPLACED PersistentVolume files-uploads
    the uploads' folder is perhaps REPLACED: pods see another folder, and uploads stay behind in the old one
    spec.csi.volumeHandle: may change
    by components/sharedFileSystem.ts
  perhaps REPLACED PersistentVolumeClaim files-uploads
    the uploads' folder is perhaps REPLACED: pods see another folder, and uploads stay behind in the old one
    spec.volumeName: may change
    by components/sharedFileSystem.ts
  perhaps REPLACED PersistentVolumeClaim files-cache
    the shared cache is perhaps REPLACED: pages are rendered again
    spec.storageClassName: may change
    by components/sharedFileSystem.ts
  perhaps REPLACED FileSystemPolicy files-policy
    fileSystemId: may change
…`,
  },
  {
    name: "another description of a security group",
    stack: "dev",
    code: [
      {
        file: "components/redisCache.ts",
        old: "description: `Redis ${name}`,\n        tags",
        now: "description: `Redis of ${name}`,\n        tags",
      },
    ],
    says: `
dev: another security group takes the place of pages-redis: connections may be refused for a moment
  1 replaced, 1 perhaps replaced, 1 may change
  REPLACED SecurityGroup pages-redis
    another security group takes the place of pages-redis: connections may be refused for a moment
    description: Redis pages -> Redis of pages
    by components/redisCache.ts
  perhaps REPLACED SecurityGroupIngressRule pages-redis-clients
    securityGroupId: may change
    by components/redisCache.ts
  may change ReplicationGroup pages-group
    securityGroupIds[0]: may change
    by components/redisCache.ts
  71 resources do not change`,
  },
  {
    name: "another parameter of a StorageClass",
    stack: "dev",
    code: [
      {
        file: "components/sharedVolumes.ts",
        old: 'directoryPerms: "750"',
        now: 'directoryPerms: "770"',
      },
    ],
    says: `
dev: the shared cache is perhaps REPLACED: pages are rendered again
  1 replaced, 1 perhaps replaced, 2 may change
  perhaps REPLACED PersistentVolumeClaim files-cache
    the shared cache is perhaps REPLACED: pages are rendered again
    spec.storageClassName: may change
    by components/sharedVolumes.ts
  may change Deployment web
    pods of web are replaced if a value changes: new ones are ready before old ones stop
    spec.template.spec.containers[next].env[CLAIM_NAME].value: may change
    spec.template.spec.containers[next].image: may change
    spec.template.spec.initContainers[publish].env[CLAIM_NAME].value: may change
    spec.template.spec.initContainers[publish].image: may change
    spec.template.spec.volumes[cache].persistentVolumeClaim.claimName: may change
    by components/sharedVolumes.ts
  may change Deployment static-assets
    pods of static-assets are replaced if a value changes: new ones are ready before old ones stop
    spec.template.spec.volumes[cache].persistentVolumeClaim.claimName: may change
    by components/sharedVolumes.ts
  REPLACED StorageClass files-cache
    parameters.directoryPerms: 750 -> 770
    by components/sharedVolumes.ts
  70 resources do not change`,
  },
  {
    name: "logs kept for longer",
    stack: "prod",
    code: [
      { file: "platforms/aws/index.ts", old: "production ? 90 : 14", now: "production ? 365 : 14" },
    ],
    says: `
prod: updated LogGroup cluster-logs (retentionInDays: 90 -> 365)
  1 updated
  updated LogGroup cluster-logs
    retentionInDays: 90 -> 365
    by platforms/aws/index.ts
  93 resources do not change`,
  },
  {
    name: "a waiver of a rule",
    stack: "dev",
    config: {
      waivers: [{ rule: "https", reason: "a first try has no zone", until: "2099-01-31" }],
    },
    rules: true,
    says: `
no change in dev`,
  },
];
