import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { UsageError } from "../../cli/stackConfig";
import { git } from "./git";
import { takeFolder } from "./ownFolder";

/** The project as it was at a commit, in a folder of its own. */
export interface BaseTree {
  readonly folder: string;
  /** Whether it has the dependencies of the project as it is now, so that both can run in one process. */
  readonly sameDependencies: boolean;
}

/**
 * Checks a commit out beside the project for as long as `use` takes. Dependencies are linked where the lock files agree,
 * else installed.
 */
export async function withBaseTree<T>(
  root: string,
  commit: string,
  use: (tree: BaseTree) => Promise<T>,
): Promise<T> {
  const own = takeFolder(root);
  const folder = join(own.path, "base");
  const remove = () => {
    const { ok } = git(root, "worktree", "remove", "--force", folder);
    own.remove();
    // Not in each run: it takes what another run just registers for a registration without a work tree.
    if (!ok) git(root, "worktree", "prune");
  };
  const interrupted = () => {
    remove();
    process.exit(130);
  };
  process.once("SIGINT", interrupted);
  process.once("SIGTERM", interrupted);
  try {
    const project = await checkedOut(root, commit, folder);
    const sameDependencies = locked(project) === locked(root);
    if (sameDependencies) symlinkSync(join(root, "node_modules"), join(project, "node_modules"));
    else install(project);
    return await use({ folder: project, sameDependencies });
  } finally {
    process.off("SIGINT", interrupted);
    process.off("SIGTERM", interrupted);
    remove();
  }
}

/** Folders that no plan is made from. Without them a checkout takes a third of the time. */
const NOT_NEEDED = ["test", "docs", "bench", "runtime/test"];

/** How often a work tree is made again, and after how many milliseconds. */
const [AGAIN, PAUSE] = [10, 100];

/**
 * Git reads the registrations of all work trees, and fails at one that another run just makes or removes.
 * @returns the project's folder: it can be a part of its repository
 */
async function checkedOut(root: string, commit: string, folder: string): Promise<string> {
  const prefix = git(root, "rev-parse", "--show-prefix").text;
  const without = NOT_NEEDED.map((name) => `:(exclude)${prefix}${name}`);
  const make = () => {
    // --force: a run that was killed left its registration behind.
    const add = ["--force", "--no-checkout", "--detach", "--quiet", folder, commit];
    const added = git(root, "worktree", "add", ...add);
    if (!added.ok) return added;
    return git(
      folder,
      "checkout",
      "--quiet",
      "HEAD",
      "--",
      prefix === "" ? "." : prefix,
      ...without,
    );
  };
  let made = make();
  for (let again = 0; !made.ok && again < AGAIN; again++) {
    await pause(PAUSE);
    rmSync(folder, { recursive: true, force: true });
    made = make();
  }
  if (!made.ok) throw new UsageError(`--against: git: ${made.text}`);
  return join(folder, prefix);
}

function locked(folder: string): string | undefined {
  const file = join(folder, "package-lock.json");
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

/** Without what only tests need. */
function install(folder: string): void {
  process.stderr.write("The base has other dependencies: npm ci installs them beside yours.\n");
  const { status, stderr, error } = spawnSync(
    "npm",
    ["ci", "--omit=dev", "--no-audit", "--no-fund", "--ignore-scripts"],
    { cwd: folder, encoding: "utf8" },
  );
  if (status !== 0) {
    const why = error?.message ?? stderr.trim();
    throw new UsageError(`--against: npm ci of the base fails:\n${why}`);
  }
}
