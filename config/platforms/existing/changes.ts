import { createHash } from "node:crypto";
import type { ExistingConfig } from "./config";
import { backOrAnotherStack, setCommand as set } from "../../messages/commands";
import { bytesOf } from "../../../model/quantities";
import { NONE, type ChangeRule } from "../../changes/rule";

/** Changes on platform `existing`. */
export const changes: readonly ChangeRule<ExistingConfig>[] = [
  {
    key: "cluster.context",
    kind: "asked",
    change: "another context",
    fact: ({ cluster }) => cluster.context ?? NONE,
    check: (old, now) =>
      old === NONE || now === NONE
        ? undefined
        : {
            message: `'${old}' becomes '${now}': if that is another cluster, everything is created again there and deleted here, with claims and sessions. Confirm only if it is another name for the same cluster.`,
            remedy: backOrAnotherStack(set("cluster.context", old)),
          },
  },
  {
    key: "files",
    kind: "refused",
    change: "uploads elsewhere: another kind of volume, server, folder or class",
    fact: uploadsOf,
    check: (old, now) => ({
      message: `uploads cannot move from ${old} to ${now}: claims and volumes cannot move, and a new claim would start without the files.`,
      remedy: backOrAnotherStack(`set files back to ${old}`, ", with a copy of the uploads"),
    }),
  },
  {
    key: "files.storageClass",
    kind: "warned",
    change: "another class only for the cache",
    fact: ({ files }) => files.storageClass,
    check: (old, now) => ({
      message: `'${old}' becomes '${now}': the cache starts empty, so pages are rendered again and files of older releases are missing.`,
    }),
  },
  {
    key: "files.cacheSize",
    kind: "warned",
    change: "another size, with `files.storageClass`",
    fact: ({ files }) => (files.storageClass === undefined ? undefined : files.cacheSize),
    check: (old, now) => ({
      message: `'${old}' becomes '${now}': a new, empty cache replaces this one, so pages are rendered again and files of older releases are missing.`,
    }),
  },
  {
    key: "files.uploadsSize",
    kind: "refused",
    change: "a smaller size, with `files.storageClass`",
    fact: ({ files }) => (files.storageClass === undefined ? undefined : files.uploadsSize),
    check: (old, now) =>
      bytesOf(now) < bytesOf(old)
        ? {
            message: `'${old}' cannot become '${now}': Kubernetes cannot shrink a claim.`,
            remedy: set("files.uploadsSize", old),
          }
        : undefined,
  },
  {
    key: "app.user",
    kind: "asked",
    change: "another user",
    fact: ({ app }) => String(app.user),
    check: (old, now) => ({
      message: `${old} becomes ${now}: existing uploads belong to ${old}. Confirm once they and their folders belong to ${now} (chown -R ${now}:${now}).`,
      remedy: set("app.user", old),
    }),
  },
  {
    key: "redis.sessions",
    kind: "asked",
    change: "sessions elsewhere (`redis.sessions`, `url`, `sessionUrl`, `inCluster`)",
    fact: sessionsOf,
    check: (old, now) =>
      // Of an encrypted address and one that is not, nobody knows offline whether they differ.
      [old, now].some(isHashed) && [old, now].some(isEncrypted)
        ? undefined
        : {
            message: `sessions move from ${old} to ${now}: they start empty there, and every visitor is logged out.`,
          },
  },
  {
    key: "redis.image",
    kind: "warned",
    change: "another image, with `redis.inCluster`",
    fact: ({ redis }) => (redis.inCluster ? redis.image : undefined),
    check: (old, now) => ({
      message: `'${old}' becomes '${now}': the Redis in the cluster starts empty, and every visitor is logged out.`,
    }),
  },
];

/** What a change of its other keys does. */
export const harmless: Readonly<Record<string, string>> = {
  "cluster.nodes": "nothing: only the program reads it",
  review: "in place",
};

function uploadsOf({ files }: ExistingConfig): string {
  if (files.ephemeral) return "a folder of the pod";
  if (files.nfs) return `nfs ${files.nfs.server}:${files.nfs.path}`;
  if (files.hostPath !== undefined) return `hostPath ${files.hostPath}`;
  return `storageClass ${files.uploadsStorageClass ?? files.storageClass ?? ""}`;
}

/**
 * Where sessions are kept. A URL is a secret, so only a short hash of host, port and database number is recorded: a new
 * password moves nothing. Offline an encrypted one is not known, and named by its key.
 */
function sessionsOf({ cache, redis }: ExistingConfig): string | undefined {
  if (cache.store === "files") return undefined;
  if (redis.url === undefined) return `the cluster's Redis (${redis.sessions})`;
  const [key, url] =
    redis.sessionUrl === undefined
      ? ["redis.url", redis.url]
      : ["redis.sessionUrl", redis.sessionUrl];
  // Offline, where a placeholder stands for it.
  if (!URL.canParse(url)) return `the Redis of ${key}`;
  const { host, pathname } = new URL(url);
  return `the Redis ${createHash("sha256").update(`${host}${pathname}`).digest("hex").slice(0, 8)}`;
}

function isHashed(place: string): boolean {
  return /^the Redis [0-9a-f]{8}$/.test(place);
}

function isEncrypted(place: string): boolean {
  return place.startsWith("the Redis of ");
}
