import * as pulumi from "@pulumi/pulumi";
import { allConfig, isDryRun } from "@pulumi/pulumi/runtime";
import type { z } from "zod";
import { PROJECT } from "../model/project";
import type { Checked, CommonConfig } from "./commonConfig";
import { fillDefaults } from "./defaults";
import { groupNames, groups, platform as platformSchema } from "./groups";
import { changedTexts, stackFile } from "./input/changedTexts";
import { refusedInClear, secretsInClear, warnedInClear } from "./input/clearSecrets";
import { mistypedNamespaces, unreadNamespaces } from "./input/namespaces";
import { strayKey } from "./input/strayKeys";
import { problemsOf } from "./input/valueProblems";
import { either, removeCommand, setCommand } from "./messages/commands";
import { ConfigError, type Problem } from "./messages/problems";
import { platformNames, platforms, type Config, type PlatformName } from "./platforms";
import type { PlatformConfig } from "./platforms/platform";
import { commonRules, problemsOfRules, warningsOfRules } from "./rules";
import type { Rule } from "./rules/rule";
import { problemsOfWaivers, warningsOfWaivers, withoutWaived } from "./waivers";

export type { AwsConfig } from "./platforms/aws/config";
export type { ExistingConfig } from "./platforms/existing/config";
export type { Config } from "./platforms";
export { groups };

type Raw = Readonly<Record<string, unknown>>;
type Schemas = Readonly<Record<string, z.ZodType>>;

/**
 * Reads and checks the config of the current stack.
 * @throws {ConfigError} with every problem at once; nothing has been created by then.
 */
export function loadConfig(today = new Date()): Config {
  const stack = pulumi.getStack();
  const problems = mistypedNamespaces(
    Object.fromEntries(Object.entries(allConfig()).map(([key, text]) => [key, parseValue(text)])),
  );
  const raw = readRaw(problems);
  const name = platformIn(raw, problems);
  const part = platforms[name] as unknown as PlatformConfig<CommonConfig>;
  const schemas: Schemas = { ...groups.common, ...part.schemas };
  problems.push(...foreignKeys(raw, name, part.without, schemas));

  const values = { stack, ...part.read(keysOf), ...validGroups(stack, schemas, raw, problems) };
  const config = fillDefaults(values as unknown as Checked<CommonConfig>, part);
  const everyRule = commonRules(part.certificates);
  const { waivers = [] } = config;
  const common = withoutWaived(everyRule, waivers);
  const own = withoutWaived(part.rules, waivers);
  problems.push(
    ...problemsOfRules(common, config, today),
    ...problemsOfRules(own, config, today),
    ...part.problemsOfRaw(raw),
    ...problemsOfWaivers(waivers, [...everyRule, ...rulesOfPlatforms()], today),
  );
  const clear = Object.entries(schemas).flatMap(([group, schema]) =>
    secretsInClear(group, schema, raw[group]),
  );
  if (config.production) problems.push(...clear.map(refusedInClear));
  if (problems.length > 0) throw new ConfigError(stack, problems);

  const whole = config as CommonConfig;
  const placeholders = part.placeholders(whole);
  refusePlaceholders(stack, placeholders);
  const warnings = [
    ...placeholders,
    ...warningsOfRules(common, whole, today),
    ...warningsOfRules(own, whole, today),
    ...warningsOfWaivers(whole.waivers, today),
    ...clear.map(warnedInClear),
    ...unreadNamespaces(Object.keys(allConfig())),
  ];
  // The platform's schemas have checked that it is what its name says.
  return { ...whole, warnings } as unknown as Config;
}

/** What waivers may name: a file can be shared by stacks of several platforms. */
function rulesOfPlatforms(): Pick<Rule<never>, "id" | "severity">[] {
  return Object.values(platforms).flatMap(({ rules }): Pick<Rule<never>, "id" | "severity">[] => [
    ...rules,
  ]);
}

/** Every key of the project's namespace, parsed: maps, lists and numbers arrive as JSON. */
function readRaw(problems: Problem[]): Raw {
  const raw: Record<string, unknown> = {};
  const strays: [name: string, value: unknown][] = [];
  for (const [key, value] of Object.entries(keysOf(PROJECT))) {
    if (groupNames.includes(key)) raw[key] = value;
    else strays.push([key, value]);
  }
  problems.push(...strays.map(([key, value]) => strayKey(key, value, raw)));
  return raw;
}

/** @throws {ConfigError} if no platform is named, or an unknown one: without it nothing else can be checked */
function platformIn(raw: Raw, problems: readonly Problem[]): PlatformName {
  const name = platformSchema.safeParse(raw.platform).data;
  if (name !== undefined) return name;
  const found = problemsOf("platform", platformSchema, raw.platform);
  const remedy = either(...platformNames.map((it) => setCommand("platform", it)));
  throw new ConfigError(pulumi.getStack(), [
    ...problems,
    ...found.map((it) => ({ ...it, remedy })),
  ]);
}

/** The groups whose values are all valid by themselves, parsed. */
function validGroups(
  stack: string,
  schemas: Schemas,
  raw: Raw,
  problems: Problem[],
): Record<string, unknown> {
  const valid: Record<string, unknown> = {};
  for (const [group, schema] of Object.entries(schemas)) {
    const found = problemsOf(group, schema, raw[group], raw);
    found.push(...changedTexts(group, schema, raw[group], stackFile(stack)));
    problems.push(...found);
    if (found.length === 0) valid[group] = schema.parse(raw[group]);
  }
  return valid;
}

/** The keys of a namespace. */
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

/** Top-level keys that only other platforms have. */
function foreignKeys(raw: Raw, name: PlatformName, without: string, schemas: Schemas): Problem[] {
  return Object.keys(raw)
    .filter((key) => !Object.hasOwn(schemas, key))
    .map((key) => ({
      key,
      message: `has no effect on platform ${name}: ${without}.`,
      remedy: either(
        removeCommand(key),
        ...platformNames
          .filter((other) => Object.hasOwn(platforms[other].schemas, key))
          .map((other) => setCommand("platform", other)),
      ),
    }));
}

/** A placeholder may be shown in a preview; `pulumi up` would fail on it half-way. */
function refusePlaceholders(stack: string, placeholders: readonly string[]): void {
  if (!isDryRun() && placeholders.length > 0) {
    throw new pulumi.RunError(
      `The config of stack '${stack}' still has example values:\n  ${placeholders.join("\n  ")}`,
    );
  }
}
