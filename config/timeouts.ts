/*
 * Times whose default depends on the platform.
 */

/** Seconds for the ingress controller. On AWS it waits for new nodes, whose pods have an image to pull then, and for an NLB. */
export const CONTROLLER_SECONDS = { aws: 900, existing: 300 };
