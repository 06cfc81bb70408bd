import { spawn } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ROOT } from "../../helpers/configs";

export const SCRIPTS = join(ROOT, "scripts/github");

/** What the compiler makes of `import()` here is `require()`, which cannot load a module before Node.js 20.19. */
const native = new Function("url", "return import(url)") as (url: string) => Promise<unknown>;

/** A module of scripts/github. */
export async function load<T>(name: string): Promise<T> {
  return (await native(pathToFileURL(join(SCRIPTS, name)).href)) as T;
}

/** A script of scripts/github as a command of a job, which has no more of this environment than its PATH; what it prints. */
export async function runScript(
  name: string,
  args: readonly string[],
  { cwd, env }: { readonly cwd?: string; readonly env: NodeJS.ProcessEnv },
): Promise<{ code: number | null; told: string }> {
  const child = spawn(process.execPath, [join(SCRIPTS, name), ...args], {
    cwd,
    env: {
      PATH: process.env.PATH,
      GITHUB_TOKEN: "t",
      GITHUB_REPOSITORY: "acme/shop",
      ...env,
    },
  });
  let told = "";
  child.stdout.on("data", (chunk) => (told += chunk));
  child.stderr.on("data", (chunk) => (told += chunk));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, told };
}

export type Api = typeof import("../../../scripts/github/api.mjs");
export type BodyModule = typeof import("../../../scripts/github/body.mjs");
export type Comments = typeof import("../../../scripts/github/comments.mjs");
export type Slots = typeof import("../../../scripts/github/slots.mjs");
export type Labels = typeof import("../../../scripts/github/labels.mjs");
export type PostPreview = typeof import("../../../scripts/github/postPreview.mjs");
export type PostEngine = typeof import("../../../scripts/github/postEngine.mjs");
export type PulumiCli = typeof import("../../../scripts/github/pulumiCli.mjs");
export type DriftIssue = typeof import("../../../scripts/github/driftIssue.mjs");
export type CheckDrift = typeof import("../../../scripts/github/checkDrift.mjs");
export type SiteCluster = typeof import("../../../scripts/github/siteCluster.mjs");
export type SiteDecide = typeof import("../../../scripts/github/siteDecide.mjs");
export type SitePull = typeof import("../../../scripts/github/sitePull.mjs");
export type SiteSetUp = typeof import("../../../scripts/github/siteSetUp.mjs");
export type SiteStill = typeof import("../../../scripts/github/siteStill.mjs");
export type SiteText = typeof import("../../../scripts/github/siteText.mjs");
export type SitesToRemove = typeof import("../../../scripts/github/sitesToRemove.mjs");
