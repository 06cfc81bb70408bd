import { setCommand } from "../config/messages/commands";
import { WARNED_IN_PRODUCTION } from "../config/rules/rule";
import type { PlannedResource } from "../plan/plan";
import { isPartOf } from "../plan/typeNames";
import { consequenceOf } from "../review/consequences";
import { LOST, type ResourceChange } from "../review/change";
import { isCluster } from "./clusters";
import type { Culprit, Policy, Scene, Violation } from "./policy";
import { inTheCode } from "./remedies";
import { at, isNot } from "./values";

/*
 * What a change must not do to the parts that hold state.
 */

const stateReplaced: Policy = {
  id: "state-replaced",
  why: "What users uploaded, sessions and the cluster are gone once the resource that holds them is deleted or replaced.",
  severity: { production: "error", elsewhere: "warning" },
  scanners: {},
  comparesPlans: true,
  check: ({ plan, comparison }) =>
    (comparison?.changes ?? [])
      .filter(({ fate }) => LOST.has(fate))
      .flatMap((resource) => {
        const { section, says } = consequenceOf(resource, comparison?.before ?? plan, plan);
        if (section !== "state") return [];
        return {
          resource,
          message: `is ${resource.fate}${says === undefined ? "" : `: ${says}`}.`,
          remedy: `to see which key or file does it:\nnpm run preview -- --against main --stack ${plan.stack}\nif it is meant, copy what is in it first: docs/operations.md`,
        };
      }),
};

/** Types that `protect` covers, in docs/decisions/0003-protect.md; a volume only if it is of the uploads. */
const HOLDS_STATE = [
  "aws:efs/fileSystem:FileSystem",
  "aws:elasticache/replicationGroup:ReplicationGroup",
  "aws:kms/key:Key",
];
const OF_UPLOADS = /:(AccessPoint|PersistentVolume|PersistentVolumeClaim)$/;

function holdsState(resource: PlannedResource): boolean {
  const { type, name, read } = resource;
  if (read) return false;
  const isNamespace = type.endsWith(":Namespace") && isPartOf(resource, "AppNamespace");
  return (
    HOLDS_STATE.includes(type) ||
    isCluster(resource) ||
    isNamespace ||
    (OF_UPLOADS.test(type) && name.endsWith("uploads"))
  );
}

const protectionRemoved: Policy = {
  id: "protection-removed",
  why: "Without protection one mistaken `pulumi destroy`, or one change that replaces it, deletes what holds state.",
  severity: WARNED_IN_PRODUCTION,
  scanners: {},
  check: (scene) => [...unprotected(scene), ...switchedOff(scene)],
};

function unprotected({ plan }: Scene): Violation[] {
  return plan.resources
    .filter((resource) => holdsState(resource) && !resource.protect)
    .map((resource) => ({
      resource,
      message: "holds state, and Pulumi does not refuse to delete it.",
      remedy: protect(plan, resource, "protect:"),
    }));
}

/** The key protects all that hold state: where it is on for others, the code leaves one out. */
function protect(
  { resources, stack }: Scene["plan"],
  { name, urn }: Culprit,
  property: string,
): string {
  const isOn = resources.some((it) => it.protect && it.urn !== urn);
  return isOn
    ? inTheCode(`protect it where the code makes ${name}`, property)
    : setCommand("protect", "true", "", stack);
}

/** EKS has a switch of its own. */
function switchedOff({ plan, comparison }: Scene): Violation[] {
  const clusters = plan.resources.filter(
    (resource) => isCluster(resource) && isNot(resource.inputs.deletionProtection, true),
  );
  const others = (comparison?.changes ?? []).filter(isSwitchedOff);
  return [...clusters, ...others].map((resource) => ({
    resource,
    part: "deletionProtection",
    message: "has deletionProtection off: AWS does not refuse to delete it.",
    remedy: protect(plan, resource, "deletionProtection"),
  }));
}

function isSwitchedOff({ type, before, after }: ResourceChange): boolean {
  return (
    !type.endsWith(":Cluster") &&
    at(before?.inputs, "deletionProtection") === true &&
    after !== undefined &&
    isNot(after.inputs.deletionProtection, true)
  );
}

export const changePolicies: readonly Policy[] = [stateReplaced, protectionRemoved];
