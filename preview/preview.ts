import { join } from "node:path";
import { deployedAnswers, offlineAnswers } from "./answers";
import { tellsCommand, whoseFile } from "../cli/explain";
import { costPrinted } from "./cost";
import { existingNetworkWarnings } from "./existingNetwork";
import { checkFolder, writeManifests } from "./manifestFiles";
import { chartsOf, manifestsOf } from "./manifests";
import { writeFile } from "./outputFiles";
import { wantsColour } from "./paint";
import { planJson, planOf } from "../plan/plan";
import { findingsIn } from "../policies/scene";
import { runProgram } from "./program";
import { report } from "./report";
import { triedImages } from "./triedImages";
import type { StackConfig } from "../cli/stackConfig";

export interface PreviewOptions {
  /** File for the plan as JSON; `-` prints it instead of the tree. */
  readonly json?: string;
  /** File for a picture of its parts. */
  readonly svg?: string;
  /** Prints what the stack costs in place of the plan. */
  readonly cost?: boolean;
  /** Folder for the Kubernetes objects. */
  readonly manifests?: string;
  /** File of the config, if it is not the stack's own. */
  readonly "config-file"?: string;
}

const WIDTH = 100;
const LEAST_WIDTH = 60;

const ROOT = join(__dirname, "..");

/**
 * Runs the program with the config of a stack, prints the plan and what rules say of it, and writes what was asked for.
 * A plan that breaks a rule whose severity is error ends the process with exit code 1.
 */
export async function preview(
  stackConfig: StackConfig,
  { json, cost: costOnly, manifests, svg, "config-file": configFile }: PreviewOptions,
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
  if (svg !== undefined) {
    const { pictureOf } = require("../picture/picture") as typeof import("../picture/picture");
    writeFile("svg", svg, pictureOf(plan));
    tell(`The picture is in ${svg}.`);
  }
  if (json === "-") {
    process.stdout.write(planJson(plan));
    return;
  }
  if (json !== undefined) {
    writeFile("json", json, planJson(plan));
    tell(`The plan as JSON is in ${json}.`);
  }
  const cost = costPrinted({ plan, config: stackConfig.config }, new Date());
  if (costOnly) {
    process.stdout.write(cost.table);
    return;
  }
  const findings = findingsIn(
    { plan, config: stackConfig.config, tried: () => triedImages(ROOT) },
    new Date(),
  );
  if (findings.open.some(({ severity }) => severity === "error")) process.exitCode = 1;
  process.stdout.write(
    report(plan, {
      width: Math.max(LEAST_WIDTH, Math.min(WIDTH, process.stdout.columns ?? WIDTH)),
      colour: wantsColour(process.stdout, process.env),
      findings,
      cost: cost.lines,
    }),
  );
  const told = [...plan.warnings, ...findings.open.map(({ remedy }) => remedy)];
  if (configFile !== undefined && told.some(tellsCommand)) {
    tell(whoseFile(stackConfig.stack, configFile));
  }
}

/** Not to standard output, which is the plan's. */
function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}
