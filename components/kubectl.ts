import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import * as pulumi from "@pulumi/pulumi";

/*
 * What Pulumi's provider does not report is read with kubectl, which signs in as the provider does: with the same
 * kubeconfig and credential plugins. Callers report nothing if there is no kubectl, no answer, or no right to look.
 */

const REQUEST_SECONDS = 5;
const LARGEST_ANSWER = 64 * 1024 * 1024;

/** Runs kubectl and returns its standard output. Rejects if it fails. */
export type Kubectl = (args: readonly string[]) => Promise<string>;

/** @param context of the kubeconfig that kubectl finds; undefined: the current one */
export function kubectlIn(context: string | undefined): Kubectl {
  const where = context === undefined ? [] : ["--context", context];
  return async (args) => {
    const options = { timeout: 2 * REQUEST_SECONDS * 1000, maxBuffer: LARGEST_ANSWER };
    const all = [...args, ...where, `--request-timeout=${REQUEST_SECONDS}s`];
    const { stdout } = await promisify(execFile)("kubectl", all, options);
    return stdout;
  };
}

/** For a cluster that the stack creates: the kubeconfig is in a file while kubectl runs. */
export function kubectlWith(kubeconfig: pulumi.Output<string>): Kubectl {
  return async (args) => {
    const folder = await mkdtemp(join(tmpdir(), "next-on-eks-"));
    try {
      const file = join(folder, "kubeconfig");
      const text = await new Promise<string>((resolve) => kubeconfig.apply(resolve));
      await writeFile(file, text, { mode: 0o600 });
      return await kubectlIn(undefined)([...args, "--kubeconfig", file]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
}
