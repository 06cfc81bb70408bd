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
