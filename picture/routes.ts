import type { Row } from "./arrange";
import { middle, type Columns, type Span } from "./columns";
import { rowIndex, VISITORS, type Flow } from "./flow";

/** Least distance between two lines, and between a line and the corner of a box. */
const APART = 16;

/** Where a line is: leaving its upper box, in each row that it passes, and arriving. */
export interface Route {
  readonly flow: Flow;
  /** Rows that it leads from and to; -1 are visitors. */
  readonly rows: readonly [number, number];
  readonly xs: readonly number[];
}

/** A place for each line, so that as many as possible are straight and no two are on each other. */
export function routesOf(
  rows: readonly Row[],
  flows: readonly Flow[],
  { boxes, passages }: Columns,
  wayIn: number,
): Route[] {
  const used = new Map<string, number[]>();
  const spanOf = (id: string): Span => boxes.get(id) ?? { left: wayIn, right: wayIn };
  /** The free place in a span that is next to a wish; taken from then on. */
  const take = (wish: number, span: Span, sides: readonly string[]): number => {
    const taken = sides.flatMap((side) => used.get(side) ?? []);
    const x = freePlace(wish, span, taken);
    for (const side of sides) used.set(side, [...(used.get(side) ?? []), x]);
    return x;
  };
  const between = flows
    .map((flow) => ({ flow, from: rowIndex(flow.from, rows), to: rowIndex(flow.to, rows) }))
    .filter(({ from, to }) => from !== to)
    // Those that come first stay straight: the way in, then what is next to each other.
    .sort((a, b) => a.to - a.from - (b.to - b.from));
  return between.map(({ flow, from, to }): Route => {
    const [upper, lower] = [spanOf(flow.from), spanOf(flow.to)];
    const [out, into] = [`${flow.from} out`, `${flow.to} in`];
    const both = overlap(inner(upper), inner(lower));
    const isWayIn = flow.from === VISITORS || rows[to]?.row === "routes";
    if (to === from + 1 && both) {
      const narrow = upper.right - upper.left < lower.right - lower.left ? upper : lower;
      const x = take(isWayIn ? wayIn : middle(narrow), both, [out, into]);
      return { flow, rows: [from, to], xs: [x, x] };
    }
    const target = middle(lower);
    const passing = passages
      .slice(from + 1, to)
      .map((span, index) => take(target, span ?? lower, [`row ${from + 1 + index}`]));
    const start = take(passing[0] ?? target, inner(upper), [out]);
    const end = take(passing.at(-1) ?? start, inner(lower), [into]);
    return { flow, rows: [from, to], xs: [start, ...passing, end] };
  });
}

function inner({ left, right }: Span): Span {
  const most = (right - left) / 2;
  const edge = Math.min(APART, most);
  return { left: left + edge, right: right - edge };
}

function overlap(a: Span, b: Span): Span | undefined {
  const both = { left: Math.max(a.left, b.left), right: Math.min(a.right, b.right) };
  return both.left <= both.right ? both : undefined;
}

/** Next to the wish; where all places are taken, the wish itself, in the span. */
function freePlace(wish: number, { left, right }: Span, taken: readonly number[]): number {
  const clamped = Math.min(Math.max(wish, left), right);
  for (let step = 0; step <= right - left; step += APART / 2) {
    const found = [clamped - step, clamped + step].find(
      (x) => x >= left && x <= right && taken.every((other) => Math.abs(other - x) >= APART),
    );
    if (found !== undefined) return found;
  }
  return clamped;
}
