import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { StackConfig } from "../../cli/stackConfig";
import { urnIn } from "../../engine/monitor";
import { PROJECT } from "../../model/project";
import { Hidden } from "../../plan/hidden";
import { byUrn, type Plan, type PlannedResource } from "../../plan/plan";
import { ANSWER_PIPE, type Answer, type Job } from "./baseJob";
import type { Planned } from "./planning";

/*
 * Bases that cannot be planned in this process: because of other dependencies, or because what runs the program now does not
 * fit theirs.
 */

const ROOT = join(__dirname, "..", "..");
const LARGE = 256 * 1024 * 1024;

/**
 * The plan of a base with other dependencies: its program on its own packages, run by this code, so that nothing is missing.
 * @param key under which this process hides secrets, so that those of both can be compared
 */
export function plannedOnItsPackages(folder: string, config: StackConfig, key: Buffer): Planned {
  const mark = `hidden-${randomBytes(16).toString("hex")}-`;
  const job: Job = { config, key: key.toString("base64"), mark };
  const command = [
    "--require",
    join(ROOT, "scripts", "typescript.cjs"),
    join(ROOT, "preview", "against", "baseProcess.ts"),
  ];
  const { output, stderr } = spawnSync(process.execPath, command, {
    cwd: folder,
    encoding: "utf8",
    input: JSON.stringify(job),
    maxBuffer: LARGE,
    stdio: ["pipe", "ignore", "pipe", "pipe"],
  });
  const text = output?.[ANSWER_PIPE];
  if (!text) return { why: stderr.trim(), refused: false };
  const answer = JSON.parse(text, (_, value: unknown) =>
    typeof value === "string" && value.startsWith(mark)
      ? new Hidden(value.slice(mark.length))
      : value,
  ) as Answer;
  return "plan" in answer ? { plan: answer.plan, config } : answer;
}

/**
 * The plan of a base by its own `npm run preview`, where the code of today cannot run its program. It lacks where values come
 * from, and the values of secrets.
 * @param because why it is not planned as it should be
 */
export function plannedByItsCommand(folder: string, config: StackConfig, because: string): Planned {
  const { status, stdout, stderr } = spawnSync(
    "npm",
    ["run", "--silent", "preview", "--", "--stack", config.stack, "--json", "-"],
    { cwd: folder, encoding: "utf8", maxBuffer: LARGE },
  );
  try {
    if (status === 0)
      return { plan: completed(JSON.parse(stdout) as Plan), config, limited: because };
  } catch {
    // An older one that printed something else.
  }
  return { why: stderr.trim() || because, refused: false };
}

/** With the URNs of the engine, which older versions did not print, and with what JSON does not have. */
function completed(plan: Plan): Plan {
  const printed = byUrn(plan);
  const urnOf = (urn: string): string => {
    const resource = printed.get(urn);
    return resource ? urnBelow(resource.parent ? urnOf(resource.parent) : "", resource) : urn;
  };
  const urnBelow = (parent: string, { type, name }: PlannedResource) =>
    urnIn(plan.stack, PROJECT, parent, type, name);
  const options = { sources: {}, ignoreChanges: [], replaceOnChanges: [] };
  return {
    ...plan,
    resources: plan.resources.map((resource) => ({
      ...resource,
      urn: urnOf(resource.urn),
      parent: resource.parent ? urnOf(resource.parent) : null,
      dependsOn: resource.dependsOn.map(urnOf),
      options,
    })),
  };
}
