import type { CommonConfig } from "../commonConfig";

/** What the state remembers of a stack, by config key. Anybody who may read the state reads it: nothing secret. */
export type Facts = Readonly<Record<string, string>>;

/**
 * `refused`: it would lose data or cannot succeed. `asked`: visitors notice, or it cannot be taken back; `confirm` in the
 * config lets it through. `warned`: it works, and a reader of the preview should know what it does.
 */
export type ChangeKind = "refused" | "asked" | "warned";

/** One kind of change of a running stack that is not simply safe. */
export interface ChangeRule<T extends CommonConfig> {
  /** The key of the config. It names the fact, and the change in `confirm`. */
  readonly key: string;
  readonly kind: ChangeKind;
  /** The change in a few words, for docs/changes.md. */
  readonly change: string;
  /** What is remembered of the key; undefined where it has no meaning in this config. */
  readonly fact: (config: T) => string | undefined;
  /** Until it is confirmed, a stack keeps what it had, instead of being refused. Where the fact is to become `none`. */
  readonly keeps?: true;
  /** The consequence, if the fact may not simply go from `old` to `now`. */
  readonly check: (old: string, now: string) => Consequence | undefined;
}

export interface Consequence {
  /** What would happen, as one or more sentences. */
  readonly message: string;
  /** How the reader gets what they want, or back; not needed where it is warned of alone. */
  readonly remedy?: string;
  /** What `protect` keeps from being deleted goes with the change. */
  readonly deletesProtected?: boolean;
}

/** Stands for a key that is not set, where that is a fact of its own. */
export const NONE = "none";
