/*
 * node scripts/github/siteCluster.mjs: a context named `dev` for dev's cluster, in a kubeconfig for the steps that follow. It reads
 *   DEV_CLUSTER, AWS_REGION   the name of an EKS cluster, or
 *   DEV_KUBECONFIG            a kubeconfig whose current context is that cluster
 * and REVIEW_IMAGES: if that is a repository of ECR, Docker signs in to it; to any other with REGISTRY_USER and REGISTRY_PASSWORD.
 */
import { spawnSync } from "node:child_process";
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { need, script, tell } from "./job.mjs";

/** @typedef {import("./job.mjs").Environment} Environment */

const CONTEXT = "dev";
const ECR = /^\d{12}\.dkr\.ecr(-fips)?\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?\//;

/**
 * @param {string} command @param {readonly string[]} args @param {string} [input] for its standard input
 * @returns {string} its standard output @throws {Error}
 */
function run(command, args, input = "") {
  const { error, status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8", input });
  if (error) throw new Error(`${command} cannot be started: ${error.message}`);
  if (status === 0) return stdout;
  throw new Error(
    `${command} ${args.slice(0, 2).join(" ")} ended with ${status}: ${stderr.trim()}`,
  );
}

/** The kubeconfig is the job's own, so that nothing is left on a runner that lives longer. @param {Environment} env */
export function useCluster(env) {
  const file = join(need(env, "RUNNER_TEMP"), "kubeconfig");
  if (env.DEV_CLUSTER) {
    const where = env.AWS_REGION ? ["--region", env.AWS_REGION] : [];
    const name = ["--name", env.DEV_CLUSTER, "--alias", CONTEXT];
    run("aws", ["eks", "update-kubeconfig", ...where, ...name, "--kubeconfig", file]);
  } else if (env.DEV_KUBECONFIG) {
    writeFileSync(file, env.DEV_KUBECONFIG, { mode: 0o600 });
    const kubectl = (/** @type {string[]} */ ...args) =>
      run("kubectl", ["config", "--kubeconfig", file, ...args]);
    const current = kubectl("current-context").trim();
    if (current !== CONTEXT) kubectl("rename-context", current, CONTEXT);
  } else {
    throw new Error("neither DEV_CLUSTER nor DEV_KUBECONFIG is set");
  }
  appendFileSync(need(env, "GITHUB_ENV"), `KUBECONFIG=${file}\n`);
}

/** @param {Environment} env */
function useRegistry({ REVIEW_IMAGES: images = "", REGISTRY_USER, REGISTRY_PASSWORD }) {
  const [registry = ""] = images.split("/");
  const region = ECR.exec(images)?.[2];
  if (region !== undefined) {
    const password = run("aws", ["ecr", "get-login-password", "--region", region]);
    run("docker", ["login", "--username", "AWS", "--password-stdin", registry], password);
  } else if (REGISTRY_USER && REGISTRY_PASSWORD) {
    const args = ["login", "--username", REGISTRY_USER, "--password-stdin", registry];
    run("docker", args, REGISTRY_PASSWORD);
  } else if (images) {
    tell(
      "notice",
      `Docker is not signed in to ${registry}: it has no REGISTRY_USER and REGISTRY_PASSWORD`,
    );
  }
}

await script(import.meta.url, () => {
  useCluster(process.env);
  useRegistry(process.env);
});
