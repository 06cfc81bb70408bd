import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Scratch } from "../../pod/volume";
import { FakeGithub } from "./fakeGithub";

/** A job of a workflow on pull request 7 of acme/shop: GitHub's API, and the variables that GitHub sets. */
export class Job {
  github = new FakeGithub();
  private readonly scratch = new Scratch();
  private summaryFile = "";
  /** What the job has printed. */
  told = "";

  async start(): Promise<void> {
    this.github = new FakeGithub();
    this.told = "";
    this.summaryFile = join(this.scratch.folder(), "summary.md");
    writeFileSync(this.summaryFile, "");
    await this.github.start();
  }

  stop(): void {
    this.github.stop();
  }

  clean(): void {
    this.scratch.clean();
  }

  get summary(): string {
    return readFileSync(this.summaryFile, "utf8");
  }

  /** Of one run. @param commit at the head of the pull request when the run started */
  env(run = 1, commit = this.github.pull.head.sha): Record<string, string> {
    const event = join(this.scratch.folder(), "event.json");
    writeFileSync(event, JSON.stringify({ pull_request: { number: 7, head: { sha: commit } } }));
    return {
      GITHUB_TOKEN: "t",
      GITHUB_REPOSITORY: "acme/shop",
      GITHUB_API_URL: this.github.url,
      GITHUB_EVENT_PATH: event,
      GITHUB_RUN_NUMBER: "1", // of this workflow
      GITHUB_RUN_ID: String(9_000 + run),
      GITHUB_RUN_ATTEMPT: "1",
      GITHUB_STEP_SUMMARY: this.summaryFile,
    };
  }

  /** A folder with these files. */
  folder(files: Readonly<Record<string, string>>): string {
    const folder = join(this.scratch.folder(), "files");
    mkdirSync(folder);
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return folder;
  }

  /** Does something, and keeps what it prints on standard output. */
  async run(what: () => Promise<void>): Promise<void> {
    const write = process.stdout.write;
    process.stdout.write = (chunk) => {
      this.told += String(chunk);
      return true;
    };
    try {
      await what();
    } finally {
      process.stdout.write = write;
    }
  }
}

export const NO_WAITING = { sleep: () => Promise.resolve() };
