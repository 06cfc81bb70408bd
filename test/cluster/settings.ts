import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** What the suite uses; each has an environment variable, so that any cluster will do. */
export const settings = {
  /** Image of the example app that the cluster's nodes have or can pull. */
  appImage: process.env.TEST_APP_IMAGE ?? "web:local",
  redisImage: process.env.TEST_REDIS_IMAGE,
  assetsImage: process.env.TEST_ASSETS_IMAGE,
  /** Three images of one app, oldest first, whose deployment ids are v1, v2 and v3 and whose chunks differ. */
  releaseImages: (process.env.TEST_RELEASE_IMAGES ?? "").split(",").filter(Boolean),
  /** StorageClass with ReadWriteMany; default: the cluster's default class. */
  storageClass: process.env.TEST_STORAGE_CLASS,
  ingressChart: process.env.TEST_INGRESS_CHART ?? process.env.NGINX_INGRESS_CHART,
  ingressImage: process.env.TEST_INGRESS_IMAGE,
} as const;

/** Names of the suite's own: it never touches what is in the cluster already. */
export const NAMESPACE = process.env.TEST_NAMESPACE ?? "next-on-eks-test";
export const INGRESS_NAMESPACE = `nginx-ingress-${NAMESPACE}`;
export const INGRESS_CLASS = `nginx-${NAMESPACE}`;
export const HOST = "shop.example.com";

/** What is missing, with how to get it; empty where the suite can run. */
export function missing(): string[] {
  const found: string[] = [];
  const need = (command: string, how: string) => {
    try {
      execFileSync("sh", ["-c", `command -v ${command}`], { stdio: "ignore" });
    } catch {
      found.push(`${command} is not on PATH: ${how}`);
    }
  };
  need("pulumi", "https://www.pulumi.com/docs/install/");
  need("kubectl", "https://kubernetes.io/docs/tasks/tools/");
  need("openssl", "apt-get install openssl, or your system's package of it");
  const kubeconfig = process.env.KUBECONFIG ?? join(homedir(), ".kube", "config");
  if (!existsSync(kubeconfig)) {
    found.push(`no kubeconfig at ${kubeconfig}: set KUBECONFIG to that of a cluster for tests`);
  } else if (found.length === 0) {
    try {
      const args = ["get", "--raw", "/readyz", "--request-timeout", "10s"];
      execFileSync("kubectl", args, { stdio: ["ignore", "ignore", "pipe"] });
    } catch (error) {
      const { stderr } = error as { stderr?: Buffer };
      const reason = stderr?.toString().trim() ?? String(error);
      found.push(`the cluster of ${kubeconfig} does not answer: ${reason}`);
    }
  }
  return found;
}
