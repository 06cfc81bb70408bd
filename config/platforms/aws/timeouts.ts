/**
 * Seconds. Pods and claims may first wait for a node to start, and for the EFS driver on it, which retries mounts. The
 * ingress controller waits for new nodes, on which its image must then be pulled, and for an NLB.
 */
export const TIMEOUTS = { app: 420, claims: 180, controller: 900 } as const;
