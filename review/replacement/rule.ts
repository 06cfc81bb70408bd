import type { PropertyChange } from "../values";

/**
 * What a change of one property does to its resource. A replaced one is created anew under another id, and the old one
 * is deleted with what it holds.
 */
export type Effect = "replaced" | "perhaps replaced" | "updated";

/** What replaces resources of one type. A property that no list names is changed in place. */
export interface Replacement {
  /** Properties that replace it, with all below them; `*`: every one. */
  readonly by: readonly string[];
  /** Exceptions to `by`: changed in place. */
  readonly except?: readonly string[];
  /** Properties that replace it in some cases that a plan does not show, by reason. */
  readonly perhaps?: Readonly<Record<string, string>>;
  /** What the provider decides by the two values; undefined leaves it to the lists. */
  readonly decide?: (change: PropertyChange) => Effect | undefined;
  /** Where this is from: a file of the provider's repository, or a page. */
  readonly source: string;
}

export type Table = Readonly<Record<string, Replacement>>;
