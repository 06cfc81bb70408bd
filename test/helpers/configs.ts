import { join } from "node:path";
import { parse } from "yaml";
import { loadConfig, type AwsConfig, type Config, type ExistingConfig } from "../../config";
import { readStackConfig } from "../../cli/stackConfig";
import { record } from "./recording";

/** The groups of a config below the project's namespace: `{ app: { host: … } }`. */
export type Groups = Readonly<Record<string, unknown>>;

/** The least that platform aws asks for. */
export const aws: Groups = {
  platform: "aws",
  app: { image: `registry.test/shop@sha256:${"0".repeat(64)}`, host: "shop.example.com" },
};

/** The least that platform existing asks for. */
export const existing: Groups = {
  ...aws,
  platform: "existing",
  cluster: { context: "kind" },
  files: { storageClass: "shared" },
  redis: { inCluster: true },
};

/** Sets values inside groups: `changed(aws, { "app.replicas": { min: 3 } })`; undefined removes. */
export function changed(groups: Groups, changes: Readonly<Record<string, unknown>>): Groups {
  const copy = structuredClone(groups) as Record<string, unknown>;
  for (const [path, value] of Object.entries(changes)) {
    const keys = path.split(".");
    const last = keys.pop() ?? "";
    let at = copy;
    for (const key of keys) at = (at[key] ??= {}) as Record<string, unknown>;
    if (value === undefined) delete at[last];
    else at[last] = value;
  }
  return copy;
}

/** As Pulumi hands config to a program: maps, lists and numbers as JSON. */
export function wire(keys: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(keys).map(([key, value]) => [
      key,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
}

export interface LoadOptions {
  readonly stack?: string;
  /** aws:region; undefined: it is not set. */
  readonly region?: string | undefined;
  /** AWS_REGION in the environment; default: none. */
  readonly environmentRegion?: string;
  readonly preview?: boolean;
  /** Groups in which a value is encrypted. */
  readonly secret?: readonly string[];
  /** Keys of other namespaces. */
  readonly others?: Groups;
  readonly today?: Date;
}

/** The config of a stack, as the program sees it. */
export async function load(groups: Groups, options: LoadOptions = {}): Promise<Config> {
  const { stack = "test", preview = true, today = new Date("2026-12-01") } = options;
  const region = "region" in options ? options.region : "eu-west-1";
  const named = Object.entries(groups).map(([key, value]) => [`next-on-eks:${key}`, value]);
  const config = wire({
    ...(region !== undefined && { "aws:region": region }),
    ...(Object.fromEntries(named) as Groups),
    ...options.others,
  });
  const secretKeys = options.secret?.map((group) => `next-on-eks:${group}`);
  const before = process.env.AWS_REGION;
  try {
    setRegion(options.environmentRegion);
    const program = () => ({ config: loadConfig(today) });
    const { outputs } = await record(program, { stack, preview, config, secretKeys });
    return outputs.config as Config;
  } finally {
    setRegion(before);
  }
}

function setRegion(region: string | undefined): void {
  if (region === undefined) delete process.env.AWS_REGION;
  else process.env.AWS_REGION = region;
}

export async function loadAws(more: Groups = {}, options?: LoadOptions): Promise<AwsConfig> {
  return (await load(changed(aws, more), options)) as AwsConfig;
}

export async function loadExisting(
  more: Groups = {},
  options?: LoadOptions,
): Promise<ExistingConfig> {
  return (await load(changed(existing, more), options)) as ExistingConfig;
}

export const ROOT = join(__dirname, "..", "..");

/** Stacks that tests run: their values are theirs, whatever a team writes into its own. */
export const STACKS = ["dev", "local", "prod"] as const;

/** The config file of a stack for tests. */
export function stackFixture(stack: string): string {
  return join(ROOT, "test", "stacks", `Pulumi.${stack}.yaml`);
}

/** The config of a stack for tests, with full keys; what is encrypted in it is a placeholder. */
export function configOf(stack: string): Record<string, unknown> {
  const { config } = readStackConfig(ROOT, stack, stackFixture(stack));
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key, parse(value) as unknown]),
  );
}
