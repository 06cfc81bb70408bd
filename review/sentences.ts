import type { Plan, PlannedResource } from "../plan/plan";
import { ofType } from "../plan/typeNames";
import type { ResourceChange } from "./change";

/*
 * What a change that takes nothing away does, in plain words. `{}` stands for the names of the resources.
 */

interface Sentence {
  readonly type: RegExp;
  /** @returns undefined: the values say it all */
  readonly says: (change: ResourceChange, after: Plan, before: Plan) => string | undefined;
}

/** The first that fits counts. */
const SENTENCES: readonly Sentence[] = [
  { type: ofType("NetworkPolicy"), says: ofNetworkPolicy },
  { type: ofType("AccessEntry", "AccessPolicyAssociation"), says: ofAccess },
  { type: ofType("Certificate"), says: ofCertificate },
  { type: ofType("SecurityGroup"), says: ofSecurityGroup },
  { type: ofType("Service"), says: ofService },
  { type: ofType("Ingress"), says: ofHosts },
  { type: ofType("HorizontalPodAutoscaler"), says: ofAutoscaler },
  { type: ofType("ReplicationGroup"), says: ofRedis },
  { type: /^eks:index:Cluster$/, says: ofCluster },
  { type: ofType("Deployment"), says: ofDeployment },
  { type: /^kubernetes:core\/v1:(ConfigMap|Secret)$/, says: ofContent },
];

/** @param after the plan with the change */
export function sentenceFor(change: ResourceChange, before: Plan, after: Plan): string | undefined {
  const sentence = SENTENCES.find(({ type }) => type.test(change.type));
  return openedBy(change) ?? sentence?.says(change, after, before);
}

const OPEN = /0\.0\.0\.0\/0|::\/0/;
/** Where a range says who comes in; where routes and policies go out, all addresses are usual. */
const RANGES = /cidr|sourceRanges/i;
const WAY_OUT = /egress/i;

/** What lets in more than before: undefined if nothing does. */
export function openedBy(change: ResourceChange): string | undefined {
  const opened = change.properties.find(
    ({ path, old, now }) =>
      !WAY_OUT.test(path) &&
      RANGES.test(path + (JSON.stringify(now) ?? "")) &&
      OPEN.test(JSON.stringify(now) ?? "") &&
      !OPEN.test(JSON.stringify(old) ?? ""),
  );
  return opened ? `{} is opened to the whole internet (${opened.path})` : wayPastController(change);
}

/** Types of Services that are reached from outside the cluster, and where. */
const OUTSIDE: Readonly<Record<string, string>> = {
  LoadBalancer: "at a load balancer of its own",
  NodePort: "at a port of every node",
};

function wayPastController({ type, before, after }: ResourceChange): string | undefined {
  const where = (service?: PlannedResource) =>
    service && OUTSIDE[String((service.inputs.spec as Spec | undefined)?.type)];
  const [old, now] = [where(before), where(after)];
  return ofType("Service").test(type) && now !== undefined && old === undefined
    ? `{} is reached ${now} too, by plain HTTP and past the ingress controller`
    : undefined;
}

function ofService({ after, properties }: ResourceChange): string | undefined {
  return after && properties.some(({ path, old }) => path === "spec.type" && String(old) in OUTSIDE)
    ? "{} is no longer reached past the ingress controller"
    : undefined;
}

function ofNetworkPolicy({ type, fate }: ResourceChange, after: Plan, before: Plan): string {
  const has = ({ resources }: Plan) => resources.some((it) => it.type === type);
  if (fate === "created" && !has(before))
    return "connections of pods that no policy allows are refused from now on";
  return fate === "deleted" && !has(after)
    ? "no network policy is left: pods reach everything, and everything reaches them"
    : "pods reach others, or are reached by others, than before";
}

function ofAccess({ fate }: ResourceChange): string | undefined {
  if (fate === "deleted") return "a role loses its access to the cluster ({})";
  return fate === "created" ? "a role gets access to the cluster ({})" : undefined;
}

function ofCertificate({ fate }: ResourceChange): string | undefined {
  if (fate === "created") return "the site gets a certificate, and answers by HTTPS";
  if (fate === "deleted") return "the site's certificate is deleted";
  return fate === "replaced" || fate === "perhaps replaced"
    ? "a new certificate is made and proved, and the load balancer takes it before the old one goes"
    : undefined;
}

