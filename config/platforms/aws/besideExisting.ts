import { removeCommand } from "../../messages/commands";
import type { Problem } from "../../messages/problems";

/** Keys of `network` that say how to create a VPC. */
const OF_A_NEW_VPC = ["cidr", "availabilityZones", "zones", "natGateways", "reservedCidrs"];

/**
 * Keys that were typed beside `network.existing` and have no effect there.
 * @param network as the user typed it: once the defaults are filled in, every key is there
 */
export function besideExisting(network: unknown): Problem[] {
  if (typeof network !== "object" || network === null) return [];
  const keys = Object.entries(network)
    .filter(([, value]) => value !== undefined)
    .map(([key]) => key);
  if (!keys.includes("existing")) return [];
  return OF_A_NEW_VPC.filter((key) => keys.includes(key)).map((key) => ({
    key: `network.${key}`,
    message: "has no effect with network.existing: the stack does not create the VPC.",
    remedy: removeCommand(`network.${key}`),
  }));
}
