import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stackFixture, STACKS } from "../../helpers/configs";
import { copyProject, PROGRAM_PARTS } from "../../helpers/copies";
import type { Ended } from "../helpers";

/** A copy of the project in a repository of its own, with one commit on main, and the stacks for tests. */
export class Project {
  private readonly repository = mkdtempSync(join(tmpdir(), "project-"));
  readonly folder: string;

  /** @param below where in its repository it stands */
  constructor(below = "") {
    this.folder = join(this.repository, below);
    copyProject([...PROGRAM_PARTS, ".gitignore"], this.folder);
    for (const stack of STACKS) cpSync(stackFixture(stack), this.file(stack));
    this.git("init", "--quiet", "--initial-branch", "main", this.repository);
    this.commit("base");
    this.git("checkout", "--quiet", "-b", "change");
  }

  file(stack: string): string {
    return join(this.folder, `Pulumi.${stack}.yaml`);
  }

  edit(path: string, old: string, now: string): void {
    const file = join(this.folder, path);
    const text = readFileSync(file, "utf8");
    if (!text.includes(old)) throw new Error(`${path} has no '${old}'`);
    writeFileSync(file, text.replace(old, now));
  }

  /** As it was committed. */
  restore(): void {
    this.git("checkout", "--quiet", "--force", "main");
    this.git("clean", "--quiet", "--force", "-d", "--exclude", "node_modules");
    this.git("checkout", "--quiet", "-B", "change");
  }

  commit(message: string): void {
    this.git("add", "--all");
    this.git("-c", "user.name=t", "-c", "user.email=t@t.test", "commit", "--quiet", "-m", message);
  }

  git(...args: string[]): string {
    const { status, stdout, stderr } = spawnSync("git", args, {
      cwd: this.folder,
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`git ${args.join(" ")}: ${stderr}`);
    return stdout;
  }

  /** `npm run preview -- ARGS` in it. */
  preview(...args: string[]): Ended {
    const { status, stdout, stderr } = spawnSync(process.execPath, commandOf(args), {
      ...this.surroundings(),
      encoding: "utf8",
    });
    return { code: status, stdout, stderr };
  }

  /** The same, while the caller does something else. */
  startPreview(...args: string[]): ChildProcess {
    return spawn(process.execPath, commandOf(args), { ...this.surroundings(), stdio: "pipe" });
  }

  /** Checkouts beside the project's own, which a comparison makes and removes. */
  checkouts(): string[] {
    const folders = this.git("worktree", "list", "--porcelain").match(/^worktree .+$/gm) ?? [];
    return folders.slice(1).map((line) => line.slice("worktree ".length));
  }

  private surroundings() {
    return { cwd: this.folder, env: { ...process.env, AWS_REGION: "" } };
  }

  remove(): void {
    rmSync(this.repository, { recursive: true, force: true });
  }
}

function commandOf(args: readonly string[]): string[] {
  return ["--require", "./scripts/typescript.cjs", "preview/main.ts", ...args];
}
