import type { PlannedResource } from "../plan/plan";

/*
 * EKS clusters: the component of @pulumi/eks, and the resource that it makes in the engine.
 */

const COMPONENT = "eks:index:Cluster";
const RESOURCE = "aws:eks/cluster:Cluster";

export function isCluster({ type }: Pick<PlannedResource, "type">): boolean {
  return type === COMPONENT || type === RESOURCE;
}

/** What says who reaches the API server; undefined: it is no cluster. */
export function endpointOf({ type, inputs }: PlannedResource): unknown {
  if (type === COMPONENT) return inputs;
  return type === RESOURCE ? inputs.vpcConfig : undefined;
}

/** The key that encrypts Kubernetes' Secrets, or what names it. */
export function secretsKeyOf({ type, inputs }: PlannedResource): unknown {
  return type === COMPONENT ? inputs.encryptionConfigKeyArn : inputs.encryptionConfig;
}
