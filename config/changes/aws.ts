import type { AwsConfig } from "../../config";
import { setCommand as set } from "../problems";
import type { ChangeRule } from "./rule";

/** What platform `aws` makes. */
export const aws: readonly ChangeRule<AwsConfig>[] = [
  {
    key: "network.cidr",
    kind: "refused",
    change: "another range",
    fact: ({ network }) => (network.existing ? undefined : network.cidr),
    check: (old, now) => ({
      message: `'${old}' cannot become '${now}': a VPC keeps its range, and another VPC means another cluster and another file system.`,
      remedy: `${set("network.cidr", old)} (or pulumi stack init NAME, for another stack beside this one)`,
    }),
  },
  {
    key: "network.existing.vpcId",
    kind: "refused",
    change: "another VPC, from the stack's own to an existing one, or back",
    fact: ({ network }) => network.existing?.vpcId ?? OWN_VPC,
    check: (old, now) => ({
      message: `${vpcName(old)} cannot become ${vpcName(now)}: another VPC means another cluster and another file system.`,
      remedy: `pulumi config edit, as it was (or pulumi stack init NAME, for another stack beside this one)`,
    }),
  },
  {
    key: "network.existing.privateSubnetIds",
    kind: "refused",
    change: "other private subnets",
    // In any order: readNetwork gives them one of its own.
    fact: ({ network }) =>
      network.existing && [...network.existing.privateSubnetIds].sort().join(", "),
    check: (old, now) => ({
      message: `'${old}' cannot become '${now}': EKS starts nodes in the subnets of its first day, and mount targets would be made anew under running pods.`,
      remedy: `pulumi config edit, as it was (or pulumi stack init NAME, for another stack beside this one)`,
    }),
  },
];

/** In place of an id, where the stack makes its VPC. */
const OWN_VPC = "own";

function vpcName(fact: string): string {
  return fact === OWN_VPC ? "the stack's own VPC" : `'${fact}'`;
}
