import assert from "node:assert/strict";
import type { StateResource } from "./awsStack";
import { nameOf, shortOf, typeOf, type Deed } from "./engineLog";

/** A kind of deed: the end of its type's token, and what its name begins with. */
type Which = readonly [type: string, name?: string];

/** `first` is there before `then` begins, and goes only after `then` is gone. */
export interface Order {
  readonly first: Which;
  readonly then: Which;
  readonly why: string;
}

/** Sources: the documents of EC2, EKS and EFS, and what fails in an account without the order. */
export const ORDER: readonly Order[] = [
  {
    first: [":Route", "network-public-internet"],
    then: [":NatGateway"],
    why: "EC2 refuses a NAT gateway in a VPC without a way to the internet",
  },
  {
    first: [":Route", "network-private"],
    then: ["eks/cluster:Cluster"],
    why: "nodes without a way out reach no registry, and lose the API server in a destroy",
  },
  {
    first: [":RouteTableAssociation", "network-private"],
    then: ["eks/cluster:Cluster"],
    why: "a private subnet takes its routes from the table that it is associated with",
  },
  {
    first: [":RolePolicyAttachment", "cluster-eks"],
    then: ["eks/cluster:Cluster"],
    why: "EKS deletes network interfaces and nodes with these permissions",
  },
  {
    first: [":LogGroup", "cluster-logs"],
    then: ["eks/cluster:Cluster"],
    why: "EKS makes the log group itself where there is none, and keeps it for ever",
  },
  {
    first: [":RolePolicyAttachment", "addons-efs"],
    then: [":Addon", "addons-efs"],
    why: "the driver makes and deletes access points for as long as it runs",
  },
  {
    first: [":SecurityGroupIngressRule", "files-efs"],
    then: [":Deployment", "web"],
    why: "a pod mounts through the mount target's group",
  },
  {
    first: [":MountTarget", "files"],
    then: [":Deployment", "web"],
    why: "without a mount target in its zone no pod mounts, and none may go below a pod",
  },
  {
    first: [":Addon", "addons-efs"],
    then: [":PersistentVolumeClaim"],
    why: "the driver makes the volume of a claim, and deletes it",
  },
  {
    first: [":ReplicationGroup"],
    then: [":Deployment", "web"],
    why: "pods start with the address of Redis, and write to it until they end",
  },
  {
    first: [":SecurityGroupIngressRule", "pages-redis"],
    then: [":Deployment", "web"],
    why: "the rule lets pods to Redis until they end",
  },
  {
    first: ["eks/cluster:Cluster"],
    then: ["k8s:elb"],
    why: "the cluster's controllers make the load balancer, and nobody else removes it",
  },
  {
    first: [":RouteTableAssociation", "network-public"],
    then: ["k8s:elb"],
    why: "the load balancer stands in the public subnets",
  },
  {
    first: [":AccessPolicyAssociation"],
    then: [":Namespace"],
    why: "whoever destroys the stack by this role needs its rights until the last object is gone",
  },
];

/**
 * @param timelines the deeds of one verb, as the account and as the engine tell of them
 * @param expected rules that the stack has something of; each must be seen in one timeline at least
 */
export function checkOrder(
  verb: "create" | "delete",
  timelines: readonly (readonly Deed[])[],
  expected: readonly Order[],
): void {
  const broken: string[] = [];
  for (const { first, then, why } of expected) {
    let seen = false;
    for (const deeds of timelines) {
      const [before, after] = [first, then].map((which) => deeds.filter(is(verb, which)));
      if (before === undefined || after === undefined) continue;
      if (before.length === 0 || after.length === 0) continue;
      seen = true;
      const [early, late] = verb === "create" ? [before, after] : [after, before];
      for (const one of early) {
        const wrong = late.find(({ start }) => start < one.end);
        if (wrong) broken.push(`${verb} of ${told(wrong)} began before ${told(one)} ended: ${why}`);
      }
    }
    if (!seen) broken.push(`no ${verb} of both ${first.join(" ")} and ${then.join(" ")} was seen`);
  }
  assert.deepEqual(broken, []);
}

/**
 * The same by what the engine knows and not by what happened: an order that was luck may be another one tomorrow.
 * @param resources those of a state, or of a preview
 */
export function checkNeeds(resources: readonly StateResource[], expected: readonly Order[]): void {
  const byUrn = new Map(resources.map((it) => [it.urn, it]));
  const broken: string[] = [];
  for (const { first, then, why } of expected) {
    // made by the cluster's controllers, of which the engine knows nothing
    if (then[0] === "k8s:elb") continue;
    const [before, after] = [first, then].map(([type, name = ""]) =>
      resources.filter(({ urn }) => typeOf(urn).endsWith(type) && nameOf(urn).startsWith(name)),
    );
    if (!before?.length || !after?.length) {
      broken.push(`nothing of ${first.join(" ")} or of ${then.join(" ")}`);
      continue;
    }
    for (const late of after) {
      const needed = needsOf(late, byUrn);
      for (const early of before)
        if (!needed.has(early.urn))
          broken.push(`${shortOf(late.urn)} does not depend on ${shortOf(early.urn)}: ${why}`);
    }
  }
  assert.deepEqual(broken, []);
}

/** All that a resource depends on, by way of others too. */
function needsOf(
  resource: StateResource,
  byUrn: ReadonlyMap<string, StateResource>,
): ReadonlySet<string> {
  const found = new Set<string>();
  const left = [resource];
  for (let it = left.pop(); it !== undefined; it = left.pop()) {
    const provider = it.provider?.replace(/::[^:]*$/, "");
    for (const urn of [...(it.dependencies ?? []), it.parent, provider]) {
      const next = urn === undefined || found.has(urn) ? undefined : byUrn.get(urn);
      if (!next) continue;
      found.add(next.urn);
      left.push(next);
    }
  }
  return found;
}

function is(verb: "create" | "delete", [type, name = ""]: Which): (deed: Deed) => boolean {
  return (deed) => deed.op === verb && deed.type.endsWith(type) && deed.name.startsWith(name);
}

const told = ({ type, name }: Deed): string => `${type.split(":").pop()} ${name}`;

/** Rules about what only some stacks have. */
export function orderOf(stack: "dev" | "prod"): readonly Order[] {
  return ORDER.filter(({ first }) => stack === "prod" || first[0] !== ":AccessPolicyAssociation");
}