function ofHosts({ before, after }: ResourceChange): string | undefined {
  if (!before || !after) return undefined;
  const [old, now] = [hostsOf(before), hostsOf(after)];
  const come = now.filter((host) => !old.includes(host));
  const gone = old.filter((host) => !now.includes(host));
  const parts = [
    ...(come.length > 0 ? [`the site answers at ${come.join(", ")} too`] : []),
    ...(gone.length > 0 ? [`the site no longer answers at ${gone.join(", ")}`] : []),
    ...httpsOf(before, after),
  ];
  return parts.length === 0 ? undefined : parts.join("; ");
}

/** Of a certificate that the Ingress names: at the load balancer it is none of its business. */
function httpsOf(before: PlannedResource, after: PlannedResource): string[] {
  const [old, now] = [before, after].map(({ inputs }) => (inputs.spec as Spec | undefined)?.tls);
  if (old === undefined && now !== undefined) return ["the site answers by HTTPS"];
  return old !== undefined && now === undefined ? ["the site no longer answers by HTTPS"] : [];
}

interface Spec {
  readonly tls?: unknown;
  readonly type?: unknown;
}

function hostsOf({ inputs }: PlannedResource): string[] {
  const { rules = [] } = (inputs.spec ?? {}) as { rules?: readonly { host?: unknown }[] };
  return rules.flatMap(({ host }) => (typeof host === "string" ? [host] : []));
}

function ofAutoscaler({ before, after }: ResourceChange): string | undefined {
  if (!before || !after) return undefined;
  const [old, now] = [rangeOf(before), rangeOf(after)];
  const word = now === "1" ? "pod" : "pods";
  return old === now ? undefined : `{} has ${now} ${word}, and had ${old}`;
}

function rangeOf({ inputs }: PlannedResource): string {
  const { minReplicas, maxReplicas } = (inputs.spec ?? {}) as Record<string, unknown>;
  return minReplicas === maxReplicas ? `${minReplicas}` : `${minReplicas} to ${maxReplicas}`;
}

const EXCHANGED = /^(engine|engineVersion|nodeType|numCacheClusters)$/;

/** Source: docs/changes.md. */
function ofRedis({ fate, properties }: ResourceChange): string | undefined {
  return fate === "updated" && properties.some(({ path }) => EXCHANGED.test(path))
    ? "Redis changes in place and keeps its entries ({}): connections break for seconds"
    : undefined;
}

function ofCluster({ properties }: ResourceChange): string | undefined {
  const version = properties.find(({ path }) => path === "version");
  if (version) {
    return `Kubernetes goes from ${String(version.old)} to ${String(version.now)}, which cannot be undone; nodes are replaced one by one`;
  }
  return properties.some(({ path }) => path === "publicAccessCidrs")
    ? "other addresses than before reach the cluster's API server"
    : undefined;
}

function ofDeployment(
  { before, type, fate, properties }: ResourceChange,
  after: Plan,
): string | undefined {
  if (fate === "deleted") {
    const others = after.resources.filter((it) => it.type === type && it.parent === before?.parent);
    const instead = others.map(({ name }) => name).join(", ");
    return instead === ""
      ? "the pods of {} are deleted"
      : `the pods of {} are deleted; those of ${instead} take their place`;
  }
  if (!properties.some(({ path }) => path.startsWith("spec.template"))) return undefined;
  return fate === "may change"
    ? "pods of {} are replaced if a value changes: new ones are ready before old ones stop"
    : "pods of {} are replaced, new ones ready before old ones stop";
}

/** Names of these come from Pulumi, so that the new one is there before the old one goes. */
function ofContent({ fate, type }: ResourceChange): string | undefined {
  return fate === "replaced"
    ? `another ${type.split(":").at(-1)} is made beside {}; pods that use it are replaced, new ones ready before old ones stop`
    : undefined;
}

function ofSecurityGroup({ fate }: ResourceChange): string | undefined {
  return fate === "replaced" || fate === "perhaps replaced"
    ? "another security group takes the place of {}: connections may be refused for a moment"
    : undefined;
}
