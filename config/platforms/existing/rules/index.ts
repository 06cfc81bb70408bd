import type { Rule } from "../../../rules/rule";
import type { ExistingConfig } from "../config";
import { clusterRules } from "./cluster";
import { filesRules } from "./files";
import { nodeRules } from "./nodes";
import { ofAws } from "./ofAws";
import { redisRules } from "./redis";
import { siteRules } from "./site";

/** The rules of platform `existing`, in the order of their messages. */
export const rules: readonly Rule<ExistingConfig>[] = [
  ...clusterRules,
  ...filesRules,
  ...redisRules,
  ...ofAws,
  ...nodeRules,
  ...siteRules,
];
