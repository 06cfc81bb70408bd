import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FakeGithub } from "../scripts/github/fakeGithub";
import type { Ended, Expressions } from "./expressions";
import { Groups, type Turn } from "./groups";
import { JobSteps, type StepsEnded } from "./jobSteps";
import { inOrder, needsOf, readWorkflow, type Job, type Rights, type Workflow } from "./workflow";

type Values = Readonly<Record<string, string>>;

/** What starts a run, and what the repository has set. */
export interface Start {
  readonly workflow: string;
  /** The event's payload. */
  readonly event: object;
  readonly number: number;
  /** Where the commits are, and the one that is checked out. */
  readonly repository: string;
  readonly commit: string;
  /** Who has started it; default: ada. */
  readonly actor?: string;
  /** Started by a fork: no secrets, and a token that reads. */
  readonly fork?: boolean;
  readonly vars?: Values;
  /** By name of the environment. */
  readonly environments?: Readonly<Record<string, { vars: Values; secrets: Values }>>;
  /** What reviewers say of a job that enters an environment, by its name; without it nobody is asked. */
  readonly approval?: Readonly<Record<string, () => Promise<boolean>>>;
  /** A folder with the program `pulumi`. */
  readonly tools: string;
  /** A folder with programs that GitHub's runner has, where steps use them. */
  readonly installed?: string;
}
type Result = Ended | "skipped" | "cancelled";
interface JobEnded {
  result: Result;
  readonly outputs: Record<string, string>;
}
export interface RunEnded {
  /** Of each job; of a called workflow's as `remove / say`. */
  readonly results: Readonly<Record<string, Result>>;
  /** What jobs have put into their summaries, by job. */
  readonly summaries: Readonly<Record<string, string>>;
  /** What steps have printed, by job. */
  readonly told: Readonly<Record<string, string>>;
}

/**
 * Runs the steps of a workflow as GitHub would: each job in a folder of its own, after what it needs, with the rights that it asks for, in
 * its concurrency group, and those of called workflows. Several runs may go on at once.
 * What it cannot show: GitHub's runners, its real permissions, and groups of whole workflows.
 */
export class Runner {
  private readonly folder = mkdtempSync(join(tmpdir(), "runner-"));
  private readonly groups = new Groups();
  private count = 0;

  constructor(
    private readonly expressions: Expressions,
    private readonly github: FakeGithub,
  ) {}

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  async run(start: Start): Promise<RunEnded> {
    const folder = join(this.folder, String((this.count += 1)));
    mkdirSync(folder);
    const { expressions, github, groups } = this;
    const run = new WorkflowRun({ expressions, github, groups, start, folder });
    await run.workflow(readWorkflow(start.workflow));
    return run.ended();
  }
}

interface Surroundings {
  readonly expressions: Expressions;
  readonly github: FakeGithub;
  readonly groups: Groups;
  readonly start: Start;
  readonly folder: string;
}

export const DEPENDABOT = "dependabot[bot]";

let tokens = 0;

class WorkflowRun {
  private readonly jobs: Record<string, JobEnded> = {};
  private readonly called: Record<string, RunEnded> = {};
  private readonly summaries: Record<string, string> = {};
  private readonly told: Record<string, string> = {};
  private count = 0;

  /** @param call of a called workflow: what it is called with, and the rights that its caller has */
  constructor(
    private readonly at: Surroundings,
    private readonly call?: { readonly inputs: object; readonly rights: Rights },
  ) {}

  ended(): RunEnded {
    const results = Object.entries(this.jobs).map(([name, { result }]) => [name, result] as const);
    const all = {
      results: Object.fromEntries(results),
      summaries: this.summaries,
      told: this.told,
    };
    for (const [caller, one] of Object.entries(this.called)) {
      for (const kind of ["results", "summaries", "told"] as const) {
        for (const [name, value] of Object.entries(one[kind])) {
          Object.assign(all[kind], { [`${caller} / ${name}`]: value });
        }
      }
    }
    return all;
  }

  async workflow(workflow: Workflow): Promise<void> {
    for (const [name, job] of inOrder(workflow)) {
      await this.job(name, job, job.permissions ?? workflow.permissions ?? {});
    }
  }

  private async job(name: string, job: Job, rights: Rights): Promise<void> {
    const needs = Object.fromEntries(needsOf(job).map((need) => [need, this.jobs[need]]));
    const before: Ended = Object.values(needs).every((it) => it?.result === "success")
      ? "success"
      : "failure";
    const contexts = { ...this.contexts(undefined, ""), needs };
    const ended: JobEnded = { result: "skipped", outputs: {} };
    this.jobs[name] = ended;
    if (!this.at.expressions.condition(job.if, contexts, before)) return;
    this.checkRights(name, rights);
    const results: Result[] = [];
    for (const matrix of this.matrixOf(job, contexts)) {
      const one = await this.inGroup(job, { ...contexts, matrix }, (turn) =>
        this.oneOf(name, job, rights, { needs, matrix }, turn),
      );
      results.push(one.result);
      Object.assign(ended.outputs, one.outputs);
    }
    const worst = (["failure", "cancelled"] as const).find((result) => results.includes(result));
    ended.result = worst ?? "success";
  }

