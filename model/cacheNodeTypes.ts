/**
 * Families of ElastiCache's node types and their sizes, without those that AWS no longer offers (t1, m1 to m3, c1, r3)
 * and without r6gd, which needs data tiering. Source: ElastiCache API reference, CreateReplicationGroup, CacheNodeType;
 * c7gn: user guide, "Supported node types".
 */
const UP_TO_16 = ["large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge"];
const UP_TO_24 = ["large", "xlarge", "2xlarge", "4xlarge", "12xlarge", "24xlarge"];
const BURSTABLE = ["micro", "small", "medium"];
const FAMILIES: ReadonlyMap<string, readonly string[]> = new Map([
  ["c7gn", UP_TO_16],
  ["m7g", UP_TO_16],
  ["m6g", UP_TO_16],
  ["m5", UP_TO_24],
  ["m4", ["large", "xlarge", "2xlarge", "4xlarge", "10xlarge"]],
  ["r7g", UP_TO_16],
  ["r6g", UP_TO_16],
  ["r5", UP_TO_24],
  ["r4", ["large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "16xlarge"]],
  ["t4g", BURSTABLE],
  ["t3", BURSTABLE],
  ["t2", BURSTABLE],
]);

export const CACHE_NODE_TYPES: ReadonlySet<string> = new Set(
  [...FAMILIES].flatMap(([family, sizes]) => sizes.map((size) => `cache.${family}.${size}`)),
);

/** Why a stack cannot have `type`, and a type that it can have; undefined if it can have it. */
export function wrongNodeType(type: string): { why: string; instead: string } | undefined {
  if (CACHE_NODE_TYPES.has(type)) return undefined;
  const [, family = ""] = type.split(".");
  const sizes = FAMILIES.get(family);
  return sizes
    ? {
        why: `cache.${family} has the sizes ${sizes.join(", ")}`,
        instead: `cache.${family}.${sizes[0]}`,
      }
    : {
        why: `this stack knows the families ${[...FAMILIES.keys()].join(", ")} (a newer one: add it to model/cacheNodeTypes.ts)`,
        instead: "cache.t4g.small",
      };
}
