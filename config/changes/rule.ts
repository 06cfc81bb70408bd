import type { CommonConfig } from "../commonConfig";

/**
 * What the state records about a stack, by config key. Anyone who can read the state can read it, so it holds no
 * secrets.
 */
export type Facts = Readonly<Record<string, string>>;

/**
 * `refused`: it would lose data or cannot succeed. `asked`: visitors notice it, or it cannot be undone; `confirm` in
 * the config allows it. `warned`: it works, but a reader of the preview should know what it does.
 */
export type ChangeKind = "refused" | "asked" | "warned";

/** One kind of change of a running stack that is not simply safe. */
export interface ChangeRule<T extends CommonConfig> {
  /** The key of the config. It names the fact, and the change in `confirm`. */
  readonly key: string;
  readonly kind: ChangeKind;
  /** The change in a few words, for docs/changes.md. */
  readonly change: string;
  /** What is recorded for the key; undefined if it has no effect in this config. */
  readonly fact: (config: T) => string | undefined;
  /**
   * Until the change is confirmed, the stack keeps what it had instead of being refused. For facts that would become
   * `none`.
   */
  readonly keeps?: true;
  /** The consequence, if the fact may not simply change from `old` to `now`. */
  readonly check: (old: string, now: string) => Consequence | undefined;
}

export interface Consequence {
  /** What would happen, as one or more sentences. */
  readonly message: string;
  /** How the reader gets what they want, or goes back; not needed for a warning. */
  readonly remedy?: string;
  /** The change deletes something that `protect` protects. */
  readonly deletesProtected?: boolean;
}

/** Stands for a key that is not set, if that is a fact too. */
export const NONE = "none";
