import { app } from "./app";
import { awsCluster, existingCluster, network } from "../platforms/aws/schema";
import { assets, awsFiles, cache, existingFiles } from "./files";
import { ingress } from "./ingress";
import { awsRedis, existingRedis } from "./redis";
import { confirm, networkPolicy, platform, production, protect, timeouts } from "./stack";

/*
 * One schema a top-level key. The rules here look at one value each; those that compare keys are in rules/.
 * Descriptions and examples are what docs/configuration.md and the error messages say.
 */
export * from "./app";
export * from "../platforms/aws/schema";
export * from "./files";
export * from "./ingress";
export * from "./redis";
export * from "./stack";

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
