import { writeFileSync } from "node:fs";
import { deployedAnswers, offlineAnswers } from "./answers";
import { tellsCommand, whoseFile } from "../cli/explain";
import { existingNetworkWarnings } from "./existingNetwork";
import { checkFolder, writeManifests } from "./manifestFiles";
import { chartsOf, manifestsOf } from "./manifests";
import { wantsColour } from "./paint";
import { planJson, planOf } from "./plan";
import { runProgram } from "./program";
import { report } from "./report";
import { UsageError, type StackConfig } from "../cli/stackConfig";

export interface PreviewOptions {
  /** File for the plan as JSON; `-` prints it instead of the tree. */
  readonly json?: string;
  /** Folder for the Kubernetes objects. */
  readonly manifests?: string;
  /** File of the config, if it is not the stack's own. */
  readonly "config-file"?: string;
}

const WIDTH = 100;
const LEAST_WIDTH = 60;

/** Runs the program with the config of a stack, prints the plan and writes what was asked for. */
export async function preview(
  stackConfig: StackConfig,
  { json, manifests, "config-file": configFile }: PreviewOptions,
): Promise<void> {
  if (manifests !== undefined) checkFolder(manifests);
  const warnings = [...stackConfig.warnings, ...existingNetworkWarnings(stackConfig.config)];
  const plan = planOf({ ...stackConfig, warnings }, await runProgram(stackConfig, offlineAnswers));

  if (manifests !== undefined) {
    // A second run: a plan shows what is not known yet, but manifests must be complete.
    const run = await runProgram(stackConfig, deployedAnswers);
    const objects = manifestsOf(run);
    writeManifests(manifests, stackConfig.stack, objects, chartsOf(run));
    tell(`${objects.length} Kubernetes objects are in ${manifests}.`);
  }
  if (json === "-") {
    process.stdout.write(planJson(plan));
    return;
  }
  if (json !== undefined) {
    writeJson(json, planJson(plan));
    tell(`The plan as JSON is in ${json}.`);
  }
  process.stdout.write(
    report(plan, {
      width: Math.max(LEAST_WIDTH, Math.min(WIDTH, process.stdout.columns ?? WIDTH)),
      colour: wantsColour(process.stdout, process.env),
    }),
  );
  if (configFile !== undefined && plan.warnings.some(tellsCommand)) {
    tell(whoseFile(stackConfig.stack, configFile));
  }
}

/** Not to standard output, which is the plan's. */
function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

function writeJson(file: string, json: string): void {
  try {
    writeFileSync(file, json);
  } catch (error) {
    throw new UsageError(`--json: ${(error as Error).message}`);
  }
}
