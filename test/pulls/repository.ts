import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../helpers/configs";
import { Project } from "../preview/against/project";

export interface Pushed {
  readonly head: string;
  readonly merge: string;
  /** The commit of the base branch. */
  readonly base: string;
}

/** A repository with the project on `main`, and pull request 7 from the branch `change`. */
export class Repository extends Project {
  constructor() {
    super();
    this.git("checkout", "--quiet", "main");
    cpSync(join(ROOT, "scripts/github"), join(this.folder, "scripts/github"), { recursive: true });
    this.commit("scripts");
    this.git("checkout", "--quiet", "-B", "change");
  }

  /** Commits what has been edited. @returns the commit at the head of the pull request, and its merge, which GitHub checks out */
  push(message: string): Pushed {
    this.commit(message);
    return this.merged("main");
  }

  /** The newest commit, and its merge into a base branch. */
  merged(base: string): Pushed {
    const head = this.git("rev-parse", "HEAD").trim();
    const who = ["-c", "user.name=t", "-c", "user.email=t@t.test"];
    this.git("checkout", "--quiet", "--detach", base);
    this.git(...who, "merge", "--quiet", "--no-ff", "-m", "merge", head);
    const merge = this.git("rev-parse", "HEAD").trim();
    this.git("update-ref", "refs/pull/7/merge", merge);
    this.git("checkout", "--quiet", "change");
    const sha = this.git("rev-parse", base).trim();
    return { head, merge, base: sha };
  }
}

/** A folder with a program `pulumi` that says and does what it is told. */
export class FakePulumi {
  readonly folder = mkdtempSync(join(tmpdir(), "pulumi-"));

  /** What it prints and its exit code, by stack. */
  says(stacks: Readonly<Record<string, { text: string; errors?: string; code?: number }>>): void {
    mkdirSync(this.folder, { recursive: true });
    const file = join(this.folder, "pulumi");
    writeFileSync(
      file,
      `#!${process.execPath}
const stacks = ${JSON.stringify(stacks)};
const args = process.argv.slice(2);
const { text, errors = "", code = 0 } = stacks[args[args.indexOf("--stack") + 1]];
const { AWS_ACCESS_KEY_ID, PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE } = process.env;
if (!AWS_ACCESS_KEY_ID || !PULUMI_BACKEND_URL || !PULUMI_CONFIG_PASSPHRASE) throw new Error("no credentials");
process.stdout.write(args.join(" ") + "\\n" + text);
process.stderr.write(errors);
process.exitCode = code;
`,
    );
    chmodSync(file, 0o755);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
