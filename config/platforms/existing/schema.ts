import { z } from "zod";
import { namespace } from "../../schema/cluster";
import { sharedFiles } from "../../schema/files";
import { sessions } from "../../schema/redis";
import { about, absolutePath, redisUrl } from "../../schema/values";

const cluster = z
  .strictObject({
    context: about(
      z.string().min(1).optional(),
      "Context in the kubeconfig (`$KUBECONFIG`, else `~/.kube/config`). Set it for every shared stack: without it, `pulumi up` deploys wherever kubectl points.",
      { example: "kind-kind", defaultText: "the current context" },
    ),
    namespace,
    nodes: about(
      z.int().min(1).optional(),
      "Number of nodes that can run the application, if it is fixed. Required by `files.hostPath`, because a folder on a node is for one node only.",
      { example: "3", defaultText: "unknown" },
    ),
  })
  .prefault({});

const files = z
  .strictObject({
    ...sharedFiles,
    nfs: about(
      z
        .strictObject({
          server: about(
            z.string().regex(/^[^\s/]+$/, "expected a name or an address"),
            "Name or address of the NFS server.",
            {
              example: "10.0.0.5",
            },
          ),
          path: about(
            absolutePath(),
            "Exported folder. It contains the folders `cache` and `uploads`, which belong to the application's user.",
            { example: "/mnt/shared" },
          ),
        })
        .optional(),
      "Static NFS volumes that the stack creates and selects by label.",
      { defaultText: "one of `nfs`, `storageClass`, `hostPath`" },
    ),
    storageClass: about(
      z.string().min(1).optional(),
      "StorageClass that provisions ReadWriteMany volumes.",
      { example: "efs-sc", defaultText: "one of `nfs`, `storageClass`, `hostPath`" },
    ),
    uploadsStorageClass: about(
      z.string().min(1).optional(),
      "A separate class for uploads, with `reclaimPolicy: Retain`.",
      { example: "efs-sc-retain", defaultText: "as `storageClass`" },
    ),
    hostPath: about(
      absolutePath().optional(),
      "Folder on the only node. It contains the folders `cache` and `uploads`, which belong to the application's user.",
      {
        example: "/var/lib/next-on-eks",
        defaultText: "one of `nfs`, `storageClass`, `hostPath`",
      },
    ),
  })
  .prefault({});

const redis = z
  .strictObject({
    url: about(redisUrl().optional(), "Redis for pages, data and tags. Set it with `--secret`.", {
      example: "--secret rediss://:PASSWORD@redis.internal:6379",
      defaultText: "one of `url`, `inCluster`",
      secret: true,
    }),
    sessionUrl: about(
      redisUrl().optional(),
      "A separate Redis for sessions. Set it with `--secret`.",
      {
        example: "--secret rediss://:PASSWORD@sessions.internal:6379",
        defaultText: "as `url`",
        secret: true,
      },
    ),
    inCluster: about(
      z.boolean().optional(),
      "Runs a small Redis in the namespace, without a replica or a disk: for development.",
      { example: "true", defaultText: "one of `url`, `inCluster`" },
    ),
    image: about(z.string().min(1), "Image of the Redis in the cluster; it runs as uid 999.", {
      example: "valkey/valkey:8.1",
    }).default("redis:7.4-bookworm"),
    sessions,
  })
  .prefault({});

/** The top-level keys of platform `existing`. */
export const schemas = { cluster, files, redis };
