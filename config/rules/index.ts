import type { AwsConfig, Config, ExistingConfig } from "..";
import type { Problem } from "../messages/problems";
import { aws } from "../platforms/aws/rules";
import { awsLimits } from "../platforms/aws/rules/limits";
import { common } from "./common";
import { existing } from "../platforms/existing/rules";
import { hostLimits } from "../platforms/aws/rules/certificateNames";
import type { Checked } from "./rule";
import { tagLimits } from "../platforms/aws/rules/tags";

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
