import type { Usage } from "../config/platforms/aws/usage";

/* What an estimate assumes of the use of a stack. */

interface Assumption {
  /** What stands after the number of GB. */
  readonly words: string;
  /** The prices that it is multiplied with: where none of them is in the sum, the sum does not stand on it. */
  readonly prices: readonly string[];
}

const ASSUMPTIONS: Readonly<Record<keyof Usage, Assumption>> = {
  trafficGb: {
    words: "a month to visitors",
    prices: ["balancer.capacity", "transfer.out"],
  },
  natGb: { words: "a month through NAT gateways", prices: ["nat.gb"] },
  logsGb: { words: "of logs of the control plane a month", prices: ["logs.taken", "logs.kept"] },
  filesGb: { words: "in the shared file system", prices: ["files.kept", "files.backup"] },
  filesReadGb: { words: "a month read from the shared file system", prices: ["files.read"] },
  filesWrittenGb: { words: "a month written to the shared file system", prices: ["files.written"] },
  imagesGb: { words: "of images in ECR", prices: ["images.kept"] },
  redisGb: { words: "in each Redis, for its snapshots", prices: ["cache.snapshots"] },
};

/**
 * `100 GB a month to visitors (usage.trafficGb)`
 * @param used names of the prices that the sum is made of: what is counted by none of them is left out
 */
export function usageWords(usage: Usage, used: readonly string[]): string[] {
  return (Object.keys(ASSUMPTIONS) as (keyof Usage)[])
    .filter((key) => ASSUMPTIONS[key].prices.some((price) => used.includes(price)))
    .map((key) => `${usage[key]} GB ${ASSUMPTIONS[key].words} (usage.${key})`);
}
