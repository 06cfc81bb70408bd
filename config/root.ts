import { resolve } from "node:path";

/** The folder of Pulumi.yaml, where relative paths in the config begin, as they do for the Pulumi CLI. */
export const ROOT = resolve(__dirname, "..");
