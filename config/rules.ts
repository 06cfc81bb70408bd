import type { AwsConfig, Config, ExistingConfig } from "../config";
import type { Problem } from "./problems";
import { aws } from "./rules/aws";
import { awsLimits } from "./rules/awsLimits";
import { common } from "./rules/common";
import { existing } from "./rules/existing";
import { hostLimits } from "./rules/hostLimits";
import type { Checked } from "./rules/rule";
import { tagLimits } from "./rules/tagLimits";

const ON_AWS = [...aws, ...awsLimits, ...hostLimits, ...tagLimits];

/*
 * The rules that compare keys. Each looks at the groups it needs and is silent where one of them is not there,
 * because it was refused already: so a stack gets all of its problems in one run.
 */

/** Every rule that the config breaks. */
export function brokenRules(config: Checked<Config>, today: Date): Problem[] {
  const broken = [
    ...common.map((rule) => rule(config, today)),
    ...(config.platform === "aws"
      ? ON_AWS.map((rule) => rule(config as Checked<AwsConfig>, today))
      : existing.map((rule) => rule(config as Checked<ExistingConfig>, today))),
  ];
  return broken.flat().filter((problem) => problem !== undefined);
}
