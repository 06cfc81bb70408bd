import type { ExistingConfig } from "../..";
import { either, removeCommand, setCommand as set } from "../../messages/commands";
import { podsOf } from "../../rules/rollout";
import type { Rule } from "../../rules/rule";

export const existing: Rule<ExistingConfig>[] = [
  ({ production, cluster }) =>
    production && cluster && cluster.context === undefined
      ? {
          key: "cluster.context",
          message: "is missing: in production pulumi up must not go wherever kubectl points to.",
          remedy: `${set("cluster.context", "CONTEXT")}\nthey are listed by:\nkubectl config get-contexts`,
        }
      : undefined,
  ({ ingress }) =>
    ingress?.nodePorts && !ingress.install
      ? {
          key: "ingress.nodePorts",
          message: "has no use: the stack installs no controller.",
          remedy: either(removeCommand("ingress.nodePorts"), set("ingress.install", "true")),
        }
      : undefined,
  ({ files }) => {
    const given = files && (["nfs", "storageClass", "hostPath"] as const).filter((k) => files[k]);
    return given && given.length !== 1
      ? {
          key: "files",
          message: given.length
            ? `${given.join(" and ")} are set; one of them holds the files.`
            : "none of nfs, storageClass and hostPath is set; one of them holds the files.",
          remedy: given.length
            ? removeCommand(`files.${given.at(-1)}`)
            : set("files.storageClass", "CLASS"),
        }
      : undefined;
  },
  ({ files, cluster }) =>
    files?.hostPath !== undefined && (cluster?.nodes ?? 1) > 1
      ? {
          key: "files.hostPath",
          message:
            `'${files.hostPath}' is a folder of each node by itself, and cluster.nodes is ${cluster?.nodes}: ` +
            "pods on different nodes would see different files.",
          remedy: either(
            `${removeCommand("files.hostPath")} && ${set("files.storageClass", "CLASS")}`,
            `${removeCommand("files.hostPath")} && ${set("files.nfs.server", "SERVER")} && ${set("files.nfs.path", "/PATH")}`,
          ),
        }
      : undefined,
  ({ files, cluster }) =>
    files?.hostPath !== undefined &&
    !files.nfs &&
    !files.storageClass &&
    cluster &&
    cluster.nodes === undefined
      ? {
          key: "cluster.nodes",
          message:
            `is not set, and files.hostPath '${files.hostPath}' is a folder of each node by itself: ` +
            "pods on different nodes would see different files.",
          remedy: `${set("cluster.nodes", "1")}\nor, with more nodes, files.nfs or files.storageClass in place of files.hostPath`,
        }
      : undefined,
  ({ files }) =>
    files?.uploadsStorageClass !== undefined && files.storageClass === undefined
      ? {
          key: "files.uploadsStorageClass",
          message: `'${files.uploadsStorageClass}' has no use without files.storageClass.`,
          remedy: removeCommand("files.uploadsStorageClass"),
        }
      : undefined,
  ({ redis, cache }) => {
    const idle = redis?.url === undefined ? "inCluster" : "url";
    return cache?.store === "files" && (redis?.url !== undefined || redis?.inCluster)
      ? {
          key: `redis.${idle}`,
          message: "has no use: with cache.store 'files' there is no Redis.",
          remedy: either(removeCommand(`redis.${idle}`), set("cache.store", "redis")),
        }
      : undefined;
  },
  ({ redis, cache }) =>
    redis && cache?.store !== "files" && (redis.url === undefined) === !redis.inCluster
      ? {
          key: "redis",
          message: redis.url
            ? "url and inCluster are both set; the application has one Redis."
            : "neither url nor inCluster is set.",
          remedy: redis.url
            ? removeCommand("redis.inCluster")
            : either(set("redis.inCluster", "true"), set("redis.url", "URL", "--secret ")),
        }
      : undefined,
  ({ redis }) =>
    redis?.sessionUrl !== undefined && redis.url === undefined
      ? {
          key: "redis.sessionUrl",
          message: "has no use without redis.url.",
          remedy: removeCommand("redis.sessionUrl"),
        }
      : undefined,
  ({ redis }) =>
    redis?.url !== undefined && !redis.sessionUrl && redis.sessions === "own"
      ? {
          key: "redis.sessionUrl",
          message: "is missing: with redis.sessions own, pages must not evict sessions.",
          remedy: either(
            set("redis.sessionUrl", "URL", "--secret "),
            set("redis.sessions", "shared"),
          ),
        }
      : undefined,
  ({ app }) =>
    app?.build
      ? {
          key: "app.build",
          message: `'${app.build.context}' is pushed to ECR, which platform existing does not have.`,
          remedy: set("app.image", "REGISTRY/NAME@sha256:DIGEST"),
        }
      : undefined,
  ({ ingress }) =>
    ingress?.tls?.certificateArn !== undefined
      ? {
          key: "ingress.tls.certificateArn",
          message: `'${ingress.tls.certificateArn}' is of AWS, which platform existing does not use.`,
          remedy: set("ingress.tls.secretName", "SECRET"),
        }
      : undefined,
  ({ ingress }) =>
    ingress?.zone !== undefined
      ? {
          key: "ingress.zone",
          message: `'${ingress.zone}' is of Route 53, which platform existing does not use.`,
          remedy: removeCommand("ingress.zone"),
        }
      : undefined,
  ({ app, cluster }) =>
    app?.hostAntiAffinity &&
    cluster?.nodes !== undefined &&
    podsOf(app.rollout.maxUnavailable, app.replicas.min, "down") === 0 &&
    app.replicas.max + 1 > cluster.nodes
      ? {
          key: "app.hostAntiAffinity",
          message:
            `with maxUnavailable ${app.rollout.maxUnavailable} a rollout starts a new pod before an old one ends, ` +
            `and up to ${app.replicas.max} pods fill all of cluster.nodes (${cluster.nodes}): the new one would stay Pending.`,
          remedy: either(
            set("app.rollout.maxUnavailable", "1"),
            ...(cluster.nodes > 1 ? [`app.replicas.max below ${cluster.nodes}`] : []),
            set("app.hostAntiAffinity", "false"),
          ),
        }
      : undefined,
];
