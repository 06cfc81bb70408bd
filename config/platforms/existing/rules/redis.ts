import { either, removeCommand, setCommand as set } from "../../../messages/commands";
import type { Rule } from "../../../rules/rule";
import type { ExistingConfig } from "../config";

export const redisRules: readonly Rule<ExistingConfig>[] = [
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
