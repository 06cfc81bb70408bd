import { podsOf } from "../../../model/rollout";
import { either, removeCommand, setCommand as set } from "../../messages/commands";
import { STRICTER_IN_PRODUCTION, WARNED_IN_PRODUCTION, type Rule } from "../../rules/rule";
import type { ExistingConfig } from "./config";

const clusterRules: readonly Rule<ExistingConfig>[] = [
  {
    id: "context",
    why: "Without a context the stack is deployed wherever kubectl happens to point.",
    severity: STRICTER_IN_PRODUCTION,
    check: ({ cluster }) =>
      cluster && cluster.context === undefined
        ? {
            key: "cluster.context",
            message: "is missing: in production pulumi up must not deploy wherever kubectl points.",
            remedy: `${set("cluster.context", "CONTEXT")}\nto list them:\nkubectl config get-contexts`,
          }
        : undefined,
    warn: ({ cluster }) =>
      cluster && cluster.context === undefined
        ? {
            key: "cluster.context",
            message: "is not set: pulumi up deploys wherever kubectl points.",
          }
        : undefined,
  },
  {
    id: "node-ports-without-controller",
    why: "The node ports belong to the controller that the stack installs.",
    severity: "error",
    check: ({ ingress }) =>
      ingress?.nodePorts && !ingress.install
        ? {
            key: "ingress.nodePorts",
            message: "has no effect: the stack installs no controller.",
            remedy: either(removeCommand("ingress.nodePorts"), set("ingress.install", "true")),
          }
        : undefined,
  },
];

const filesRules: readonly Rule<ExistingConfig>[] = [
  {
    id: "one-volume-source",
    why: "The shared files are on one kind of volume.",
    severity: "error",
    check: ({ files }) => {
      const given = files && (["nfs", "storageClass", "hostPath"] as const).filter((k) => files[k]);
      return given && given.length !== 1
        ? {
            key: "files",
            message: given.length
              ? `${given.join(" and ")} are set; set only one of them.`
              : "none of nfs, storageClass and hostPath is set; set one of them.",
            remedy: given.length
              ? removeCommand(`files.${given.at(-1)}`)
              : set("files.storageClass", "CLASS"),
          }
        : undefined;
    },
  },
  {
    id: "host-path-on-many-nodes",
    why: "Each node has its own folder of that name: pods on different nodes would see different files.",
    severity: "error",
    check: ({ files, cluster }) =>
      files?.hostPath !== undefined && (cluster?.nodes ?? 1) > 1
        ? {
            key: "files.hostPath",
            message:
              `'${files.hostPath}' is a separate folder on each node, but cluster.nodes is ${cluster?.nodes}: ` +
              "pods on different nodes would see different files.",
            remedy: either(
              `${removeCommand("files.hostPath")} && ${set("files.storageClass", "CLASS")}`,
              `${removeCommand("files.hostPath")} && ${set("files.nfs.server", "SERVER")} && ${set("files.nfs.path", "/PATH")}`,
            ),
          }
        : undefined,
  },
  {
    id: "host-path-node-count",
    why: "A folder on a node works with one node, but not with more.",
    severity: "error",
    check: ({ files, cluster }) =>
      files?.hostPath !== undefined &&
      !files.nfs &&
      !files.storageClass &&
      cluster &&
      cluster.nodes === undefined
        ? {
            key: "cluster.nodes",
            message:
              `is not set, and files.hostPath '${files.hostPath}' is a separate folder on each node: ` +
              "pods on different nodes would see different files.",
            remedy: `${set("cluster.nodes", "1")}\nor, with more nodes, files.nfs or files.storageClass instead of files.hostPath`,
          }
        : undefined,
  },
  {
    id: "uploads-class-alone",
    why: "Uploads get a different class than the cache, so both need one.",
    severity: "error",
    check: ({ files }) =>
      files?.uploadsStorageClass !== undefined && files.storageClass === undefined
        ? {
            key: "files.uploadsStorageClass",
            message: `'${files.uploadsStorageClass}' has no effect without files.storageClass.`,
            remedy: removeCommand("files.uploadsStorageClass"),
          }
        : undefined,
  },
];

