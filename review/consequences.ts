import type { Plan } from "../plan/plan";
import { FATE_WORDS, LOST, type ResourceChange } from "./change";
import { openedBy, sentenceFor } from "./sentences";
import { isRedis, partOf } from "./stateParts";

/* What a change does to visitors and data, and how dangerous that is. */

/** From the most dangerous to the least. */
export const SECTIONS = ["state", "protection", "reach", "capacity", "release", "rest"] as const;
export type Section = (typeof SECTIONS)[number];

/** What to say of a change. */
export interface Consequence {
  readonly section: Section;
  /** One sentence in plain words, `{}` for the names of the resources; undefined: the fate says it all. */
  readonly says: string | undefined;
  /** Order within a section: what is worth more comes first. */
  readonly rank: number;
}

/** Whether it comes before what the rules of changes only warn of: a protection goes, or somebody more is let in. */
export function isAlarm({ section, rank }: Pick<Consequence, "section" | "rank">): boolean {
  return section === "protection" ? rank <= UNGUARDED : section === "reach" && rank <= OPENED;
}

const OPENED = -1;
const UNGUARDED = 1;

const REACH =
  /:(SecurityGroup|SecurityGroupIngressRule|NetworkPolicy|Ingress|Role|RolePolicyAttachment|AccessEntry|AccessPolicyAssociation|FileSystemPolicy|Record|Certificate|CertificateValidation|Route)$/;
const REACH_PATHS =
  /^(publicAccessCidrs|endpointPublicAccess|endpointPrivateAccess|authToken|spec\.type$)/;
const GUARDS =
  /^(atRestEncryptionEnabled|transitEncryptionEnabled|encrypted|deletionProtection|snapshotRetentionLimit|backupPolicy|encryptionConfig|enableKeyRotation)/;
const CAPACITY = /:(HorizontalPodAutoscaler|PodDisruptionBudget|NatGateway)$/;
const CAPACITY_PATHS =
  /(^|\.)(replicas|minReplicas|maxReplicas|resources|nodeType|numCacheClusters|automaticFailoverEnabled|multiAzEnabled)\b/;
const RELEASE = /:(Deployment|Image|ConfigMap|Secret|Release|Addon)$|^eks:index:Cluster$/;

/**
 * @param before the plan that has what is lost
 * @param after the plan with the change
 */
export function consequenceOf(change: ResourceChange, before: Plan, after: Plan): Consequence {
  const lost = lossOf(change, before);
  if (lost) return { section: "state", ...lost };
  if (change.protection !== undefined) return ofProtection(change.protection);
  const says = sentenceFor(change, before, after);
  const paths = change.properties.map(({ path }) => path);
  const touches = (pattern: RegExp) => paths.some((path) => pattern.test(path));
  if (touches(GUARDS)) {
    const guards = "what protects the data of {} changes: encryption, backups or deletion";
    return { section: "protection", says: guards, rank: UNGUARDED };
  }
  const is = (section: Section): Consequence => ({ section, says, rank: 0 });
  if (openedBy(change) !== undefined) return { section: "reach", says, rank: OPENED };
  if (REACH.test(change.type) || touches(REACH_PATHS)) return is("reach");
  if (CAPACITY.test(change.type) || touches(CAPACITY_PATHS)) return is("capacity");
  return is(RELEASE.test(change.type) ? "release" : "rest");
}

function ofProtection(protection: "removed" | "added"): Consequence {
  return protection === "removed"
    ? { section: "protection", says: "Pulumi no longer refuses to delete {}", rank: 0 }
    : { section: "protection", says: "Pulumi refuses to delete {} from now on", rank: 2 };
}

function lossOf(
  change: ResourceChange,
  plan: Plan,
): Pick<Consequence, "says" | "rank"> | undefined {
  const { fate, before: resource } = change;
  if (!resource) return undefined;
  const part = partOf(resource, plan);
  if (!part) return undefined;
  const { name, then, rank } = part;
  if (restarts(change) && isRedis(resource)) {
    const perhaps = fate === "may change" ? "perhaps " : "";
    return { says: `${name} is ${perhaps}restarted and empty after that: ${then}`, rank };
  }
  return LOST.has(fate) ? { says: `${name} is ${FATE_WORDS[fate]}: ${then}`, rank } : undefined;
}

/** A small Redis in the cluster keeps nothing on a disk. */
function restarts({ type, fate, properties }: ResourceChange): boolean {
  return (
    type.endsWith(":Deployment") &&
    (fate === "updated" || fate === "may change") &&
    properties.some(({ path }) => path.startsWith("spec.template"))
  );
}
