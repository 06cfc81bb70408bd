import { command, get, output, type Result } from "./commands";
import { PulumiStack } from "../helpers/pulumiStack";
import { HOST, INGRESS_CLASS, INGRESS_NAMESPACE, NAMESPACE, settings } from "./settings";

/** A stack `local`. */
export class TestStack extends PulumiStack {
  /**
   * Starts from the committed Pulumi.local.yaml, and changes what a test cluster needs otherwise.
   * @param program folder of a copy of the program, for commands that write there
   */
  static async create(name = "local", program?: string): Promise<TestStack> {
    const stack = new TestStack(name, program, "local");
    await stack.init();
    const app = stack.group("app");
    stack.configure({
      cluster: { namespace: NAMESPACE },
      files: {
        storageClass: settings.storageClass ?? (await defaultStorageClass()),
        cacheSize: "1Gi",
        uploadsSize: "1Gi",
      },
      redis: {
        inCluster: true,
        ...(settings.redisImage !== undefined && { image: settings.redisImage }),
      },
      assets: {
        ...(settings.assetsImage !== undefined && { image: settings.assetsImage }),
      },
      app: {
        ...app,
        image: settings.appImage,
        host: HOST,
        // Enough for the load of the tests: the autoscaler acts where it is the subject alone. Two colours of three pods
        // fit on two nodes; a fourth, which a busy machine's figures ask for, waits for the other colour to go.
        resources: { cpu: "400m", memory: "384Mi" },
        replicas: { min: 2, max: 3, targetCpuPercent: 95 },
        shutdown: { preStopSeconds: 5, longestRequestSeconds: 10 },
        secretEnv: { SESSION_SECRET: "a-secret-of-the-test-suite-alone" },
      },
      ingress: {
        namespace: INGRESS_NAMESPACE,
        className: INGRESS_CLASS,
        ...(settings.ingressChart !== undefined && { chart: settings.ingressChart }),
        ...(settings.ingressImage !== undefined && { image: settings.ingressImage }),
      },
      timeouts: { app: 150, claims: 30, redis: 90, controller: 120, ingress: 60 },
    });
    return stack;
  }

  /**
   * An `up` whose CLI gets the signal at the moment that `when` resolves, and what a user runs after that.
   * SIGINT is Ctrl-C: the CLI ends in its own time and leaves no lock. SIGKILL leaves one.
   */
  async upEndedBy(signal: "SIGINT" | "SIGKILL", when: Promise<void>): Promise<void> {
    let send: (() => void) | undefined;
    const up = this.run("up", ["--yes", "--skip-preview"], {
      started: (child) => (send = () => child.kill(signal)),
    });
    await when;
    send?.();
    const { code, text } = await up;
    if (code === 0) throw new Error(`pulumi up ended before it got ${signal}\n${text}`);
    if (signal === "SIGKILL") await this.cancel();
  }

  /** `npm run stack`, whose stacks are in the same backend as this one. */
  sites(...args: string[]): Promise<Result> {
    const npm = ["run", "-s", "stack", "--prefix", this.program, "--", ...args];
    return command("npm", npm, { env: this.environment, timeoutSeconds: 300 });
  }

  /** Loses the state of a stack in the same backend. */
  async forget(name: string): Promise<void> {
    const args = ["stack", "rm", name, "--yes", "--force", "--cwd", this.program];
    await output("pulumi", [...args, "--non-interactive"], { env: this.environment });
  }

  /** `npm run release` or `npm run rollback` on the stack's config file. */
  async release(verb: "release" | "rollback", ...args: string[]): Promise<string> {
    const given = ["--stack", "local", "--config-file", this.configFile, ...args];
    const npm = ["run", "-s", verb, "--prefix", this.program, "--", ...given];
    const text = await output("npm", npm, { env: this.environment });
    this.reload();
    return text;
  }
}

async function defaultStorageClass(): Promise<string> {
  for (const { metadata } of await get("storageclasses")) {
    const { annotations } = metadata as { annotations?: Record<string, string> };
    if (annotations?.["storageclass.kubernetes.io/is-default-class"] === "true") {
      return metadata.name;
    }
  }
  throw new Error(
    "the cluster has no default StorageClass: set TEST_STORAGE_CLASS to one that makes ReadWriteMany volumes",
  );
}
