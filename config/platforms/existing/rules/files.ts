import { either, removeCommand, setCommand as set } from "../../../messages/commands";
import type { Rule } from "../../../rules/rule";
import type { ExistingConfig } from "../config";

const SOURCES = ["nfs", "storageClass", "hostPath", "ephemeral"] as const;

export const filesRules: readonly Rule<ExistingConfig>[] = [
  {
    id: "one-volume-source",
    why: "The shared files are on one kind of volume.",
    severity: "error",
    check: ({ files }) => {
      const given = files && SOURCES.filter((source) => files[source]);
      return given && given.length !== 1
        ? {
            key: "files",
            message: given.length
              ? `${given.join(" and ")} are set; set only one of them.`
              : "none of nfs, storageClass, hostPath and ephemeral is set; set one of them.",
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
