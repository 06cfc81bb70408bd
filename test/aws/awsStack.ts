import { randomBytes } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CommandOptions, Result } from "../helpers/processes";
import { PulumiStack } from "../helpers/pulumiStack";
import { EngineLog, nameOf } from "./engineLog";
import { settings } from "./settings";

/** The end of a verb, and what the engine did meanwhile. */
export interface Run extends Result {
  readonly engine: EngineLog;
}

export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly custom: boolean;
  readonly parent?: string;
  readonly dependencies?: readonly string[];
  readonly provider?: string;
  readonly inputs?: Record<string, unknown>;
  readonly outputs?: Record<string, unknown>;
}
export interface State {
  readonly resources: readonly StateResource[];
  readonly pending: readonly StateResource[];
}

export type Name = "dev" | "prod";

/** A stack of platform aws, from its committed file with the values of the example replaced. */
export class AwsStack extends PulumiStack {
  private logs = 0;

  /**
   * @param options.program folder of another program than this one
   * @param options.example leaves the values of the example in
   */
  static async create(
    name: Name,
    options: { program?: string; example?: boolean } = {},
  ): Promise<AwsStack> {
    const stack = new AwsStack(name, options.program);
    stack.env.PULUMI_DEBUG_COMMANDS = "true"; // for --event-log
    if (settings.events !== undefined) stack.env.STANDIN_ZONES = settings.zone;
    await stack.init();
    if (options.example !== true) await stack.replaceExample();
    return stack;
  }

  private async replaceExample(): Promise<void> {
    const { zone, address, image, adminRole, ingressChart } = settings;
    this.configure({
      "cluster.publicAccessCidrs": [address],
      "app.host": this.name === "prod" ? `shop.${zone}` : `${this.name}.shop.${zone}`,
      ...(ingressChart !== undefined && { "ingress.chart": ingressChart }),
      ...(this.name === "prod" && {
        "app.image": image,
        "ingress.zone": zone,
        "cluster.adminRoleArns": adminRole === "" ? undefined : [adminRole],
      }),
    });
    await this.setSecret("app.secretEnv.SESSION_SECRET", randomBytes(24).toString("hex"));
    if (this.name === "dev") {
      const key = randomBytes(32).toString("base64");
      await this.setSecret("app.build.secrets.server_actions_key", key);
    }
  }

  /** A verb with the engine's own log of it. */
  async verb(verb: string, args: readonly string[] = [], options?: CommandOptions): Promise<Run> {
    const log = join(this.folder, `engine-${(this.logs += 1)}.jsonl`);
    const all = [...args, "--event-log", log];
    const limit = { timeoutSeconds: settings.verbSeconds, ...options };
    const result = await this.run(verb, all, limit);
    const engine = new EngineLog(log);
    rmSync(log, { force: true });
    return { ...result, engine };
  }

  override up(...args: string[]): Promise<Run> {
    return this.verb("up", ["--yes", "--skip-preview", ...args]);
  }

  refresh(...args: string[]): Promise<Run> {
    return this.verb("refresh", ["--yes", "--skip-preview", ...args]);
  }

  override destroy(): Promise<Run> {
    return this.verb("destroy", ["--yes", "--skip-preview"]);
  }

  /** Takes a resource of the account into the state, as the child that the program makes of it. */
  import({ urn, type, parent, provider = "" }: StateResource, id: string): Promise<Result> {
    const file = join(this.folder, "import.json");
    // `URN::ID`; what has no provider of its own has the default one.
    const own = /^(.*)::[^:]*$/.exec(provider)?.[1];
    const explicit = own !== undefined && !/::default_[^:]*$/.test(own);
    const nameTable = { parent, ...(explicit && { provider: own }) };
    const named = { parent: "parent", ...(explicit && { provider: "provider" }) };
    const resources = [{ type, name: nameOf(urn), id, ...named }];
    writeFileSync(file, JSON.stringify({ nameTable, resources }));
    return this.run("import", [
      "--file",
      file,
      "--yes",
      "--protect=false",
      "--generate-code=false",
    ]);
  }

  /** What a test that failed has left goes too, as far as it can. */
  async cleanUp(): Promise<void> {
    const { resources } = await this.state();
    if (resources.length > 0) {
      if (this.name === "prod") {
        this.configure({ protect: false });
        await this.up();
      }
      const { code, text } = await this.destroy();
      if (code !== 0) throw new Error(`the stack ${this.name} could not be removed:\n${text}`);
    }
    this.removeFolder();
  }

  async state(...args: string[]): Promise<State> {
    const text = await this.stack("export", ...args);
    const { deployment } = JSON.parse(text) as {
      deployment: {
        resources?: StateResource[];
        pending_operations?: { resource: StateResource }[];
      };
    };
    return {
      resources: deployment.resources ?? [],
      pending: (deployment.pending_operations ?? []).map(({ resource }) => resource),
    };
  }

  /** The state as it lies on the disk. */
  stateFile(): string {
    return readFileSync(
      join(this.folder, ".pulumi", "stacks", "next-on-eks", `${this.name}.json`),
      "utf8",
    );
  }

  /** Writes the kubeconfig that the stack gives, and says where. */
  async kubeconfig(): Promise<string> {
    const file = join(this.folder, "kubeconfig");
    const outputs = JSON.parse(await this.stack("output", "--json", "--show-secrets")) as {
      kubeconfig: string | object;
    };
    const { kubeconfig: it } = outputs;
    writeFileSync(file, typeof it === "string" ? it : JSON.stringify(it), { mode: 0o600 });
    return file;
  }
}
