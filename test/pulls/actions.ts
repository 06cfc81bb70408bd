import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Rights } from "./workflow";

/*
 * What the actions of our workflows do, as their documents describe it: https://github.com/actions/checkout and so on.
 */

export interface Place {
  /** The job's working folder, `GITHUB_WORKSPACE`. */
  readonly workspace: string;
  /** Artifacts of the run, a folder each. */
  readonly artifacts: string;
  /** The repository that is checked out, and the commit. */
  readonly repository: string;
  readonly commit: string;
  readonly rights: Rights;
  /** Variables of the steps that follow. */
  readonly env: Record<string, string>;
  /** A folder with the program `pulumi`, and one with what GitHub's runner has. */
  readonly tools: string;
  readonly installed?: string | undefined;
}
type Inputs = Readonly<Record<string, string>>;
type Outputs = Readonly<Record<string, string>>;

/** @throws {Error} where the action would fail */
type Action = (place: Place, inputs: Inputs) => Outputs;

export const ACTIONS: Readonly<Record<string, Action>> = {
  "actions/checkout": checkout,
  "actions/setup-node": () => ({}),
  "actions/upload-artifact": upload,
  "actions/download-artifact": download,
  "aws-actions/configure-aws-credentials": credentials,
  "pulumi/actions": install,
};

function git(cwd: string, ...args: string[]): void {
  const { status, stderr } = spawnSync("git", args, { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`git ${args.join(" ")}: ${stderr}`);
}

function checkout({ workspace, repository, commit }: Place, inputs: Inputs): Outputs {
  const folder = join(workspace, inputs.path ?? "");
  mkdirSync(folder, { recursive: true });
  git(folder, "init", "--quiet");
  if (inputs["sparse-checkout"]) {
    git(folder, "sparse-checkout", "set", ...inputs["sparse-checkout"].trim().split(/\s+/));
  }
  const wanted = inputs.ref || commit;
  const depth = inputs["fetch-depth"] ?? "1";
  git(folder, "fetch", "--quiet", "--no-tags", `--depth=${depth}`, `file://${repository}`, wanted);
  git(folder, "checkout", "--quiet", "--detach", "FETCH_HEAD");
  return {};
}

function upload({ workspace, artifacts }: Place, inputs: Inputs): Outputs {
  const { name = "artifact", path = "" } = inputs;
  if (!existsSync(join(workspace, path))) return {};
  cpSync(join(workspace, path), join(artifacts, name), { recursive: true });
  return { "artifact-url": `https://github.com/acme/shop/actions/runs/1/artifacts/${name}` };
}

function download({ workspace, artifacts }: Place, inputs: Inputs): Outputs {
  const { name, pattern, path = "." } = inputs;
  const all = existsSync(artifacts) ? readdirSync(artifacts) : [];
  const wanted = all.filter((it) =>
    name !== undefined ? it === name : it.startsWith((pattern ?? "").replace(/\*$/, "")),
  );
  if (name !== undefined && wanted.length === 0) throw new Error(`Artifact '${name}' not found`);
  for (const one of wanted) {
    const own = name !== undefined || inputs["merge-multiple"] === "true" || wanted.length === 1;
    const folder = join(workspace, path, own ? "" : one);
    mkdirSync(folder, { recursive: true });
    cpSync(join(artifacts, one), folder, { recursive: true });
  }
  return {};
}

function credentials({ rights, env }: Place, inputs: Inputs): Outputs {
  if (rights["id-token"] !== "write") throw new Error("no token of OIDC: id-token is not write");
  if (!inputs["role-to-assume"]) throw new Error("no role");
  Object.assign(env, { AWS_ACCESS_KEY_ID: "A", AWS_REGION: inputs["aws-region"] ?? "" });
  return {};
}

function install({ env, tools, installed }: Place, inputs: Inputs): Outputs {
  if (inputs.command !== undefined) throw new Error("only the installation is known here");
  env.PATH = [tools, installed, process.env.PATH].filter(Boolean).join(":");
  return {};
}
