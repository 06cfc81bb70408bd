import { readStackConfig, type StackConfig } from "../cli/stackConfig";
import { planOf, type Plan } from "../plan/plan";
import { offlineAnswers } from "../preview/answers";
import { runProgram } from "../preview/program";
import { ROOT, stackFixture } from "../test/helpers/configs";

/** The plan of a stack for tests, with its config: what a team writes into its own changes no page. */
export async function planForDocs(
  stack: string,
): Promise<{ plan: Plan; config: StackConfig["config"] }> {
  const config = readStackConfig(ROOT, stack, stackFixture(stack));
  return { plan: planOf(config, await runProgram(config, offlineAnswers)), config: config.config };
}
