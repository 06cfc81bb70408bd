import { setCommand as set } from "../../../messages/commands";
import type { Rule } from "../../../rules/rule";
import type { AwsConfig } from "../config";

export const regionRules: readonly Rule<AwsConfig>[] = [
  {
    id: "region",
    why: "Everything on AWS is created in one region.",
    severity: "error",
    check: ({ region }) =>
      region === undefined
        ? {
            key: "aws:region",
            message: "is missing.",
            remedy: set("aws:region", "eu-west-1"),
          }
        : undefined,
  },
  {
    id: "region-name",
    why: "A name that does not look like a region is mistyped.",
    severity: "error",
    check: ({ region }) =>
      region === undefined || /^[a-z]{2}(-[a-z]+)+-[0-9]$/.test(region)
        ? undefined
        : {
            key: "aws:region",
            message: `'${region}' is not the name of a region, such as eu-west-1.`,
            remedy: set("aws:region", "eu-west-1"),
          },
  },
  {
    id: "partition",
    why: "The other AWS partitions have different ARNs and endpoints.",
    severity: "error",
    check: ({ region }) => {
      const partition = /^(cn|us-gov|us-iso[a-z]*|eu-isoe)-/.exec(region ?? "")?.[1];
      return partition === undefined
        ? undefined
        : {
            key: "aws:region",
            message: `'${region}' is in another AWS partition (${partition}), whose ARNs and endpoints this stack does not know.`,
            remedy: set("aws:region", "eu-west-1"),
          };
    },
  },
];
