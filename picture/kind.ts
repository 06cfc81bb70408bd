import type { Members } from "./members";

/** What is around others, from the outside to the inside. */
export const FRAMES = ["network", "cluster", "namespace"] as const;
export type Frame = (typeof FRAMES)[number];

/** Rows of boxes, from visitors to what keeps their data. */
export const ROWS = ["entry", "routes", "servers", "storage", "state", "others"] as const;
export type RowName = (typeof ROWS)[number];

/** How a kind of component is drawn. */
export type Place =
  /** Around those that refer to it. */
  | { readonly frame: Frame }
  /** A box in a row, from left to right by `order`. */
  | { readonly row: RowName; readonly order: number }
  /** A line of text in the box or frame that it belongs to. */
  | { readonly chip: true };

export interface Kind {
  readonly place: Place;
  /** What README calls it. */
  readonly title: (members: Members, context: Context) => string;
  /** What is worth knowing of it, most important first; what is not known is left out. */
  readonly facts?: (members: Members, context: Context) => readonly (string | undefined)[];
}

/** What a part's words depend on beside itself. */
export interface Context {
  /** The component's name. */
  readonly name: string;
  /** Types of the other parts, with their names: `RedisCache sessions`. */
  readonly others: ReadonlySet<string>;
}
