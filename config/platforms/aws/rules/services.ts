import { either, setCommand as set } from "../../../messages/commands";
import type { Rule } from "../../../rules/rule";
import type { AwsConfig } from "../config";
import { missingPaths } from "./buildPaths";

/** Redis, and the image that the stack builds. */
export const serviceRules: readonly Rule<AwsConfig>[] = [
  {
    id: "failover-replica",
    why: "If the primary is lost, a replica must be there to take over.",
    severity: "error",
    check: ({ redis }) =>
      redis && redis.automaticFailover && redis.nodes < 2
        ? {
            key: "redis.automaticFailover",
            message: `true needs a replica, but redis.nodes is ${redis.nodes}.`,
            remedy: set("redis.nodes", "2"),
          }
        : undefined,
  },
  {
    id: "redis-versions",
    why: "ElastiCache has no version of redis after 7.1.",
    severity: "error",
    check: ({ redis }) =>
      redis && redis.engine === "redis" && !["7.0", "7.1"].includes(redis.engineVersion)
        ? {
            key: "redis.engineVersion",
            message: `'${redis.engineVersion}' is refused: this stack knows redis 7.0 and 7.1, the last that ElastiCache has.`,
            remedy: either(set("redis.engineVersion", "7.1"), set("redis.engine", "valkey")),
          }
        : undefined,
  },
  {
    id: "build-paths",
    why: "A missing folder would fail the build only after the VPC has been created.",
    severity: "error",
    check: ({ app }) => missingPaths(app?.build),
  },
  {
    id: "build-in-production",
    why: "Production must run the image that was tested, not a new build.",
    severity: "error",
    check: ({ production, app }) =>
      production && app?.build
        ? {
            key: "app.build",
            message: `'${app.build.context}' would be built again for production, which needs an image that was built and tested once.`,
            remedy: set("app.image", "REGISTRY/NAME@sha256:DIGEST"),
          }
        : undefined,
  },
];
