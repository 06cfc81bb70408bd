import type { Place } from "./kind";
import type { Members } from "./members";

/** A component of the plan, or what a component needs that is there already. */
export interface Part {
  /** URN of the component; of what is there already, a word. */
  readonly id: string;
  /** Type and name: `RedisCache sessions`. */
  readonly component: string;
  readonly title: string;
  /** Most important first. */
  readonly facts: readonly string[];
  readonly place: Place;
  readonly members: Members;
  /** Whether the stack does not make it. */
  readonly existing: boolean;
}

/** One part needs another. */
export interface Link {
  readonly from: string;
  readonly to: string;
  /** Whether a value of the one is in the inputs of the other; if not, it only waits for it. */
  readonly refers: boolean;
}

export interface Graph {
  /** Where visitors come in, as the stack's output says; undefined: it is not known. */
  readonly url: string | undefined;
  readonly parts: readonly Part[];
  readonly links: readonly Link[];
}
