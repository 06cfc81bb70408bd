import { spawnSync } from "node:child_process";
import { UsageError } from "../../cli/stackConfig";

interface Answer {
  readonly ok: boolean;
  readonly text: string;
}

/** What git tells its hooks, and each command of git takes for its own repository, work tree and index. */
const OF_A_HOOK = ["GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_PREFIX"];

/** The surroundings of a command that is about the repository of its folder: from a hook, another would write to the user's index. */
function surroundings(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !OF_A_HOOK.includes(name)),
  );
}

/**
 * Runs git in a folder. A checkout runs no hook: it is not the user's.
 * @throws {UsageError} if there is no git
 */
export function git(root: string, ...args: readonly string[]): Answer {
  const own = ["-C", root, "-c", "core.hooksPath=/dev/null", ...args];
  const { error, status, stdout, stderr } = spawnSync("git", own, {
    encoding: "utf8",
    env: surroundings(),
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error) {
    throw new UsageError(`--against needs git, which cannot be run: ${error.message}.`);
  }
  return { ok: status === 0, text: (status === 0 ? stdout : stderr).trim() };
}

/** What a change is compared with if nothing is named, in this order. */
const DEFAULTS = ["origin/main", "main"];

/**
 * The commit at which what is checked out left `ref`.
 * @param ref a branch, a tag or a commit; default: main, as it is on origin if that is known
 * @throws {UsageError} that says what to fetch
 */
export function mergeBase(root: string, ref?: string): string {
  if (!git(root, "rev-parse", "--git-dir").ok) {
    throw new UsageError(`--against: ${root} is not in a git repository.`);
  }
  // Of what is on origin, a clone has no branch of its own until somebody works on it.
  const names = ref === undefined ? DEFAULTS : [ref, `origin/${ref}`];
  const name = names.find((one) => commitOf(root, one) !== undefined);
  if (name === undefined) throw new UsageError(unknown(ref));
  const base = git(root, "merge-base", name, "HEAD");
  if (base.ok) return base.text;
  throw new UsageError(
    git(root, "rev-parse", "--is-shallow-repository").text === "true"
      ? `--against: this clone is too shallow to know where HEAD left ${name}; git fetch --unshallow origin gets its history (in GitHub Actions: actions/checkout with fetch-depth: 0).`
      : `--against: HEAD and ${name} have no common history.`,
  );
}

function unknown(ref: string | undefined): string {
  if (ref === undefined) {
    return `--against: neither ${DEFAULTS.join(" nor ")} is known here; ${fetching("main")} gets it.`;
  }
  const fetch = /^[0-9a-f]{7,40}$/.test(ref) ? `git fetch origin ${ref}` : fetching(ref);
  // What git takes for a name, so that the command is no other one.
  const advice = /^\w[\w./-]*$/.test(ref) ? `; ${fetch} may get it` : "";
  return `--against: '${ref}' is no branch, tag or commit that is known here${advice}.`;
}

/** As a branch of origin, also where a clone has one branch alone. */
function fetching(branch: string): string {
  return `git fetch origin ${branch}:refs/remotes/origin/${branch}`;
}

function commitOf(root: string, ref: string): string | undefined {
  const { ok, text } = git(
    root,
    "rev-parse",
    "--verify",
    "--quiet",
    "--end-of-options",
    `${ref}^{commit}`,
  );
  return ok ? text : undefined;
}

/** Files that differ between a commit and what is checked out, with what is not committed yet. */
export function changedFiles(root: string, commit: string): string[] {
  const tracked = git(root, "diff", "--name-only", "--relative", commit);
  const fresh = git(root, "ls-files", "--others", "--exclude-standard");
  return [...tracked.text.split("\n"), ...fresh.text.split("\n")].filter(Boolean).sort();
}
