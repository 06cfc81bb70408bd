import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parse, stringify } from "yaml";
import { command, get, output, type Result } from "./commands";
import { HOST, INGRESS_CLASS, INGRESS_NAMESPACE, NAMESPACE, settings } from "./settings";

const ROOT = resolve(__dirname, "../..");
type Groups = Record<string, Record<string, unknown> | string | boolean>;

/** A stack `local` with a state, a passphrase and a config file of its own, all in a temporary folder. */
export class TestStack {
  private readonly folder = mkdtempSync(join(tmpdir(), "next-on-eks-test-"));
  private readonly configFile = join(this.folder, "Pulumi.local.yaml");
  private readonly env = {
    PULUMI_BACKEND_URL: `file://${this.folder}`,
    PULUMI_CONFIG_PASSPHRASE: "test",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    NO_COLOR: "1",
  };
  private groups: Groups = {};

  /** Starts from the committed Pulumi.local.yaml, and changes what a test cluster needs otherwise. */
  static async create(): Promise<TestStack> {
    const stack = new TestStack();
    const file = join(ROOT, "Pulumi.local.yaml");
    const text = readFileSync(file, "utf8");
    const committed = parse(text) as { config: Groups };
    for (const [key, value] of Object.entries(committed.config)) {
      stack.groups[key.replace("next-on-eks:", "")] = value;
    }
    const app = stack.groups.app as Record<string, unknown>;
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
        // Enough for the load of the tests: the autoscaler acts where it is the subject alone.
        resources: { cpu: "400m", memory: "384Mi" },
        replicas: { min: 2, max: 4, targetCpuPercent: 95 },
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
    try {
      await stack.pulumi("stack", "init", "local");
    } finally {
      // `stack init` writes the passphrase's salt into the committed file, whatever --config-file will say later.
      writeFileSync(file, text);
    }
    return stack;
  }

  /** Replaces top-level keys; `undefined` removes one. */
  configure(groups: Partial<Groups>): void {
    for (const [key, value] of Object.entries(groups)) {
      if (value === undefined) delete this.groups[key];
      else this.groups[key] = value;
    }
    const config = Object.fromEntries(
      Object.entries(this.groups).map(([key, value]) => [`next-on-eks:${key}`, value]),
    );
    writeFileSync(this.configFile, stringify({ config }));
  }

  /** The value of a top-level key, for tests that change a part of it. */
  group(key: string): Record<string, unknown> {
    return this.groups[key] as Record<string, unknown>;
  }

  up(): Promise<Result> {
    return this.run("up", "--yes", "--skip-preview");
  }

  /**
   * An `up` whose CLI gets the signal at the moment that `when` resolves, and what a user runs after that.
   * SIGINT is Ctrl-C: the CLI ends in its own time and leaves no lock. SIGKILL leaves one.
   */
  async upEndedBy(signal: "SIGINT" | "SIGKILL", when: Promise<void>): Promise<void> {
    let send: ((signal: NodeJS.Signals) => void) | undefined;
    const up = command("pulumi", [...this.arguments("up"), "--yes", "--skip-preview"], {
      env: this.env,
      started: (given) => (send = given),
    });
    await when;
    send?.(signal);
    const { code, text } = await up;
    if (code === 0) throw new Error(`pulumi up ended before it got ${signal}\n${text}`);
    if (signal === "SIGKILL") await this.pulumi("cancel", "--yes", "--stack", "local");
  }

  /** `npm run release` or `npm run rollback` on the stack's config file. */
  async release(verb: "release" | "rollback", ...args: string[]): Promise<string> {
    const given = ["--stack", "local", "--config-file", this.configFile, ...args];
    const text = await output("npm", ["run", "-s", verb, "--prefix", ROOT, "--", ...given]);
    const { config } = parse(readFileSync(this.configFile, "utf8")) as { config: Groups };
    this.groups = Object.fromEntries(
      Object.entries(config).map(([key, value]) => [key.replace("next-on-eks:", ""), value]),
    );
    return text;
  }

  preview(...args: string[]): Promise<Result> {
    return this.run("preview", ...args);
  }

  /** With its preview, as a user runs it: what is protected is refused there, before anything goes. */
  destroy(): Promise<Result> {
    return this.run("destroy", "--yes");
  }

  async outputs(): Promise<Record<string, string>> {
    const text = await this.pulumi("stack", "output", "--json", "--stack", "local");
    return JSON.parse(text) as Record<string, string>;
  }

  removeFolder(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private run(verb: string, ...args: string[]): Promise<Result> {
    return command("pulumi", [...this.arguments(verb), ...args], {
      env: this.env,
      timeoutSeconds: 600,
    });
  }

  private arguments(verb: string): string[] {
    const given = ["--stack", "local", "--config-file", this.configFile, "--non-interactive"];
    return [verb, ...given, "--cwd", ROOT];
  }

  private pulumi(...args: string[]): Promise<string> {
    return output("pulumi", [...args, "--cwd", ROOT, "--non-interactive"], { env: this.env });
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
