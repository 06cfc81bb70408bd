import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parse } from "yaml";
import { SECRET_PLACEHOLDER } from "../config/schema/secrets";

/** Something that the user typed or wrote can't be used. The message is all that they need to see. */
export class UsageError extends Error {}

/** The config of a stack as the Pulumi CLI would hand it to the program. */
export interface StackConfig {
  readonly stack: string;
  /** Full keys (`next-on-eks:app`) and values; maps and lists as JSON. Encrypted values are placeholders. */
  readonly config: Readonly<Record<string, string>>;
  /** Keys that hold an encrypted value, at any depth. */
  readonly secretKeys: readonly string[];
  /** What in the file has no effect offline. */
  readonly warnings: readonly string[];
}

const FULL_KEY = /^[^:]+:([^:]+|config:[^:]+)$/;

/**
 * Reads `Pulumi.<stack>.yaml` of `folder`, or another file.
 * @throws {UsageError} if there is none, or it can't be read as a stack's config
 */
export function readStackConfig(folder: string, stack: string, file?: string): StackConfig {
  if (!/^[A-Za-z0-9_.-]+$/.test(stack)) {
    throw new UsageError(`--stack: '${stack}' is not the name of a stack; try --stack dev.`);
  }
  const path = file ?? join(folder, `Pulumi.${stack}.yaml`);
  return parseStackConfig(stack, basename(path), readText(path, folder));
}

/** @param file name that errors use */
export function parseStackConfig(stack: string, file: string, text: string): StackConfig {
  const content = (parseYaml(file, text) ?? {}) as Record<string, unknown>;
  if (!isMap(content) || !isMap(content.config ?? {})) {
    throw new UsageError(`${file}: expected a map with the key 'config'.`);
  }
  if (!("config" in content)) {
    throw new UsageError(
      `${file} has no key 'config'; start with aws or existing:\n` +
        `  pulumi config set --stack ${stack} --path 'next-on-eks:platform' aws`,
    );
  }
  const config: Record<string, string> = {};
  const secretKeys: string[] = [];
  for (const [typed, value] of Object.entries((content.config ?? {}) as object)) {
    if (!FULL_KEY.test(typed)) {
      throw new UsageError(`${file}: '${typed}' is not a config key; expected NAMESPACE:NAME.`);
    }
    // An older spelling of the same key.
    const key = typed.replace(":config:", ":");
    const plain = withoutCiphertext(value);
    config[key] = typeof plain === "string" ? plain : JSON.stringify(plain ?? "");
    if (holdsCiphertext(value)) secretKeys.push(key);
  }
  const warnings =
    content.environment === undefined
      ? []
      : [`${file}: environment is from Pulumi ESC, which is not read offline.`];
  return { stack, config, secretKeys, warnings };
}

function readText(path: string, folder: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    const stacks = readdirSync(folder).flatMap(
      (name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? [],
    );
    throw new UsageError(
      `${basename(path)} can't be read; stacks with a config here: ${stacks.sort().join(", ") || "none"}.`,
    );
  }
}

function parseYaml(file: string, text: string): unknown {
  try {
    return parse(text) as unknown;
  } catch (error) {
    throw new UsageError(`${file}: ${(error as Error).message.split("\n")[0]?.replace(/:$/, "")}`);
  }
}

/** Pulumi writes an encrypted value as a map with the one key `secure`. */
function isCiphertext(value: unknown): boolean {
  return isMap(value) && typeof value.secure === "string" && Object.keys(value).length === 1;
}

function holdsCiphertext(value: unknown): boolean {
  if (isCiphertext(value)) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(holdsCiphertext);
}

function withoutCiphertext(value: unknown): unknown {
  if (isCiphertext(value)) return SECRET_PLACEHOLDER;
  if (Array.isArray(value)) return value.map(withoutCiphertext);
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, withoutCiphertext(item)]),
  );
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
