/*
 * Times whose default depends on the platform.
 */

/** Seconds for the ingress controller. On AWS it waits for new nodes, whose pods have an image to pull then, and for an NLB. */
export const CONTROLLER_SECONDS = { aws: 900, existing: 300 };

/** Seconds for pods and claims. On `aws` a node may have to start first, and EFS's driver on it, whose mounts are tried again. */
export const NODE_SECONDS = {
  aws: { app: 420, claims: 180 },
  existing: { app: 180, claims: 60 },
} as const;
