import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { output } from "../helpers/processes";

/** A second API server of the pretend account, with nodes and controllers of its own: each EKS cluster is one. */
export class SecondCluster {
  private constructor(
    private readonly home: string,
    /** For the stack whose cluster it plays. */
    readonly env: Readonly<Record<string, string>>,
    private readonly dataPlane: ChildProcess,
  ) {}

  /** @param stack the tag `stack` of the cluster that it plays, in an account with several */
  static async start(stack: string): Promise<SecondCluster> {
    const parts = process.env.STANDIN_DIR;
    if (parts === undefined) throw new Error("STANDIN_DIR is not set, but STANDIN_EVENTS is");
    const home = mkdtempSync(join(tmpdir(), "next-on-eks-cluster-"));
    const env = {
      STANDIN_KUBE_DIR: home,
      STANDIN_KUBE_PORT: String(Number(process.env.STANDIN_KUBE_PORT ?? 29443) + 50),
      STANDIN_KUBECONFIG: join(home, "admin.conf"),
      STANDIN_TOKENS: join(home, "pki", "tokens.csv"),
      KUBE_HERE: join(parts, "kube"),
      TOOLS_BIN: process.env.CLUSTER_BIN ?? "",
    };
    await output(join(parts, "kube", "kube.sh"), ["up"], { env });
    const log = openSync(join(home, "dataplane.log"), "a");
    const dataPlane = spawn(process.execPath, [join(parts, "kube", "dataplane.js")], {
      env: { ...process.env, ...env, STANDIN_SHARED_STATE: "1", STANDIN_STACK: stack },
      stdio: ["ignore", log, log],
    });
    closeSync(log);
    return new SecondCluster(home, env, dataPlane);
  }

  async stop(): Promise<void> {
    this.dataPlane.kill();
    await output(join(this.env.KUBE_HERE ?? "", "kube.sh"), ["down"], { env: this.env });
    rmSync(this.home, { recursive: true, force: true });
  }
}
