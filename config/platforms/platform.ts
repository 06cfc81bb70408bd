import type { z } from "zod";
import type { ChangeRule } from "../changes/rule";
import type { Checked, CommonConfig } from "../commonConfig";
import type { Problem } from "../messages/problems";
import type { Rule } from "../rules/rule";

/** What the user typed for a namespace of the config: maps, lists and numbers are parsed. */
export type KeysOf = (namespace: string) => Readonly<Record<string, unknown>>;

/**
 * What the config knows of a platform. `platforms/NAME/` holds what makes its resources.
 * @typeParam T the checked config of a stack on it
 */
export interface PlatformConfig<T extends CommonConfig> {
  /** What it is, as the end of a sentence that begins with its name. */
  readonly summary: string;
  /** Its top-level keys. Of `cluster`, `files` and `redis` each platform has at least what `CommonConfig` names. */
  readonly schemas: Readonly<Record<"cluster" | "files" | "redis", z.ZodType>> &
    Readonly<Record<string, z.ZodType>>;
  /** Why another platform's top-level keys mean nothing here. */
  readonly without: string;
  /** Defaults of keys that all platforms have, where they differ. */
  readonly defaults: {
    readonly proxyProtocol: boolean;
    /** In seconds. */
    readonly timeouts: Readonly<Record<"app" | "claims" | "controller", number>>;
  };
  /** What it reads from the namespaces of providers. */
  readonly read: (keysOf: KeysOf) => Partial<T>;
  /** Fills in the defaults of its own keys. `production` and those of `CommonConfig` are there. */
  readonly fill: (config: Checked<T>) => Checked<T>;
  /** Commands that get the site a certificate here, beside a TLS Secret. */
  readonly certificates: () => readonly string[];
  /** Rules that compare keys, beside those of every platform. */
  readonly rules: readonly Rule<T>[];
  /** Problems of what was typed, which the defaults hide. */
  readonly problemsOfRaw: (raw: Readonly<Record<string, unknown>>) => readonly Problem[];
  /** Values of the committed example, which nobody can run. */
  readonly placeholders: (config: T) => readonly string[];
  /** Rules about changes of a running stack. */
  readonly changes: readonly ChangeRule<T>[];
  /** Keys that `confirm` takes beside those of `changes`. */
  readonly confirmable: readonly string[];
  /** What a change of its other keys does, by key or by the beginning of keys, for docs/changes.md. */
  readonly harmless: Readonly<Record<string, string>>;
}
