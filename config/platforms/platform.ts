import type { z } from "zod";
import type { ChangeRule } from "../changes/rule";
import type { Checked, CommonConfig } from "../commonConfig";
import type { Problem } from "../messages/problems";
import type { Rule } from "../rules/rule";

/** What the user typed for a namespace of the config: maps, lists and numbers are parsed. */
export type KeysOf = (namespace: string) => Readonly<Record<string, unknown>>;

/**
 * What the config knows about a platform. `platforms/NAME/` creates its resources.
 * @typeParam T the checked config of a stack on it
 */
export interface PlatformConfig<T extends CommonConfig> {
  /** What it is, to complete a sentence that begins with its name. */
  readonly summary: string;
  /** Its top-level keys. In `cluster`, `files` and `redis` each platform has at least what `CommonConfig` names. */
  readonly schemas: Readonly<Record<"cluster" | "files" | "redis", z.ZodType>> &
    Readonly<Record<string, z.ZodType>>;
  /** Why other platforms' top-level keys have no effect here. */
  readonly without: string;
  /** Defaults of keys that all platforms have, where they differ. The docs show them. */
  readonly defaults: {
    readonly ingress: { readonly proxyProtocol: boolean };
    /** In seconds. */
    readonly timeouts: Readonly<Record<"app" | "claims" | "controller", number>>;
  };
  /** Namespaces of the config that its providers read. */
  readonly namespaces: readonly string[];
  /** What it reads from them itself. */
  readonly read: (keysOf: KeysOf) => Partial<T>;
  /** Fills in the defaults of its own keys. `production` and those of `CommonConfig` are already filled in. */
  readonly fill: (config: Checked<T>) => Checked<T>;
  /** Commands that set a certificate for the site, besides a TLS Secret. */
  readonly certificates: () => readonly string[];
  /** Rules that compare keys, in addition to every platform's. */
  readonly rules: readonly Rule<T>[];
  /** Problems in what was typed that the defaults would hide. */
  readonly problemsOfRaw: (raw: Readonly<Record<string, unknown>>) => readonly Problem[];
  /** Values of the committed example, which cannot be deployed. */
  readonly placeholders: (config: T) => readonly string[];
  /** Rules about changes of a running stack. */
  readonly changes: readonly ChangeRule<T>[];
  /** Keys that `confirm` accepts in addition to those of `changes`. */
  readonly confirmable: readonly string[];
  /** What a change of its other keys does, by key or by the beginning of keys, for docs/changes.md. */
  readonly harmless: Readonly<Record<string, string>>;
}
