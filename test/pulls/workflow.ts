import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { ROOT } from "../helpers/configs";

/** As much of a workflow's file as these tests run or look at. */
export interface Workflow {
  readonly permissions?: Rights;
  readonly concurrency?: { readonly group: string };
  readonly jobs: Readonly<Record<string, Job>>;
}
export type Rights = Readonly<Record<string, string>>;
export interface Job {
  readonly name?: string;
  readonly needs?: string | readonly string[];
  readonly if?: string;
  /** Another workflow, instead of steps. */
  readonly uses?: string;
  /** What that one is called with. */
  readonly with?: Readonly<Record<string, unknown>>;
  readonly environment?: string;
  readonly concurrency?: { readonly group: string; readonly "cancel-in-progress": boolean };
  readonly permissions?: Rights;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly strategy?: { readonly matrix: Readonly<Record<string, string>> };
  readonly steps?: readonly Step[];
}
export interface Step {
  readonly id?: string;
  readonly if?: string;
  readonly run?: string;
  readonly uses?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly "continue-on-error"?: boolean;
  readonly "working-directory"?: string;
}

export function workflowText(name: string): string {
  return readFileSync(join(ROOT, ".github/workflows", `${name}.yml`), "utf8");
}

export function readWorkflow(name: string): Workflow {
  return parse(workflowText(name)) as Workflow;
}

export function needsOf({ needs = [] }: Job): readonly string[] {
  return typeof needs === "string" ? [needs] : needs;
}

/** Jobs in an order in which each comes after what it needs. */
export function inOrder({ jobs }: Workflow): [name: string, job: Job][] {
  const left = new Map(Object.entries(jobs));
  const order: [string, Job][] = [];
  while (left.size > 0) {
    const next = [...left].find(([, job]) => needsOf(job).every((need) => !left.has(need)));
    if (next === undefined) throw new Error(`jobs wait for each other: ${[...left.keys()].join()}`);
    order.push(next);
    left.delete(next[0]);
  }
  return order;
}
