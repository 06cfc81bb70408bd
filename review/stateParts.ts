import type { Plan, PlannedResource } from "../plan/plan";
import { isComponent, isPartOf, ofType } from "../plan/typeNames";

/*
 * Parts that hold something, and what their loss does. A part is known by its type and its place in the plan, never by
 * its name: names are what people change. README's "Which parts hold state" is made from it (`npm run docs`).
 */

/** A part whose loss is worth a sentence. */
interface Part {
  /** In a sentence: `the sessions' Redis`. */
  readonly name: string;
  /** In a sentence, after what happens to it: `all visitors are logged out`. */
  readonly then: string;
  readonly is: (resource: PlannedResource, plan: Plan) => boolean;
}

/** A part that holds data of visitors. */
interface StatePart extends Part {
  /** As in README's table, one row for all with the same. */
  readonly part: string;
  /** What happens if it is lost, in README's table; empty: the row of the same part says it. */
  readonly lost: string;
}

const VOLUMES = ofType("PersistentVolume", "PersistentVolumeClaim");
const CLUSTER = "eks:index:Cluster";
const GROUP = "aws:elasticache/replicationGroup:ReplicationGroup";

/** What holds entries of Redis: ElastiCache's group, or the Deployment of a small one in the cluster. */
export function isRedis(resource: PlannedResource): boolean {
  const { type } = resource;
  return (
    type === GROUP || (ofType("Deployment").test(type) && isPartOf(resource, "InClusterRedis"))
  );
}

/** Only sessions are in a Redis that evicts nothing: pages may go when memory is full. */
function keepsAll({ parent, inputs }: PlannedResource, { resources }: Plan): boolean {
  const own = parent === null ? [] : resources.filter((other) => other.parent === parent);
  return [inputs, ...own.map((other) => other.inputs)].some((it) =>
    JSON.stringify(it).includes("noeviction"),
  );
}

/** A single Redis holds both; of several, those that keep all have the sessions. */
function holds(resource: PlannedResource, plan: Plan): "sessions" | "pages" | "both" | undefined {
  if (!isRedis(resource)) return undefined;
  const all = plan.resources.filter(isRedis);
  if (all.length === 1 || !all.some((it) => keepsAll(it, plan))) return "both";
  return keepsAll(resource, plan) ? "sessions" : "pages";
}

/** What it is for stands in its labels. A volume without them belongs to the uploads: no other one outlives its claim. */
function isFor(role: string, resource: PlannedResource, { resources }: Plan): boolean {
  if (!VOLUMES.test(resource.type)) return false;
  const own = ROLES.find((it) => hasLabel(it, resource));
  if (own !== undefined) return own === role;
  return (
    role === "uploads" &&
    resources.some((it) => it.parent === resource.parent && hasLabel("uploads", it))
  );
}

const ROLES = ["uploads", "cache"];

function hasLabel(role: string, { inputs: { metadata } }: PlannedResource): boolean {
  const { labels } = (metadata ?? {}) as { labels?: unknown };
  return typeof labels === "object" && labels !== null && Object.values(labels).includes(role);
}

/** In README's order, which is that of their worth. */
export const STATE: readonly StatePart[] = [
  {
    part: "uploads (`/data`)",
    lost: "data is lost. A new cluster or claim finds them again on EFS (until `pulumi destroy`) and on NFS",
    name: "the file system of the uploads",
    then: "what users uploaded is lost",
    is: ({ type }) => ofType("FileSystem").test(type),
  },
  {
    part: "uploads (`/data`)",
    lost: "",
    name: "the uploads' folder",
    then: "pods see another folder, and uploads stay behind in the old one",
    is: (resource, plan) =>
      ofType("AccessPoint").test(resource.type) || isFor("uploads", resource, plan),
  },
  {
    part: "Redis for sessions",
    lost: "visitors are logged out",
    name: "the sessions' Redis",
    then: "all visitors are logged out",
    is: (resource, plan) => holds(resource, plan) === "sessions",
  },
  {
    part: "Redis for sessions",
    lost: "",
    name: "the Redis for sessions and pages",
    then: "all visitors are logged out, and all pages are rendered again",
    is: (resource, plan) => holds(resource, plan) === "both",
  },
  {
    part: "Redis for pages, `/shared/cache`",
    lost: "pages are rendered again",
    name: "the Redis for pages",
    then: "all pages are rendered again",
    is: (resource, plan) => holds(resource, plan) === "pages",
  },
  {
    part: "Redis for pages, `/shared/cache`",
    lost: "",
    name: "the shared cache",
    then: "pages are rendered again",
    is: (resource, plan) => isFor("cache", resource, plan),
  },
  {
    part: "images in ECR",
    lost: "they are built again; production's are in your own registry",
    name: "the repository of images",
    then: "its images are deleted, and built again",
    is: ({ type }) => ofType("Repository").test(type),
  },
];

/** Parts without which nothing runs, though they hold no data of visitors. */
const GROUND: readonly Part[] = [
  {
    name: "the cluster",
    then: "everything in it is deleted, and the site is down until it is there again",
    is: ({ type }) => type === CLUSTER,
  },
  {
    name: "the network",
    then: "the cluster, Redis and the file system are in it: all of them are made again",
    is: ({ type }) => ofType("Vpc").test(type),
  },
  {
    name: "the key of the cluster's secrets",
    then: "the cluster cannot read its secrets without it",
    is: ({ type, parent }, { resources }) =>
      ofType("Key").test(type) &&
      resources.some((it) => it.type === CLUSTER && it.parent === parent),
  },
  {
    name: "the application's namespace",
    then: "everything in it is deleted, claims and secrets too",
    is: (resource) => ofType("Namespace").test(resource.type) && isPartOf(resource, "AppNamespace"),
  },
  {
    name: "the ingress controller",
    then: "the load balancer gets another address, and visitors cannot reach the site until DNS points to it",
    is: (resource) =>
      resource.type === "kubernetes:helm.sh/v3:Release" && isPartOf(resource, "IngressController"),
  },
];

/** All, by what they are worth: what nobody can make again first. */
const PARTS: readonly Part[] = [...STATE.slice(0, 2), ...GROUND, ...STATE.slice(2)];

/**
 * The part that a resource is.
 * @param plan the plan that it is in
 * @returns its place among all parts, 0 being worth most; undefined: it is none of them
 */
export function partOf(
  resource: PlannedResource,
  plan: Plan,
): (Part & { readonly rank: number }) | undefined {
  if (isComponent(resource.type)) return undefined;
  const rank = PARTS.findIndex(({ is }) => is(resource, plan));
  const part = PARTS[rank];
  return part && { ...part, rank };
}
