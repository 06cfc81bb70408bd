/**
 * Seconds. Pods and claims may first wait for a node to start, and for EFS's driver on it, whose mounts are tried again; the
 * ingress controller waits for new nodes, whose pods have an image to pull then, and for an NLB.
 */
export const TIMEOUTS = { app: 420, claims: 180, controller: 900 } as const;
