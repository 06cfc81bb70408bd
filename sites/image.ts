import { randomBytes } from "node:crypto";
import { UsageError } from "../cli/stackConfig";
import { CommandError, output, type Run } from "./commands";

/** What a stack builds: `app.build` of its config. */
export interface Build {
  readonly context: string;
  readonly dockerfile?: string;
  readonly contexts?: Readonly<Record<string, string>>;
  readonly args?: Readonly<Record<string, string>>;
  /** Their values are another stack's; only the ids count. */
  readonly secrets?: Readonly<Record<string, unknown>>;
}

export interface ImageOptions {
  readonly run: Run;
  /** Where the image is pushed: `registry.example.com/shop`, to which Docker is signed in. */
  readonly repository: string;
  /** Variable of the environment with the value of each secret, by the secret's id. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** The example's key for server actions. A site is one pod, so that any key will do. */
const ACTIONS_KEY = "server_actions_key";
const MADE_UP = "REVIEW_SITE_SERVER_ACTIONS_KEY";

/**
 * Builds the image of a commit once: where the repository has one with the commit as its tag, that is used.
 * @returns the image by digest
 * @throws {UsageError} if files are not committed, a secret is missing, or Docker fails
 */
export async function imageOf(build: Build, options: ImageOptions): Promise<string> {
  const { run, repository, secrets } = options;
  checkRepository(repository);
  checkSecrets(build, secrets);
  const commit = await commitOf(run);
  const tag = `${repository}:${commit}`;
  const there = (await inspected(tag, run)) ?? (await built(build, tag, options));
  return `${repository}@${there}`;
}

/** The digest of an image in its registry; undefined: there is none. */
async function inspected(tag: string, run: Run): Promise<string | undefined> {
  const format = ["--format", "{{.Manifest.Digest}}"];
  const { code, stdout } = await run("docker", ["buildx", "imagetools", "inspect", tag, ...format]);
  return code === 0 ? /sha256:[0-9a-f]{64}/.exec(stdout)?.[0] : undefined;
}

async function built(build: Build, tag: string, { run, secrets }: ImageOptions): Promise<string> {
  const made = ACTIONS_KEY in (build.secrets ?? {}) && !(ACTIONS_KEY in secrets);
  const all = { ...secrets, ...(made && { [ACTIONS_KEY]: MADE_UP }) };
  const named = (option: string, values: Readonly<Record<string, string>> = {}) =>
    Object.entries(values).flatMap(([name, value]) => [option, `${name}=${value}`]);
  const args = [
    ...["buildx", "build", "--push", "--tag", tag, "--platform", "linux/amd64"],
    "--provenance=false",
    ...(build.dockerfile === undefined ? [] : ["--file", build.dockerfile]),
    ...named("--build-context", build.contexts),
    ...named("--build-arg", build.args),
    ...Object.entries(all).flatMap(([id, name]) => ["--secret", `id=${id},env=${name}`]),
    build.context,
  ];
  const env = made ? { [MADE_UP]: randomBytes(32).toString("base64") } : undefined;
  const { code } = await run("docker", args, { shown: true, env });
  if (code !== 0) throw new CommandError("docker", args, code, "");
  const digest = await inspected(tag, run);
  if (digest !== undefined) return digest;
  throw new UsageError(
    `${tag} is built, but the registry names no digest of it: docker buildx imagetools inspect ${tag}`,
  );
}

/** A tag that names a commit must not hold what is not in it. */
async function commitOf(run: Run): Promise<string> {
  const changed = await output(run, "git", ["status", "--porcelain", "--untracked-files=no"]);
  if (changed.trim() !== "") {
    throw new UsageError(
      `the image is named after the commit, but these files have changes that are not committed:\n${changed.trimEnd()}\n  git commit, or --image REGISTRY/NAME@sha256:DIGEST of an image that is there`,
    );
  }
  return (await output(run, "git", ["rev-parse", "HEAD"])).trim();
}

function checkRepository(repository: string): void {
  if (/^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)+$/.test(repository)) return;
  throw new UsageError(
    `--build '${repository}' is refused: expected a repository without a tag, such as --build registry.example.com/shop`,
  );
}

function checkSecrets({ secrets = {} }: Build, given: Readonly<Record<string, string>>): void {
  const unknown = Object.keys(given).find((id) => !(id in secrets));
  if (unknown !== undefined) {
    const ids = Object.keys(secrets).join(", ") || "none";
    throw new UsageError(
      `--build-secret ${unknown} is refused: app.build.secrets has no such id. It has: ${ids}.`,
    );
  }
  const lacking = Object.keys(secrets).filter((id) => id !== ACTIONS_KEY && !(id in given));
  if (lacking.length > 0) {
    throw new UsageError(
      `app.build.secrets has ${lacking.join(", ")}, whose value is the other stack's own; name a variable of the environment for it:\n` +
        lacking.map((id) => `  --build-secret ${id}=VARIABLE`).join("\n"),
    );
  }
}
