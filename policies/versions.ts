import { setCommand, removeCommand } from "../config/messages/commands";
import { endedSupport, endingSupport, nextVersion } from "../model/kubernetesVersions";
import type { Plan } from "../plan/plan";
import { isCluster } from "./clusters";
import { asInConfig } from "./configRules";
import { isPartOf } from "../plan/typeNames";
import { WARNED, type Policy, type Violation } from "./policy";
import { inTheCode } from "./remedies";
import { at, mapOf } from "./values";
import { objectsOf } from "./workloads";

/*
 * What is going out of support.
 */

const supportEnding: Policy = {
  ...asInConfig("kubernetes-support-ending"),
  scanners: { checkov: ["CKV_AWS_339"] },
  check: ({ plan, today }) =>
    clusters(plan, (version) => {
      const end = endingSupport(version, today);
      return end && `Kubernetes ${version} leaves EKS standard support on ${end}.`;
    }),
};

const supportEnded: Policy = {
  ...asInConfig("kubernetes-support-ended"),
  scanners: { checkov: ["CKV_AWS_339"] },
  check: ({ plan, today }) =>
    clusters(plan, (version) => {
      const end = endedSupport(version, today);
      return (
        end &&
        `Kubernetes ${version} left EKS standard support on ${end}: AWS upgrades it by itself.`
      );
    }),
};

function clusters(
  { resources, stack }: Plan,
  problem: (version: string) => string | undefined,
): Violation[] {
  return resources.filter(isCluster).flatMap((resource): Violation[] => {
    const { version } = resource.inputs;
    const message = typeof version === "string" ? problem(version) : undefined;
    if (typeof version !== "string" || message === undefined) return [];
    const remedy = setCommand("cluster.version", nextVersion(version), "", stack);
    return [{ resource, key: "cluster.version", message, remedy }];
  });
}

/** Of the community's ingress-nginx, which was retired in March 2026, and of Kubernetes before the class was a field. */
const RETIRED = /^(nginx\.ingress\.kubernetes\.io\/|kubernetes\.io\/ingress\.class$)/;

const retiredAnnotations: Policy = {
  id: "retired-annotations",
  why: "F5's controller ignores annotations of the retired ingress-nginx, so a limit or an access list in one of them is not there.",
  severity: WARNED,
  scanners: { checkov: ["CKV_K8S_152", "CKV_K8S_153", "CKV_K8S_154"] },
  check: ({ plan }) =>
    objectsOf(plan, "Ingress").flatMap((resource) =>
      Object.keys(mapOf(at(resource.inputs, "metadata", "annotations")))
        .filter((name) => RETIRED.test(name))
        .map((name) => ({
          resource,
          part: name,
          message: `${name} is an annotation of a retired controller.`,
          remedy: isPartOf(resource, "AppIngress")
            ? `${removeCommand(`ingress.annotations["${name}"]`, plan.stack)}\nF5's controller has annotations of its own, which begin with nginx.org/`
            : inTheCode(`remove it where the code makes ${resource.name}`, name),
        })),
    ),
};

export const versionPolicies: readonly Policy[] = [supportEnding, supportEnded, retiredAnnotations];
