/*
 * node scripts/github/offlinePreview.mjs FOLDER: compares all stacks with what they are without this pull request, and leaves what
 * FILES names in FOLDER, or failure.txt. It needs no token and no secret. FAIL_ON, of the repository's variable PREVIEW_FAIL_ON (changes,
 * replaced-state), makes the job fail for what it names.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { script, tell } from "./job.mjs";

/** What it leaves, by option of `npm run preview`: the comment, the same at any length and as a page, all of it for other programs, and pictures. */
const FILES = {
  "--markdown": "preview.md",
  "--whole": "whole.md",
  "--html": "preview.html",
  "--json": "preview.json",
  "--svg": "preview.svg",
};
/** What `npm run preview -- --fail-on` takes. */
const FAIL_ON = ["changes", "replaced-state"];
/** Where it is set, as the one who repairs it has to look for it. */
const VARIABLE =
  "the repository's variable PREVIEW_FAIL_ON (Settings, Secrets and variables, Actions)";

/**
 * What the pull request is compared with. GitHub checks out its merge into the base branch, so the base branch, as it would
 * be merged into, is that commit's first parent: a clone of depth 2 has it.
 * @returns {string}
 * @throws {Error} that says what to fetch
 */
function base() {
  if (git("rev-parse", "--verify", "--quiet", "HEAD^2").ok) {
    return git("rev-parse", "HEAD^1").text;
  }
  const shallow = git("rev-parse", "--is-shallow-repository").text === "true";
  const branch = `origin/${process.env.GITHUB_BASE_REF || "main"}`;
  const left = git("merge-base", branch, "HEAD");
  if (left.ok) return left.text;
  throw new Error(
    shallow
      ? "this clone is too shallow to have what the pull request is compared with: give actions/checkout `fetch-depth: 2` (and no `ref`: it then checks out the merge commit)"
      : `HEAD is no merge commit, and nothing is known of ${branch}: leave out the \`ref\` of actions/checkout, or fetch that branch`,
  );
}

/** @param {...string} args */
function git(...args) {
  const { status, stdout } = spawnSync("git", args, { encoding: "utf8" });
  return { ok: status === 0, text: (stdout ?? "").trim() };
}

/** The first line of the comment: the worst that changes. @param {string} file */
function headlineOf(file) {
  const [, headline] = /^### (.+)$/m.exec(readFileSync(file, "utf8")) ?? [];
  return headline ?? "stacks change";
}

/** @param {string} folder */
export function offlinePreview(folder) {
  mkdirSync(folder, { recursive: true });
  const failed = (/** @type {string} */ why) => writeFileSync(join(folder, "failure.txt"), why);
  const failOn = process.env.FAIL_ON || undefined;
  /** @type {string} */
  let ref;
  try {
    if (failOn !== undefined && !FAIL_ON.includes(failOn)) {
      throw new Error(
        `${VARIABLE}: '${failOn}' is refused: expected ${FAIL_ON.join(" or ")}, or no such variable`,
      );
    }
    ref = base();
  } catch (error) {
    failed(/** @type {Error} */ (error).message);
    throw error;
  }
  const files = Object.entries(FILES).flatMap(([option, file]) => [option, join(folder, file)]);
  const gate = failOn === undefined ? [] : ["--fail-on", failOn];
  const { status, stderr } = spawnSync(
    "npm",
    ["run", "--silent", "preview", "--", "--against", ref, ...files, ...gate],
    { stdio: ["ignore", "inherit", "pipe"], encoding: "utf8", maxBuffer: 64 * 1024 * 1024 },
  );
  process.stderr.write(stderr ?? "");
  if (status === 0) return;
  if (status === 2) {
    const worst = headlineOf(join(folder, FILES["--markdown"]));
    tell("error", `${worst} (fails because ${VARIABLE} is ${failOn})`);
  } else {
    // A stack that cannot be planned is in the comparison; without one, this is all there is.
    failed(stderr ?? "");
    tell(
      "error",
      "a stack can no longer be planned or breaks a rule, or the comparison failed: see above",
    );
  }
  process.exitCode = status ?? 1;
}

await script(import.meta.url, ([folder = "preview"]) => offlinePreview(folder));
