import type { AwsConfig } from "./config";
import { backOrAnotherStack, removeCommand, setCommand as set } from "../../messages/commands";
import { type ChangeRule } from "../../changes/rule";

/** Stands for the id if the stack creates its VPC. */
const OWN_VPC = "own";

/** An existing VPC. */
export const existingNetwork: readonly ChangeRule<AwsConfig>[] = [
  {
    key: "network.existing.vpcId",
    kind: "refused",
    change: "another VPC, from the stack's own to an existing one, or back",
    fact: ({ network }) => network.existing?.vpcId ?? OWN_VPC,
    check: (old, now) => ({
      message: `${vpcName(old)} cannot become ${vpcName(now)}: a different VPC means a new cluster and a new file system.`,
      remedy: backOrAnotherStack(
        old === OWN_VPC ? removeCommand("network.existing") : set("network.existing.vpcId", old),
      ),
    }),
  },
  {
    key: "network.existing.privateSubnetIds",
    kind: "refused",
    change: "other private subnets",
    // In any order: readNetwork sorts them.
    fact: ({ network }) =>
      network.existing && [...network.existing.privateSubnetIds].sort().join(", "),
    check: (old, now) => ({
      message: `'${old}' cannot become '${now}': EKS starts nodes in the subnets that the cluster was created with, and mount targets would be replaced under running pods.`,
      remedy: old
        .split(", ")
        .map((id, index) => set(`network.existing.privateSubnetIds[${index}]`, id))
        .join("\n"),
    }),
  },
];

function vpcName(fact: string): string {
  return fact === OWN_VPC ? "the stack's own VPC" : `'${fact}'`;
}
