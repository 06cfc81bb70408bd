import type { Row } from "./arrange";
import { rowIndex, type Flow } from "./flow";

/** From left to right, in units of the picture. */
export interface Span {
  readonly left: number;
  readonly right: number;
}

const GAP = 12;
/** Room for an arrow between two boxes of a row. */
const ARROW_GAP = 34;

export interface Columns {
  /** Of each box, by the id of its part. */
  readonly boxes: ReadonlyMap<string, Span>;
  /** Where lines pass through each row on their way to a lower one. */
  readonly passages: readonly (Span | undefined)[];
}

/**
 * Shares each row's width among its boxes. Lines that pass through a row have a share too, on the left: what they lead to
 * stands there, and shared folders on the right.
 * @param insets how far each row is from the picture's edges
 */
export function columnsOf(
  rows: readonly Row[],
  flows: readonly Flow[],
  width: number,
  insets: readonly number[],
): Columns {
  const passes = (index: number) =>
    flows.some(({ from, to }) => {
      const first = rowIndex(from, rows);
      return first >= 0 && first < index && rowIndex(to, rows) > index;
    });
  const boxes = new Map<string, Span>();
  const passages = rows.map((row, index): Span | undefined => {
    const ids = row.boxes.map(({ part }) => part.id);
    const gap = flows.some(({ from, to }) => ids.includes(from) && ids.includes(to))
      ? ARROW_GAP
      : GAP;
    const inset = insets[index] ?? 0;
    const free = passes(index) ? 1 : 0;
    const shares = ids.length + free;
    const share = (width - 2 * inset - (shares - 1) * gap) / shares;
    const span = (slot: number): Span => {
      const left = inset + slot * (share + gap);
      return { left, right: left + share };
    };
    ids.forEach((id, slot) => boxes.set(id, span(slot + free)));
    return free ? span(0) : undefined;
  });
  return { boxes, passages };
}

export function middle({ left, right }: Span): number {
  return (left + right) / 2;
}
