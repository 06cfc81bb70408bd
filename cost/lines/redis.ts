import { HOURS, type Pricer } from "../context";

export const priceRedis: Pricer = (groups, { add, usage: { redisGb } }) => {
  for (const { name, inputs } of groups) {
    const nodes = Number(inputs.numCacheClusters);
    const [type, engine] = [String(inputs.nodeType), String(inputs.engine)];
    // `pages-group` is the group of pages.
    const role = name.replace(/-group$/, "");
    add(`Redis for ${role}`, `${nodes} ${type}, ${engine}`, [
      `cache.${engine}.${type}`,
      nodes * HOURS,
    ]);
    // One snapshot of each group is free. Source: ElastiCache pricing, "Backup storage".
    const snapshots = Number(inputs.snapshotRetentionLimit ?? 0) - 1;
    if (snapshots <= 0) continue;
    add(`snapshots of Redis for ${role}`, `${snapshots} after the first, of ${redisGb} GB`, [
      "cache.snapshots",
      snapshots * redisGb,
    ]);
  }
};
