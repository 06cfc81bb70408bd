import { z } from "zod";
import { quantity, quantityOrNone } from "./quantities";
import { about } from "./values";

/** The keys of `files` that every platform has. */
export const sharedFiles = {
  cacheSize: about(
    quantity(),
    "Size that the cache claim requests. EFS ignores it and grows with use.",
    { example: "5Gi" },
  ).default("5Gi"),
  uploadsSize: about(quantity(), "Size that the uploads claim requests.", {
    example: "20Gi",
  }).default("20Gi"),
  required: about(
    z.boolean(),
    "Pods mount the shared files and publish their release there. `false` lets them start without, while the file server is down; uploads, shared images and old chunks are then missing.",
    { example: "false" },
  ).default(true),
  releasesKept: about(
    z.int().min(2).max(100),
    "Number of releases whose static files and images stay on the cache claim, beside those that have pods.",
    { example: "5" },
  ).default(5),
  publicSize: about(
    quantityOrNone(),
    "How much of each release's `public/` stays on the cache claim, smallest files first, for its pages that are still open after the next deploy. Files that releases share take space once. 0 keeps none.",
    { example: "4Gi" },
  ).default("1Gi"),
  rollbackRelease: about(
    z
      .string()
      .regex(/^[^\s,]+$/, "expected the id of one release")
      .optional(),
    "Deployment id of a release that is never removed, because you may roll back to it. The previous release always stays.",
    { example: "v1", defaultText: "none" },
  ),
};

export const cache = z
  .strictObject({
    store: about(
      z.enum(["redis", "files"]),
      "Where pods share pages, data and tags. `files` needs no Redis: it keeps them on the cache claim, and a pod can be up to a second behind another.",
      { example: "files" },
    ).default("redis"),
  })
  .prefault({});

export const assets = z
  .strictObject({
    enabled: about(
      z.boolean().optional(),
      "nginx pods serve `/_next/static` of all kept releases, so that pages opened before a deploy still find their files after it. With `false`, Next.js serves only the files of its own release.",
      { example: "false", defaultText: "as `files.required`" },
    ),
    image: about(z.string().min(1), "nginx image that runs without root.", {
      example: "registry.example.com/nginxinc/nginx-unprivileged:1.28.0-alpine",
    }).default("nginxinc/nginx-unprivileged:1.28.0-alpine"),
    replicas: about(z.int().min(1).max(20), "Number of nginx pods.", { example: "2" }).default(2),
  })
  .prefault({});
