import { z } from "zod";
import { quantity, quantityOrNone } from "./quantities";
import { about, absolutePath } from "./values";

const fileSizes = {
  cacheSize: about(
    quantity(),
    "Size that the cache claim asks for. EFS grows as it is used, whatever is asked.",
    { example: "5Gi" },
  ).default("5Gi"),
  uploadsSize: about(quantity(), "Size that the uploads claim asks for.", {
    example: "20Gi",
  }).default("20Gi"),
  required: about(
    z.boolean(),
    "Pods mount the shared files and publish their release there. Off: they start without them, for a time in which the file server is gone; uploads, shared images and old chunks are then missing.",
    { example: "false" },
  ).default(true),
  releasesKept: about(
    z.int().min(2).max(100),
    "Releases whose static files and images stay on the cache claim, beside those that have pods.",
    { example: "5" },
  ).default(5),
  publicSize: about(
    quantityOrNone(),
    "How much of `public/` stays on the cache claim for each release, for pages of it that are open after the next deploy; the smallest files first. What releases have in common takes room once. 0 keeps none.",
    { example: "4Gi" },
  ).default("1Gi"),
  rollbackRelease: about(
    z
      .string()
      .regex(/^[^\s,]+$/, "expected the id of one release")
      .optional(),
    "A release that is never removed, by its deployment id, because you may roll back to it. The one before the last always stays.",
    { example: "v1", defaultText: "none" },
  ),
};

export const cache = z
  .strictObject({
    store: about(
      z.enum(["redis", "files"]),
      "Where pods share pages, data and tags. `files` needs no Redis: they are kept on the cache claim, and a pod is up to a second behind another.",
      { example: "files" },
    ).default("redis"),
  })
  .prefault({});

export const assets = z
  .strictObject({
    enabled: about(
      z.boolean().optional(),
      "Pods of nginx serve `/_next/static` of all kept releases, so that pages opened before a deploy find their files after it. Off: Next.js serves its own release's alone.",
      { example: "false", defaultText: "as `files.required`" },
    ),
    image: about(z.string().min(1), "Image with nginx that needs no root.", {
      example: "registry.example.com/nginxinc/nginx-unprivileged:1.28.0-alpine",
    }).default("nginxinc/nginx-unprivileged:1.28.0-alpine"),
    replicas: about(z.int().min(1).max(20), "Pods of nginx.", { example: "2" }).default(2),
  })
  .prefault({});

export const awsFiles = z.strictObject(fileSizes).prefault({});

export const existingFiles = z
  .strictObject({
    ...fileSizes,
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
            "Exported folder. It holds the folders `cache` and `uploads`, which belong to the application's user.",
            { example: "/mnt/shared" },
          ),
        })
        .optional(),
      "Static NFS volumes that the stack makes and selects by label.",
      { defaultText: "one of `nfs`, `storageClass`, `hostPath`" },
    ),
    storageClass: about(
      z.string().min(1).optional(),
      "StorageClass that makes ReadWriteMany volumes.",
      { example: "efs-sc", defaultText: "one of `nfs`, `storageClass`, `hostPath`" },
    ),
    uploadsStorageClass: about(
      z.string().min(1).optional(),
      "Another class for uploads, with `reclaimPolicy: Retain`.",
      { example: "efs-sc-retain", defaultText: "as `storageClass`" },
    ),
    hostPath: about(
      absolutePath().optional(),
      "Folder on the only node, with `cache` and `uploads` in it, which belong to the application's user.",
      {
        example: "/var/lib/next-on-eks",
        defaultText: "one of `nfs`, `storageClass`, `hostPath`",
      },
    ),
  })
  .prefault({});
