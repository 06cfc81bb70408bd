import * as pulumi from "@pulumi/pulumi";
import { allConfig, isDryRun } from "@pulumi/pulumi/runtime";
import { z } from "zod";
import { identityOf, type AwsIdentity, type AwsProviderKeys } from "../model/awsIdentity";
import { besideExisting } from "./platforms/aws/besideExisting";
import { refusedInClear, secretsInClear, warnedInClear } from "./input/clearSecrets";
import { mistypedNamespaces, unreadNamespaces } from "./input/namespaces";
import { either, removeCommand, setCommand } from "./messages/commands";
import { ConfigError, PROJECT, type Problem } from "./messages/problems";
import { namedForProduction } from "../model/production";
import { brokenRules } from "./rules";
import type { Checked } from "./rules/rule";
import * as schema from "./schema";
import { changedTexts, stackFile } from "./input/changedTexts";
import { strayKey } from "./input/strayKeys";
import { problemsOf } from "./input/valueProblems";
import { CONTROLLER_SECONDS, NODE_SECONDS } from "./timeouts";
import { placeholders, warningsOf } from "./warnings";

/** What every platform's config has. All values are checked, all defaults filled in. */
interface CommonConfig {
  readonly stack: string;
  /** Region of AWS, or undefined where none is set. */
  readonly region: string | undefined;
  /** `aws:defaultTags`, which the AWS provider puts on every resource. */
  readonly defaultTags: Readonly<Record<string, string>>;
  readonly production: boolean;
  readonly protect: boolean;
  readonly app: z.output<typeof schema.app>;
  readonly cache: z.output<typeof schema.cache>;
  readonly assets: Filled<z.output<typeof schema.assets>, "enabled">;
  readonly ingress: z.output<typeof schema.ingress>;
  readonly networkPolicy: Filled<z.output<typeof schema.networkPolicy>, "enabled">;
  readonly timeouts: Filled<z.output<typeof schema.timeouts>, "app" | "claims" | "controller">;
  /** Keys whose change the user has confirmed. */
  readonly confirm: z.output<typeof schema.confirm>;
  /** Lines for the reader of a preview. */
  readonly warnings: readonly string[];
}

type Filled<T, K extends keyof T> = Omit<T, K> & { readonly [P in K]-?: NonNullable<T[P]> };

export interface AwsConfig extends CommonConfig {
  readonly platform: "aws";
  /** The keys of the AWS provider, which the program must not contradict. */
  readonly awsKeys: AwsProviderKeys;
  /** Whom both providers act as, of AWS and of the cluster. */
  readonly identity: AwsIdentity;
  readonly network: Filled<z.output<typeof schema.network>, "natGateways">;
  readonly cluster: z.output<typeof schema.awsCluster>;
  readonly files: z.output<typeof schema.awsFiles>;
  readonly redis: Filled<
    z.output<typeof schema.awsRedis>,
    "engineVersion" | "nodes" | "automaticFailover" | "sessions" | "snapshotRetentionDays"
  >;
}

export interface ExistingConfig extends CommonConfig {
  readonly platform: "existing";
  readonly cluster: z.output<typeof schema.existingCluster>;
  readonly files: z.output<typeof schema.existingFiles>;
  /** The URLs are in clear here; whoever passes them on marks them as secrets. */
  readonly redis: Filled<z.output<typeof schema.existingRedis>, "sessions">;
}

/** The typed config of a stack; `platform` tells which of the two it is. */
export type Config = AwsConfig | ExistingConfig;

export const groups = schema.groups;

/**
 * Reads and checks the config of the current stack.
 * @throws {ConfigError} with every problem at once; nothing has been created by then.
 */
export function loadConfig(today = new Date()): Config {
  const stack = pulumi.getStack();
  const aws = new pulumi.Config("aws");
  const region = aws.get("region") ?? process.env.AWS_REGION;
  const defaultTags = tagsOf(aws.get("defaultTags"));
  const problems = mistypedNamespaces(
    Object.fromEntries(Object.entries(allConfig()).map(([key, text]) => [key, parseValue(text)])),
  );
  const raw = readRaw(problems);

  const platform = schema.platform.safeParse(raw.platform).data;
  if (platform === undefined) {
    const found = problemsOf("platform", schema.platform, raw.platform);
    const ways = either(...schema.platform.options.map((it) => setCommand("platform", it)));
    problems.push(...found.map((it) => ({ ...it, remedy: ways })));
    throw new ConfigError(stack, problems);
  }
  const schemas: Record<string, z.ZodType> = { ...groups.common, ...groups[platform] };
  problems.push(...unknownKeys(raw, Object.keys(schemas)));

  const parsed: Record<string, unknown> = { stack, region, defaultTags, awsKeys: keysOf("aws") };
  for (const [group, groupSchema] of Object.entries(schemas)) {
    const found = problemsOf(group, groupSchema, raw[group], raw);
    found.push(...changedTexts(group, groupSchema, raw[group], stackFile(stack)));
    problems.push(...found);
    if (found.length === 0) parsed[group] = groupSchema.parse(raw[group]);
  }
  const config = fillDefaults(parsed as unknown as Checked<Config>);
  problems.push(...brokenRules(config, today));
  if (platform === "aws") problems.push(...besideExisting(raw.network));
  const clear = Object.entries(schemas).flatMap(([group, groupSchema]) =>
    secretsInClear(group, groupSchema, raw[group]),
  );
  if (config.production) problems.push(...clear.map(refusedInClear));
  if (problems.length > 0) throw new ConfigError(stack, problems);

  const whole = config as Config;
  refusePlaceholders(whole);
  const warnings = [
    ...warningsOf(whole, today),
    ...clear.map(warnedInClear),
    ...unreadNamespaces(Object.keys(allConfig())),
  ];
  return { ...whole, warnings };
}

