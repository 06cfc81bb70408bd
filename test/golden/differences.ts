import type { Difference } from "./scenario";

/*
 * Where the engine's preview says more than a comparison, in several scenarios.
 */

/** Of what has the address of an object in it. */
export function addressUnknown(updated: "chart" | "Ingress"): Difference {
  return {
    told: "unchanged",
    is: "updated",
    because: `\`status\` of an updated ${updated} is unknown in a preview; its address stays, and \`up\` changes nothing`,
  };
}
