import { setCommand } from "../config/messages/commands";
import { isWorld } from "../model/cidr";
import type { PlannedResource } from "../plan/plan";
import { endpointOf } from "./clusters";
import { asInConfig } from "./configRules";
import { REFUSED, type Policy, type Violation } from "./policy";
import { inTheCode } from "./remedies";
import { at, isComputed, listOf } from "./values";

/*
 * What anybody on the internet can reach.
 */

const apiServerOpen: Policy = {
  ...asInConfig("api-server-open"),
  scanners: { checkov: ["CKV_AWS_38"] },
  check: ({ plan }) =>
    plan.resources.flatMap((resource): Violation[] => {
      const open = openRanges(resource);
      if (open.length === 0) return [];
      const named = open.map(({ range }) => range).join(" and ");
      return [
        {
          resource,
          key: "cluster.publicAccessCidrs",
          message: `the Kubernetes API answers the whole internet: publicAccessCidrs has ${named}.`,
          remedy: open
            .map(({ index }) =>
              setCommand(`cluster.publicAccessCidrs[${index}]`, "YOUR.ADDRESS/32", "", plan.stack),
            )
            .join("\n"),
        },
      ];
    }),
};

/** The ranges that are open to the world. EKS takes 0.0.0.0/0 where a public endpoint names no range. */
function openRanges(resource: PlannedResource): { range: string; index: number }[] {
  const where = endpointOf(resource);
  if (where === undefined || at(where, "endpointPublicAccess") === false) return [];
  const ranges = at(where, "publicAccessCidrs");
  if (isComputed(ranges)) return [];
  if (listOf(ranges).length === 0) return [{ range: "no range, which means 0.0.0.0/0", index: 0 }];
  return listOf(ranges)
    .map((range, index) => ({ range: String(range), index }))
    .filter(({ range }) => isWorld(range));
}

const securityGroupOpen: Policy = {
  id: "security-group-open",
  why: "Redis, the shared files and the nodes are for the cluster alone; visitors come through the load balancer.",
  severity: REFUSED,
  scanners: { checkov: ["CKV_AWS_24", "CKV_AWS_25", "CKV_AWS_260", "CKV_AWS_277"] },
  check: ({ plan }) =>
    plan.resources.flatMap((resource): Violation[] =>
      worldRules(resource).map((ports) => ({
        resource,
        part: ports,
        message: `lets the whole internet in at ${ports}.`,
        remedy: inTheCode(
          `name a security group instead of a range (referencedSecurityGroupId), where the code makes ${resource.name}`,
          "SecurityGroup",
        ),
      })),
    ),
};

/** The ports that each rule for the whole internet opens. */
function worldRules({ type, inputs, read }: PlannedResource): string[] {
  if (read) return [];
  const rules: unknown[] = type.endsWith(":SecurityGroupIngressRule")
    ? [inputs]
    : /:(Default)?SecurityGroup$/.test(type)
      ? [...listOf(inputs.ingress)]
      : type.endsWith(":SecurityGroupRule") && inputs.type === "ingress"
        ? [inputs]
        : [];
  return rules.filter(isOfTheWorld).map(portsOf);
}

function isOfTheWorld(rule: unknown): boolean {
  const ranges = [
    at(rule, "cidrIpv4"),
    at(rule, "cidrIpv6"),
    ...listOf(at(rule, "cidrBlocks")),
    ...listOf(at(rule, "ipv6CidrBlocks")),
  ];
  return ranges.map(String).some(isWorld);
}

function portsOf(rule: unknown): string {
  const [from, to] = [at(rule, "fromPort"), at(rule, "toPort")];
  if (from === undefined) return "all ports";
  return from === to ? `port ${String(from)}` : `ports ${String(from)} to ${String(to)}`;
}

export const exposurePolicies: readonly Policy[] = [apiServerOpen, securityGroupOpen];
