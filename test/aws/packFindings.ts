import { readStackConfig } from "../../cli/stackConfig";
import { planOf } from "../../plan/plan";
import { policies } from "../../policies";
import { findingsIn } from "../../policies/scene";
import { offlineAnswers } from "../../preview/answers";
import { ROOT } from "../helpers/configs";
import { program } from "../helpers/programs";
import { record } from "../helpers/recording";
import type { AwsStack, Run } from "./awsStack";

/*
 * What rules find of a stack, offline and in the engine, in the same words.
 */

/** What only the preview can ask: docs/decisions/policies.md says why. */
const OF_THE_PREVIEW = [
  ...policies.filter(({ comparesPlans }) => comparesPlans).map(({ id }) => id),
  "image-not-tried",
  "server-actions-key",
];

/** `rule: name: message` of each finding of `npm run preview`, sorted; what the config tells too. */
export async function foundOffline({ name, configFile }: AwsStack): Promise<string[]> {
  const stackConfig = readStackConfig(ROOT, name, configFile);
  const { config } = stackConfig;
  const answers = offlineAnswers(config["aws:region"] ?? "", config);
  const run = await record(program, { ...stackConfig, preview: true, answers });
  const plan = { ...planOf(stackConfig, run), warnings: [] };
  return findingsIn({ plan, config }, new Date())
    .open.filter(({ rule }) => !OF_THE_PREVIEW.includes(rule))
    .map(({ rule, resource, message }) => `${rule}: ${resource.name}: ${message}`)
    .sort();
}

/** The same of a run with the policy pack. */
export function foundInTheEngine({ engine }: Run): string[] {
  return engine.policies
    .map(({ policy, text }) => {
      const rule = policy.replace(/-warning$/, "");
      const why = policies.find(({ id }) => id === rule)?.why ?? "";
      const [first = ""] = text.replace(why, "").trim().split("\n");
      // The component is one resource offline; in the engine the cluster in it has a name of its own.
      return `${rule}: ${first.replace(/^cluster-eks\S*:/, "cluster-eks:")}`;
    })
    .sort();
}
