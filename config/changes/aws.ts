import type { AwsConfig } from "../../config";
import { setCommand as set } from "../problems";
import type { ChangeRule } from "./rule";

/** What platform `aws` makes. */
export const aws: readonly ChangeRule<AwsConfig>[] = [
  {
    key: "network.cidr",
    kind: "refused",
    change: "another range",
    fact: ({ network }) => network.cidr,
    check: (old, now) => ({
      message: `'${old}' cannot become '${now}': a VPC keeps its range, and another VPC means another cluster and another file system.`,
      remedy: `${set("network.cidr", old)} (or pulumi stack init NAME, for another stack beside this one)`,
    }),
  },
];
