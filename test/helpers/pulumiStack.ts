import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parse, stringify } from "yaml";
import { command, type CommandOptions, type Result } from "./processes";

const ROOT = resolve(__dirname, "../..");
const PROJECT = "next-on-eks";

/**
 * A stack in the real Pulumi CLI, with a state, a passphrase and a config file of its own in a temporary folder: the work
 * tree stays as it is. It starts from the committed config of its name.
 */
export class PulumiStack {
  readonly folder = mkdtempSync(join(tmpdir(), "next-on-eks-test-"));
  readonly configFile: string;
  /** All that verbs have printed. */
  log = "";
  /** More of the environment of each command. */
  env: Record<string, string | undefined> = {};
  private file: { config: Record<string, unknown> };

  /**
   * @param program folder of the program, with its Pulumi.yaml and Pulumi.NAME.yaml
   * @param base name of the committed stack that it starts from
   */
  protected constructor(
    readonly name: string,
    readonly program = ROOT,
    base = name,
  ) {
    this.configFile = join(this.folder, `Pulumi.${name}.yaml`);
    this.file = parse(
      readFileSync(join(program, `Pulumi.${base}.yaml`), "utf8"),
    ) as typeof this.file;
  }

  /** In a folder without the program: `pulumi stack init` writes the salt of secrets into the config that it finds. */
  protected async init(): Promise<void> {
    writeFileSync(
      join(this.folder, "Pulumi.yaml"),
      stringify({ name: PROJECT, runtime: "nodejs" }),
    );
    const where = ["--cwd", this.folder, "--non-interactive"];
    await this.succeed(["stack", "init", this.name, "--no-select", ...where]);
    const salt = parse(readFileSync(this.configFile, "utf8")) as object;
    this.file = { ...salt, ...this.file };
    this.write();
  }

  /** Sets values by path, such as `app.replicas.min`; keys of other namespaces by their whole name. `undefined` removes. */
  configure(values: Readonly<Record<string, unknown>>): void {
    for (const [path, value] of Object.entries(values)) {
      const keys = path.includes(":") ? [path] : `${PROJECT}:${path}`.split(".");
      const last = keys.pop() ?? "";
      let at = this.file.config;
      for (const key of keys) at = (at[key] ??= {}) as Record<string, unknown>;
      if (value === undefined) delete at[last];
      else at[last] = value;
    }
    this.write();
  }

  /** The value of a top-level key, for tests that change a part of it. */
  group(key: string): Record<string, unknown> {
    return (this.file.config[`${PROJECT}:${key}`] ?? {}) as Record<string, unknown>;
  }

  /** The whole config, to come back to. */
  config(): Readonly<Record<string, unknown>> {
    return structuredClone(this.file.config);
  }

  restore(config: Readonly<Record<string, unknown>>): void {
    this.file.config = structuredClone(config);
    this.write();
  }

  async setSecret(path: string, value: string): Promise<void> {
    await this.succeed(
      this.onStack(["config", "set", "--path", `${PROJECT}:${path}`, "--secret", value]),
    );
    this.reload();
  }

  /** After a command that has changed the config file. */
  reload(): void {
    this.file = parse(readFileSync(this.configFile, "utf8")) as typeof this.file;
  }

  /** `pulumi VERB` on the stack, with its config. */
  async run(verb: string, args: readonly string[] = [], options?: CommandOptions): Promise<Result> {
    const result = await this.command(this.onStack([verb, ...args]), options);
    this.log += result.text;
    return result;
  }

  up(): Promise<Result> {
    return this.run("up", ["--yes", "--skip-preview"]);
  }

  preview(...args: string[]): Promise<Result> {
    return this.run("preview", args);
  }

  /** With its preview, as a user runs it: what is protected is refused there, before anything goes. */
  destroy(): Promise<Result> {
    return this.run("destroy", ["--yes"]);
  }

  async outputs(): Promise<Record<string, string>> {
    return JSON.parse(await this.stack("output", "--json")) as Record<string, string>;
  }

  /** `pulumi stack VERB`; its standard output. */
  stack(...args: string[]): Promise<string> {
    return this.succeed(["stack", ...args, "--stack", this.name, ...this.place()]);
  }

  /** After a CLI that was killed: its lock is still there. */
  async cancel(): Promise<void> {
    await this.succeed(["cancel", "--yes", "--stack", this.name, ...this.place()]);
  }

  removeFolder(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private write(): void {
    writeFileSync(this.configFile, stringify(this.file));
  }

  private place(): string[] {
    return ["--cwd", this.program, "--non-interactive"];
  }

  private onStack(args: readonly string[]): string[] {
    return [...args, "--stack", this.name, "--config-file", this.configFile, ...this.place()];
  }

  private async succeed(args: readonly string[]): Promise<string> {
    const { code, stdout, text } = await this.command(args);
    if (code !== 0) throw new Error(`pulumi ${args.join(" ")}: exit ${code}\n${text}`);
    return stdout;
  }

  private command(args: readonly string[], options: CommandOptions = {}): Promise<Result> {
    const env = { ...this.environment, ...options.env };
    return command("pulumi", args, { timeoutSeconds: 600, ...options, env });
  }

  /** By which commands find the state of this stack. */
  protected get environment(): Record<string, string | undefined> {
    return {
      PULUMI_BACKEND_URL: `file://${this.folder}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      NO_COLOR: "1",
      ...this.env,
    };
  }
}
