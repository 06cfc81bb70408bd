import { z } from "zod";
import { namespace } from "../../schema/cluster";
import { sharedFiles } from "../../schema/files";
import { sessions } from "../../schema/redis";
import { about, absolutePath, redisUrl } from "../../schema/values";

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

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
    ephemeral: about(
      z.boolean(),
      "No claims: the only pod keeps uploads in a folder of its own, of at most `uploadsSize`, and they go with it. For review sites; with `required: false`.",
      { example: "true" },
    ).default(false),
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

const review = about(
  z
    .strictObject({
      pullRequest: about(
        z.int().min(1).max(999_999_999),
        "Number of the pull request. The stack and its namespace are named after it: `pr-12`.",
        { example: "12" },
      ),
      until: about(
        z.string().regex(INSTANT, "expected a time in UTC such as 2026-12-06T10:00:00Z"),
        "When the site is removed, unless a new commit of the pull request comes first.",
        { example: "2026-12-06T10:00:00Z" },
      ),
      https: about(
        z.boolean(),
        "The controller, or the load balancer in front of it, has a certificate for the host, so the site answers by HTTPS.",
        { example: "true" },
      ).default(false),
    })
    .optional(),
  "Makes the stack the site of a pull request, small and without state: [review-sites.md](review-sites.md). `npm run stack -- new` sets it.",
  { defaultText: "none" },
);

/** The top-level keys of platform `existing`. */
export const schemas = { cluster, files, redis, review };
