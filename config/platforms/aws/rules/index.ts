import type { Rule } from "../../../rules/rule";
import type { AwsConfig } from "../config";
import { awsProvider } from "./provider";
import { hostLimits } from "./certificateNames";
import { clusterRules } from "./cluster";
import { awsIngress } from "./ingress";
import { awsLimits } from "./limits";
import { networkRules } from "./network";
import { regionRules } from "./region";
import { reviewRules } from "./review";
import { serviceRules } from "./services";
import { tagLimits } from "./tags";

/** The rules of platform `aws`, in the order of their messages. */
export const rules: readonly Rule<AwsConfig>[] = [
  ...awsProvider,
  ...regionRules,
  ...networkRules,
  ...clusterRules,
  ...serviceRules,
  ...awsIngress,
  ...awsLimits,
  ...hostLimits,
  ...tagLimits,
  ...reviewRules,
];
