import { accessPolicies } from "./access";
import { availabilityPolicies } from "./availability";
import { buildPolicies } from "./build";
import { changePolicies } from "./changes";
import { encryptionPolicies } from "./encryption";
import { exposurePolicies } from "./exposure";
import { imagePolicies } from "./images";
import { networkPolicies } from "./network";
import { podPolicies } from "./pods";
import type { Policy } from "./policy";
import { redisPolicies } from "./redis";
import { secretPolicies } from "./secrets";
import { versionPolicies } from "./versions";

/** All policies, by subject, in the order of their findings. */
export const policyParts: Readonly<Record<string, readonly Policy[]>> = {
  State: changePolicies,
  "Who reaches what": [...exposurePolicies, ...networkPolicies, ...accessPolicies],
  "Encryption and secrets": [...encryptionPolicies, ...secretPolicies],
  Pods: podPolicies,
  Availability: [...availabilityPolicies, ...redisPolicies],
  "Images and versions": [...imagePolicies, ...buildPolicies, ...versionPolicies],
};

export const policies: readonly Policy[] = Object.values(policyParts).flat();
