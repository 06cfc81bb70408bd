import { app } from "./schema/app";
import { awsCluster, existingCluster, network } from "./schema/cluster";
import { assets, awsFiles, cache, existingFiles } from "./schema/files";
import { ingress } from "./schema/ingress";
import { awsRedis, existingRedis } from "./schema/redis";
import { confirm, networkPolicy, platform, production, protect, timeouts } from "./schema/stack";

/*
 * One schema a top-level key. The rules here look at one value each; those that compare keys are in rules/.
 * Descriptions and examples are what docs/configuration.md and the error messages say.
 */
export * from "./schema/app";
export * from "./schema/cluster";
export * from "./schema/files";
export * from "./schema/ingress";
export * from "./schema/redis";
export * from "./schema/stack";

/** The schema of each top-level key, by platform. */
export const groups = {
  common: {
    platform,
    production,
    protect,
    app,
    cache,
    assets,
    ingress,
    networkPolicy,
    timeouts,
    confirm,
  },
  aws: { network, cluster: awsCluster, files: awsFiles, redis: awsRedis },
  existing: {
    cluster: existingCluster,
    files: existingFiles,
    redis: existingRedis.prefault({}),
  },
} as const;
