import { join } from "node:path";
import { PROJECT } from "../model/project";
import { loadProgram, run, type Answers, type Earlier, type Run } from "../engine/engine";
import type { StackConfig } from "../cli/stackConfig";

/**
 * Runs index.ts with the config of a stack, as `pulumi preview` would, and records what it asks for.
 * @param folder of the program; default: this one's
 * @param earlier what a state would have, by URN; default: the stack is new
 */
export function runProgram(
  { stack, config, secretKeys }: Pick<StackConfig, "stack" | "config" | "secretKeys">,
  answers: (region: string, config: StackConfig["config"]) => Answers,
  folder = join(__dirname, ".."),
  earlier?: Earlier,
): Promise<Run> {
  const region = config["aws:region"] ?? process.env.AWS_REGION ?? "";
  return run(loadProgram(join(folder, "index.ts")), {
    project: PROJECT,
    stack,
    config,
    secretKeys,
    preview: true,
    answers: answers(region, config),
    ...(earlier && { earlier }),
  });
}