  /** GitHub refuses a called workflow that asks for more than its caller has. */
  private checkRights(name: string, rights: Rights): void {
    const { call } = this;
    if (call === undefined) return;
    for (const [what, right] of Object.entries(rights)) {
      const given = call.rights[what] ?? "none";
      if (right !== given && given !== "write") {
        throw new Error(`${name} asks for ${what}: ${right}, and its caller has ${given}`);
      }
    }
  }

  private async inGroup(
    { concurrency }: Job,
    contexts: object,
    go: (turn?: Turn) => Promise<JobEnded>,
  ): Promise<JobEnded> {
    if (concurrency === undefined) return go();
    const group = String(this.at.expressions.text(concurrency.group, contexts));
    const turn = await this.at.groups.enter(group, concurrency["cancel-in-progress"]);
    if (turn === undefined) return { result: "cancelled", outputs: {} };
    try {
      return await go(turn);
    } finally {
      turn.leave();
    }
  }

  private async oneOf(
    name: string,
    job: Job,
    rights: Rights,
    more: object,
    turn: Turn | undefined,
  ): Promise<JobEnded> {
    const { start, expressions, github } = this.at;
    if (job.uses !== undefined) return this.calls(name, job, rights, more);
    const approval = job.environment ? start.approval?.[job.environment] : undefined;
    if (approval !== undefined) {
      const said = await Promise.race([approval(), ...(turn ? [turn.ended] : [])]);
      if (said !== true) return { result: said || "failure", outputs: {} };
    }
    const granted = start.fork ? {} : rights;
    const token = `t${(tokens += 1)}`;
    github.tokens.set(token, granted);
    const folder = join(this.at.folder, `${name}-${(this.count += 1)}`);
    const given = { artifacts: join(this.at.folder, "artifacts"), rights: granted };
    const contexts = { ...this.contexts(job.environment, token), ...more };
    const steps = new JobSteps(expressions, github, start, folder, given, contexts);
    const ended = await steps.run(job);
    this.keep(name, ended);
    return ended;
  }

  private keep(name: string, { summary, told }: StepsEnded): void {
    this.summaries[name] = `${this.summaries[name] ?? ""}${summary}`;
    this.told[name] = `${this.told[name] ?? ""}${told}`;
  }

  private async calls(name: string, job: Job, rights: Rights, more: object): Promise<JobEnded> {
    const [, file] = /^\.\/\.github\/workflows\/([\w-]+)\.yml$/.exec(job.uses ?? "") ?? [];
    if (file === undefined) throw new Error(`${name} calls ${job.uses}: not known here`);
    const contexts = { ...this.contexts(undefined, ""), ...more };
    const inputs = Object.entries(job.with ?? {}).map(([key, value]) => [
      key,
      this.at.expressions.text(String(value), contexts),
    ]);
    const number = (this.count += 1);
    const folder = join(this.at.folder, `${name}-${number}`);
    mkdirSync(folder);
    const own = { ...this.at, folder };
    const run = new WorkflowRun(own, { inputs: Object.fromEntries(inputs) as object, rights });
    await run.workflow(readWorkflow(file));
    const ended = run.ended();
    this.called[this.called[name] === undefined ? name : `${name} ${number}`] = ended;
    const results = Object.values(ended.results);
    const worst = (["failure", "cancelled"] as const).find((result) => results.includes(result));
    return { result: worst ?? "success", outputs: {} };
  }

  private contexts(environment: string | undefined, token: string) {
    const { start } = this.at;
    const own = environment === undefined ? undefined : start.environments?.[environment];
    return {
      github: { event: start.event, repository: "acme/shop", ref: "refs/pull/7/merge", token },
      // A fork's runs have no variables either: https://github.com/orgs/community/discussions/44322
      vars: start.fork ? {} : { ...start.vars, ...own?.vars },
      // Dependabot's runs have secrets of their own alone.
      secrets: start.fork || start.actor === DEPENDABOT ? {} : { ...own?.secrets },
      inputs: this.call?.inputs ?? {},
    };
  }

  /** The values of each run of a job. */
  private matrixOf({ strategy }: Job, contexts: object): object[] {
    const [first, ...others] = Object.entries(strategy?.matrix ?? {});
    if (first === undefined) return [{}];
    if (others.length > 0) throw new Error("a matrix of several keys is not known here");
    const [key, text] = first;
    const values = this.at.expressions.text(text, contexts) as unknown[];
    return values.map((value) => ({ [key]: value }));
  }
}
