/*
 * Golden scenarios: small changes as a pull request makes them, each with what a reviewer is told about it. test/golden
 * compares the text, test/aws asks the real engine for the same changes.
 */

/** Values by path, such as `app.replicas.min`; undefined removes. */
export type Values = Readonly<Record<string, unknown>>;

/** A change of one file of the program; `old` stands in it once. */
export interface Edit {
  readonly file: string;
  readonly old: string;
  readonly now: string;
}

/** `pr-12` is the review site that `npm run stack -- new pr-12 --from local` makes. */
export type Base = "dev" | "prod" | "local" | "pr-12";

export interface Scenario {
  /** What somebody changes. */
  readonly name: string;
  readonly stack: Base;
  readonly config?: Values;
  /** Values that are encrypted in the stack's file. */
  readonly secrets?: Readonly<Record<string, string>>;
  readonly code?: readonly Edit[];
  /**
   * What is printed, from the first line on; `…` stands for lines of which others hold the text. The rules' lines are
   * left out unless `rules` is set.
   */
  readonly says: string;
  /** Asks the rules too. */
  readonly rules?: boolean;
  /**
   * Where the engine says something else of a resource, by `Type name`, with the reason. `refused`: it refuses the
   * preview, with this in its message.
   */
  readonly engine?: Engine;
}

export interface Engine {
  readonly refuses?: RegExp;
  /** By `Type name`. */
  readonly differs?: Readonly<Record<string, Difference>>;
}

export interface Difference {
  /** What the comparison says. */
  readonly told: string;
  /** What the engine does in its preview. */
  readonly is: string;
  /** Why two plans cannot tell, or the engine's preview cannot. */
  readonly because: string;
}
