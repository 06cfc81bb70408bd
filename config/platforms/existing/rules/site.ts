import { pullRequestOf, reviewStack } from "../../../../model/reviewSite";
import type { Checked } from "../../../commonConfig";
import { either, removeCommand, setCommand as set } from "../../../messages/commands";
import type { Problem } from "../../../messages/problems";
import type { Rule } from "../../../rules/rule";
import type { ExistingConfig } from "../config";

/*
 * The rules about the site of a pull request, and about files that go with their pod.
 */

type Config = Checked<ExistingConfig>;

/** What a review site must be: key, its value here, the value that it must have, and why. */
function musts({ app, cluster, files, ingress, protect, redis, stack }: Config) {
  return [
    ["cluster.namespace", cluster?.namespace, stack, "is found by its namespace"],
    ["protect", protect, false, "must be removed without asking"],
    ["files.ephemeral", files?.ephemeral, true, "leaves no volume behind"],
    ["redis.inCluster", redis && (redis.inCluster ?? false), true, "shares no Redis"],
    ["ingress.install", ingress?.install, false, "is served by the controller that is there"],
    ["app.replicas.max", app?.replicas.max, 1, "is one pod"],
    ["app.service.type", app?.service.type, "ClusterIP", "is reached through the controller alone"],
  ] as const;
}

export const siteRules: readonly Rule<ExistingConfig>[] = [
  {
    id: "review-name",
    why: "What removes review sites finds them by the number in the stack's name.",
    severity: "error",
    check: ({ review, stack }) => {
      if (review === undefined) return undefined;
      const own = pullRequestOf(stack);
      if (own === review.pullRequest) return undefined;
      return {
        key: "review",
        message: `is for the stack '${reviewStack(review.pullRequest)}', and this one is '${stack}'.`,
        remedy:
          own === undefined
            ? removeCommand("review")
            : either(set("review.pullRequest", String(own)), removeCommand("review")),
      };
    },
  },
  {
    id: "review-keeps-nothing",
    why: "A review site shares a cluster with others, and is removed without asking.",
    severity: "error",
    check: (config) =>
      config.review === undefined
        ? undefined
        : musts(config).flatMap(([key, value, must, why]): Problem[] =>
            value === undefined || value === must
              ? []
              : [
                  {
                    key,
                    message: `'${value}' is refused: a review site ${why}.`,
                    remedy: set(key, String(must)),
                  },
                ],
          ),
  },
  {
    id: "ephemeral-files",
    why: "Without claims there is nothing to publish a release to, and each pod has its own uploads.",
    severity: "error",
    check: ({ app, files }) => [
      ...(files?.ephemeral && files.required
        ? [
            {
              key: "files.required",
              message: "true needs shared files, but files.ephemeral is true.",
              remedy: either(set("files.required", "false"), removeCommand("files.ephemeral")),
            },
          ]
        : []),
      ...(files?.ephemeral && app !== undefined && app.replicas.max > 1
        ? [
            {
              key: "files.ephemeral",
              message: `true with up to ${app.replicas.max} pods: a pod would not find what was uploaded to another.`,
              remedy: either(
                `${set("app.replicas.min", "1")} && ${set("app.replicas.max", "1")}`,
                `${removeCommand("files.ephemeral")} && ${set("files.storageClass", "CLASS")}`,
              ),
            },
          ]
        : []),
    ],
  },
];
