import { join } from "node:path";
import { PROJECT } from "../model/project";
import { loadProgram, run, type Answers, type Run } from "../engine/engine";
import type { StackConfig } from "../cli/stackConfig";

/** Runs index.ts with the config of a stack, as `pulumi preview` would, and records what it asks for. */
export function runProgram(
  { stack, config, secretKeys }: StackConfig,
  answers: (region: string, config: StackConfig["config"]) => Answers,
): Promise<Run> {
  const region = config["aws:region"] ?? process.env.AWS_REGION ?? "";
  return run(loadProgram(join(__dirname, "..", "index.ts")), {
    project: PROJECT,
    stack,
    config,
    secretKeys,
    preview: true,
    answers: answers(region, config),
  });
}
