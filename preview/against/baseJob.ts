import type { StackConfig } from "../../cli/stackConfig";
import type { Plan } from "../../plan/plan";

/** What baseProcess.ts reads from its standard input, as JSON. */
export interface Job {
  readonly config: StackConfig;
  /** Under which secrets are hidden, in base64. */
  readonly key: string;
  /** What stands before the digest of a secret, and before nothing else. */
  readonly mark: string;
}

/** What it answers; why as in `Planned`. */
export type Answer = { readonly plan: Plan } | { readonly why: string; readonly refused: boolean };

/** The pipe of the answer: what the program prints is not taken for it. */
export const ANSWER_PIPE = 3;
