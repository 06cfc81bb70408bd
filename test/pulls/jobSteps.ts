import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../helpers/configs";
import type { FakeGithub } from "../scripts/github/fakeGithub";
import { ACTIONS, type Place } from "./actions";
import type { Ended, Expressions } from "./expressions";
import type { Start } from "./runner";
import type { Job, Step } from "./workflow";

type Values = Readonly<Record<string, string>>;
type Kind = "event" | "summary" | "output" | "env";
type Files = Readonly<Record<Kind, string>>;
interface StepEnded {
  readonly outcome: Ended | "skipped";
  readonly conclusion: Ended | "skipped";
  readonly outputs: Values;
}

/** Steps that are the project's own tests, or need a registry, and are taken to succeed. */
const PRETENDED = new Set(["npm run lint", "npm run typecheck", "npm test"]);

const STAND_INS = join(__dirname, "standIns.cjs");

/** What the steps of one job left. */
export interface StepsEnded {
  readonly result: Ended;
  readonly outputs: Record<string, string>;
  readonly summary: string;
  readonly told: string;
}

/** The steps of one job, in a folder of its own. */
export class JobSteps {
  private summary = "";
  private told = "";
  private count = 0;
  private readonly place: Place;

  /**
   * @param folder of the job's own
   * @param contexts of the job: `github`, `vars`, `needs` and so on
   */
  constructor(
    private readonly expressions: Expressions,
    private readonly github: FakeGithub,
    private readonly start: Start,
    private readonly folder: string,
    given: Pick<Place, "artifacts" | "rights">,
    private readonly contexts: object,
  ) {
    const workspace = join(folder, "workspace");
    mkdirSync(workspace, { recursive: true });
    const { repository, commit, tools, installed } = start;
    this.place = { ...given, workspace, env: {}, repository, commit, tools, installed };
  }

  async run(job: Job): Promise<StepsEnded> {
    const steps: Record<string, StepEnded> = {};
    let result: Ended = "success";
    for (const [index, step] of (job.steps ?? []).entries()) {
      const one = await this.step(step, { ...this.contexts, steps, env: this.place.env }, result);
      steps[step.id ?? `__${index}`] = one;
      if (one.conclusion === "failure") result = "failure";
    }
    const outputs = this.texts(job.outputs, { ...this.contexts, steps });
    return { result, outputs, summary: this.summary, told: this.told };
  }

  private async step(step: Step, contexts: object, before: Ended): Promise<StepEnded> {
    if (!this.expressions.condition(step.if, contexts, before, this.place.workspace)) {
      return { outcome: "skipped", conclusion: "skipped", outputs: {} };
    }
    let outcome: Ended = "success";
    let outputs: Values = {};
    try {
      outputs = step.uses ? this.action(step, contexts) : await this.command(step, contexts);
    } catch (error) {
      outcome = "failure";
      this.told += `${(error as Error).message}\n`;
    }
    return { outcome, conclusion: step["continue-on-error"] ? "success" : outcome, outputs };
  }

  private texts(all: Readonly<Record<string, unknown>> = {}, contexts: object) {
    const texts = Object.entries(all).map(([key, value]) => [
      key,
      String(this.expressions.text(String(value), contexts) ?? ""),
    ]);
    return Object.fromEntries(texts) as Record<string, string>;
  }

  private action(step: Step, contexts: object): Values {
    const name = step.uses?.split("@")[0] ?? "";
    const action = ACTIONS[name];
    if (action === undefined) throw new Error(`the action ${name} is not known here`);
    return action(this.place, this.texts(step.with, contexts));
  }

  private async command(step: Step, contexts: object): Promise<Values> {
    const { run = "" } = step;
    const cwd = join(this.place.workspace, step["working-directory"] ?? "");
    if (PRETENDED.has(run)) return {};
    if (run === "npm ci") {
      // A repository of these tests has them already.
      symlinkSync(join(ROOT, "node_modules"), join(cwd, "node_modules"));
      return {};
    }
    const files = this.files();
    const own = { ...this.variables(files), ...this.place.env };
    const child = spawn("bash", ["--norc", "-e", "-c", run], {
      cwd,
      env: { ...own, ...this.texts(step.env, contexts) },
    });
    const take = (chunk: unknown) => (this.told += String(chunk));
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    const code = await new Promise((resolve) => child.on("close", resolve));
    this.summary += readFileSync(files.summary, "utf8");
    if (code !== 0) throw new Error(`${run} ended with ${String(code)}`);
    Object.assign(this.place.env, valuesIn(files.env));
    return valuesIn(files.output);
  }

  /** Files by which a step talks with its runner. */
  private files(): Files {
    const folder = join(this.folder, `step-${(this.count += 1)}`);
    mkdirSync(folder);
    const kinds: readonly Kind[] = ["event", "summary", "output", "env"];
    const files = Object.fromEntries(kinds.map((kind) => [kind, join(folder, kind)])) as Files;
    for (const kind of kinds) {
      writeFileSync(files[kind], kind === "event" ? JSON.stringify(this.start.event) : "");
    }
    return files;
  }

  private variables(files: Files): Record<string, string> {
    const { number, commit } = this.start;
    const installed = this.start.installed === undefined ? "" : `${this.start.installed}:`;
    return {
      ...{ PATH: `${installed}${process.env.PATH}`, HOME: process.env.HOME ?? "", CI: "true" },
      NODE_OPTIONS: `--require "${STAND_INS}"`,
      RUNNER_TEMP: this.folder,
      GITHUB_ACTIONS: "true",
      GITHUB_ACTOR: this.start.actor ?? "ada",
      GITHUB_API_URL: this.github.url,
      GITHUB_BASE_REF: "main",
      GITHUB_ENV: files.env,
      GITHUB_EVENT_PATH: files.event,
      GITHUB_OUTPUT: files.output,
      GITHUB_REPOSITORY: "acme/shop",
      GITHUB_RUN_ATTEMPT: "1",
      GITHUB_RUN_ID: String(9_000 + number),
      GITHUB_RUN_NUMBER: "1", // of this workflow
      GITHUB_SERVER_URL: "https://github.com",
      GITHUB_SHA: commit,
      GITHUB_STEP_SUMMARY: files.summary,
    };
  }
}

/** Lines of NAME=VALUE. */
function valuesIn(file: string): Values {
  const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
  return Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)));
}