/** Every key of the project's namespace, parsed: maps, lists and numbers arrive as JSON. */
function readRaw(problems: Problem[]): Record<string, unknown> {
  const raw: Record<string, unknown> = {};
  const strays: [name: string, value: unknown][] = [];
  for (const [fullKey, text] of Object.entries(allConfig())) {
    if (!fullKey.startsWith(`${PROJECT}:`)) continue;
    const key = fullKey.slice(PROJECT.length + 1);
    const known = Object.hasOwn(groups.common, key) || Object.hasOwn(groups.aws, key);
    if (known) raw[key] = parseValue(text);
    else strays.push([key, parseValue(text)]);
  }
  problems.push(...strays.map(([name, value]) => strayKey(name, value, raw)));
  return raw;
}

/** The keys of another namespace. */
function keysOf(namespace: string): Record<string, unknown> {
  const own = Object.entries(allConfig()).filter(([key]) => key.startsWith(`${namespace}:`));
  return Object.fromEntries(
    own.map(([key, text]) => [key.slice(namespace.length + 1), parseValue(text)]),
  );
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** The tags of `{ tags: { … } }`. What is of another shape, the provider refuses. */
function tagsOf(text: string | undefined): Record<string, string> {
  const { tags } = z
    .object({ tags: z.record(z.string(), z.coerce.string()).catch({}) })
    .catch({ tags: {} })
    .parse(parseValue(text ?? "{}"));
  return tags;
}

function unknownKeys(raw: Record<string, unknown>, known: string[]): Problem[] {
  return Object.keys(raw)
    .filter((key) => !known.includes(key))
    .map((key) => ({
      key,
      message: `has no meaning on platform existing: no AWS resource is made there.`,
      remedy: either(removeCommand(key), setCommand("platform", "aws")),
    }));
}

/** Defaults that depend on the platform or on `production`. */
function fillDefaults(config: Checked<Config>): Checked<Config> {
  const production = config.production ?? namedForProduction(config.stack);
  const { platform, assets, files, ingress, networkPolicy, redis, timeouts } = config;
  const filled = {
    ...config,
    production,
    protect: config.protect ?? production,
    assets: assets && { ...assets, enabled: assets.enabled ?? files?.required ?? true },
    ingress: ingress && {
      ...ingress,
      proxyProtocol: ingress.proxyProtocol ?? platform === "aws",
    },
    networkPolicy: networkPolicy && {
      ...networkPolicy,
      enabled: networkPolicy.enabled ?? ingress?.install ?? true,
    },
    timeouts: timeouts && {
      ...timeouts,
      app: timeouts.app ?? NODE_SECONDS[platform].app,
      claims: timeouts.claims ?? NODE_SECONDS[platform].claims,
      controller: timeouts.controller ?? CONTROLLER_SECONDS[platform],
    },
    redis: redis && { ...redis, sessions: redis.sessions ?? (production ? "own" : "shared") },
  } as Checked<Config>;
  return filled.platform === "aws" ? fillAwsDefaults(filled, production) : filled;
}

function fillAwsDefaults(config: Checked<AwsConfig>, production: boolean): Checked<AwsConfig> {
  const { awsKeys = {}, network, redis } = config;
  const nodes = redis?.nodes ?? (production ? 2 : 1);
  return {
    ...config,
    identity: identityOf(awsKeys),
    network: network && {
      ...network,
      natGateways: network.natGateways ?? (production ? "perZone" : "one"),
    },
    redis: redis && {
      ...redis,
      nodes,
      engineVersion: redis.engineVersion ?? (redis.engine === "redis" ? "7.1" : "8.0"),
      automaticFailover: redis.automaticFailover ?? nodes > 1,
      snapshotRetentionDays: redis.snapshotRetentionDays ?? (production ? 7 : 0),
    },
  };
}

/** A placeholder may be shown in a preview; `pulumi up` would fail on it half-way. */
function refusePlaceholders(config: Config): void {
  const found = placeholders(config);
  if (!isDryRun() && found.length > 0) {
    throw new pulumi.RunError(
      `The config of stack '${config.stack}' still has values of the example:\n  ${found.join("\n  ")}`,
    );
  }
}