const redisRules: readonly Rule<ExistingConfig>[] = [
  {
    id: "redis-unused",
    why: "With the store `files` nothing connects to Redis.",
    severity: "error",
    check: ({ redis, cache }) => {
      const idle = redis?.url === undefined ? "inCluster" : "url";
      return cache?.store === "files" && (redis?.url !== undefined || redis?.inCluster)
        ? {
            key: `redis.${idle}`,
            message: "has no effect: with cache.store 'files' there is no Redis.",
            remedy: either(removeCommand(`redis.${idle}`), set("cache.store", "redis")),
          }
        : undefined;
    },
  },
  {
    id: "one-redis",
    why: "Pages, data and tags are kept in one Redis.",
    severity: "error",
    check: ({ redis, cache }) =>
      redis && cache?.store !== "files" && (redis.url === undefined) === !redis.inCluster
        ? {
            key: "redis",
            message: redis.url
              ? "url and inCluster are both set; set only one of them."
              : "neither url nor inCluster is set; set one of them.",
            remedy: redis.url
              ? removeCommand("redis.inCluster")
              : either(set("redis.inCluster", "true"), set("redis.url", "URL", "--secret ")),
          }
        : undefined,
  },
  {
    id: "session-url-alone",
    why: "A Redis for sessions is an addition to the one for pages.",
    severity: "error",
    check: ({ redis }) =>
      redis?.sessionUrl !== undefined && redis.url === undefined
        ? {
            key: "redis.sessionUrl",
            message: "has no effect without redis.url.",
            remedy: removeCommand("redis.sessionUrl"),
          }
        : undefined,
  },
  {
    id: "own-sessions",
    why: "A Redis that is full of pages evicts keys, but sessions must stay.",
    severity: "error",
    check: ({ redis }) =>
      redis?.url !== undefined && !redis.sessionUrl && redis.sessions === "own"
        ? {
            key: "redis.sessionUrl",
            message:
              "is missing: with redis.sessions own, sessions need a Redis where pages cannot evict them.",
            remedy: either(
              set("redis.sessionUrl", "URL", "--secret "),
              set("redis.sessions", "shared"),
            ),
          }
        : undefined,
  },
];

const ofAws: readonly Rule<ExistingConfig>[] = [
  {
    id: "build-without-ecr",
    why: "The stack pushes what it builds to its own ECR repository.",
    severity: "error",
    check: ({ app }) =>
      app?.build
        ? {
            key: "app.build",
            message: `'${app.build.context}' would be pushed to ECR, which platform existing does not have.`,
            remedy: set("app.image", "REGISTRY/NAME@sha256:DIGEST"),
          }
        : undefined,
  },
  {
    id: "certificate-of-aws",
    why: "Only AWS load balancers can use ACM certificates.",
    severity: "error",
    check: ({ ingress }) =>
      ingress?.tls?.certificateArn !== undefined
        ? {
            key: "ingress.tls.certificateArn",
            message: `'${ingress.tls.certificateArn}' is from AWS, which platform existing does not use.`,
            remedy: set("ingress.tls.secretName", "SECRET"),
          }
        : undefined,
  },
  {
    id: "zone-of-aws",
    why: "The stack can create DNS records only in Route 53.",
    severity: "error",
    check: ({ ingress }) =>
      ingress?.zone !== undefined
        ? {
            key: "ingress.zone",
            message: `'${ingress.zone}' is in Route 53, which platform existing does not use.`,
            remedy: removeCommand("ingress.zone"),
          }
        : undefined,
  },
];

const nodeRules: readonly Rule<ExistingConfig>[] = [
  {
    id: "room-for-a-rollout",
    why: "A new pod that may not share a node with the old ones needs a free node.",
    severity: "error",
    check: ({ app, cluster }) =>
      app?.hostAntiAffinity &&
      cluster?.nodes !== undefined &&
      podsOf(app.rollout.maxUnavailable, app.replicas.min, "down") === 0 &&
      app.replicas.max + 1 > cluster.nodes
        ? {
            key: "app.hostAntiAffinity",
            message:
              `with maxUnavailable ${app.rollout.maxUnavailable} a rollout starts a new pod before an old one ends, ` +
              `and up to ${app.replicas.max} pods fill all cluster.nodes (${cluster.nodes}): the new one would stay Pending.`,
            remedy: either(
              set("app.rollout.maxUnavailable", "1"),
              ...(cluster.nodes > 1 ? [`app.replicas.max below ${cluster.nodes}`] : []),
              set("app.hostAntiAffinity", "false"),
            ),
          }
        : undefined,
  },
  {
    id: "redis-without-disk",
    why: "The Redis in the cluster is one pod without a disk: for development.",
    severity: WARNED_IN_PRODUCTION,
    check: ({ redis }) =>
      redis?.inCluster
        ? {
            key: "redis.inCluster",
            message: "true: one pod without a disk; a restart empties it.",
          }
        : undefined,
  },
  {
    id: "unknown-room-for-a-rollout",
    why: "Whether a rollout has a free node can only be checked if the number of nodes is known.",
    severity: "warning",
    check: ({ app, cluster }) =>
      app?.hostAntiAffinity &&
      cluster &&
      cluster.nodes === undefined &&
      app.rollout.maxUnavailable === 0
        ? {
            key: "app.hostAntiAffinity",
            message:
              "a rollout needs one node more than there are pods; set cluster.nodes to have that checked.",
          }
        : undefined,
  },
];

/** The rules of platform `existing`, in the order of their messages. */
export const rules: readonly Rule<ExistingConfig>[] = [
  ...clusterRules,
  ...filesRules,
  ...redisRules,
  ...ofAws,
  ...nodeRules,
];
