import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parse } from "yaml";
import { groupNames } from "../config/groups";
import { ANOTHER_SECRET, SECRET_PLACEHOLDER } from "../config/schema/secrets";
import { isMap } from "../model/isMap";
import { PROJECT } from "../model/project";
import { pullRequestOf } from "../model/reviewSite";

/** Something that the user typed or wrote can't be used. The message is all that they need to see. */
export class UsageError extends Error {}

/** The config of a stack as the Pulumi CLI would hand it to the program. */
export interface StackConfig {
  readonly stack: string;
  /** Full keys (`next-on-eks:app`) and values; maps and lists as JSON. Encrypted values are placeholders. */
  readonly config: Readonly<Record<string, string>>;
  /** Keys that hold an encrypted value, at any depth. */
  readonly secretKeys: readonly string[];
  /** Encrypted values as they stand in the file, by path: `next-on-eks:app.secretEnv.TOKEN`. */
  readonly ciphertexts: Readonly<Record<string, string>>;
  /** What in the file has no effect offline. */
  readonly warnings: readonly string[];
}

/** What Pulumi takes for the name of a stack. */
const STACK_NAME = /^[A-Za-z0-9_.-]+$/;
const FULL_KEY = /^[^:]+:([^:]+|config:[^:]+)$/;

/** How encrypted values were written in another version, by path. */
type Ciphertexts = StackConfig["ciphertexts"];

/**
 * Reads `Pulumi.<stack>.yaml` of `folder`, or another file.
 * @param before what is compared with: a value that is encrypted in another way there gets another placeholder
 * @throws {UsageError} if there is none, or it can't be read as a stack's config
 */
export function readStackConfig(
  folder: string,
  stack: string,
  file?: string,
  before?: Ciphertexts,
): StackConfig {
  if (!STACK_NAME.test(stack)) {
    throw new UsageError(`--stack: '${stack}' is not the name of a stack; try --stack dev.`);
  }
  const path = file ?? join(folder, `Pulumi.${stack}.yaml`);
  return parseStackConfig(stack, basename(path), readText(path, folder), before);
}

/**
 * @param file name that errors use
 * @param before as in `readStackConfig`
 */
export function parseStackConfig(
  stack: string,
  file: string,
  text: string,
  before: Ciphertexts = {},
): StackConfig {
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
  const ciphertexts: Record<string, string> = {};
  for (const [typed, value] of Object.entries((content.config ?? {}) as object)) {
    if (!FULL_KEY.test(typed)) {
      const meant = groupNames.includes(typed) ? `; did you mean ${PROJECT}:${typed}?` : ".";
      throw new UsageError(
        `${file}: '${typed}' is not a config key; expected NAMESPACE:NAME${meant}`,
      );
    }
    // An older spelling of the same key.
    const key = typed.replace(":config:", ":");
    const plain = withoutCiphertext(value, key, before);
    config[key] = typeof plain === "string" ? plain : JSON.stringify(plain ?? "");
    if (holdsCiphertext(value)) secretKeys.push(key);
    for (const [path, text] of ciphertextsIn(value, key)) ciphertexts[path] = text;
  }
  const warnings =
    content.environment === undefined
      ? []
      : [`${file}: environment is from Pulumi ESC, which is not read offline.`];
  return { stack, config, secretKeys, ciphertexts, warnings };
}

/** Names of the stacks that have a file in a folder. `Pulumi.dev copy.yaml` is no stack's. */
export function stacksIn(folder: string): string[] {
  return readdirSync(folder)
    .flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? [])
    .filter((name) => STACK_NAME.test(name))
    .sort();
}

/** Without the sites of pull requests, whose files `npm run stack` makes and no commit has. */
export function projectStacksIn(folder: string): string[] {
  return stacksIn(folder).filter((stack) => pullRequestOf(stack) === undefined);
}

function readText(path: string, folder: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    throw new UsageError(
      `${basename(path)} can't be read; stacks with a config here: ${stacksIn(folder).join(", ") || "none"}.`,
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
function isCiphertext(value: unknown): value is { readonly secure: string } {
  return isMap(value) && typeof value.secure === "string" && Object.keys(value).length === 1;
}

function holdsCiphertext(value: unknown): boolean {
  if (isCiphertext(value)) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(holdsCiphertext);
}

function ciphertextsIn(value: unknown, path: string): [path: string, ciphertext: string][] {
  if (isCiphertext(value)) return [[path, value.secure]];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => ciphertextsIn(item, `${path}.${key}`));
}

function withoutCiphertext(value: unknown, path: string, before: Ciphertexts): unknown {
  if (isCiphertext(value)) {
    const earlier = before[path];
    const same = earlier === undefined || earlier === value.secure;
    return same ? SECRET_PLACEHOLDER : ANOTHER_SECRET;
  }
  const inner = (item: unknown, key: string | number) =>
    withoutCiphertext(item, `${path}.${key}`, before);
  if (Array.isArray(value)) return value.map(inner);
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, inner(item, key)]));
}
