import { isRow, type Block, type Row } from "./arrange";
import { columnsOf, type Span } from "./columns";
import { boxContent, frameContent, SIZES, type Content, type Marks } from "./content";
import { flowsOf, rowsIn, VISITORS } from "./flow";
import type { Graph, Part } from "./part";
import { routesOf, type Route } from "./routes";
import { widthOf } from "./text";

/** Narrow enough for a phone. */
export const WIDTH = 480;
const MARGIN = 4;
/** How far what is in a frame is from its side. */
const INSET = 10;
/** Where visitors come in: right of the frames' titles. */
const WAY_IN = 398;

export interface Placed extends Span {
  readonly part: Part;
  readonly content: Content;
  readonly top: number;
  readonly bottom: number;
}

export interface Line {
  readonly from: string;
  readonly to: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly label: string | undefined;
}

export interface Layout {
  readonly height: number;
  /** From the outside to the inside. */
  readonly frames: readonly Placed[];
  readonly boxes: readonly Placed[];
  readonly lines: readonly Line[];
  /** Undefined: nothing says how they come in. */
  readonly visitors: { readonly x: number; readonly y: number } | undefined;
}

export const VISITORS_HEIGHT = 26;
const GAPS = { row: 13, track: 9, frameTop: 9, frameBottom: 11, arrow: 15, label: 26 } as const;

/** Places for all parts of a graph. */
export function layoutOf(graph: Graph, root: Block, marks: Marks): Layout {
  const rows = rowsIn(root);
  const flows = flowsOf(graph, rows);
  const columns = columnsOf(rows, flows, WIDTH, insetsIn(root));
  const routes = routesOf(rows, flows, columns, WAY_IN);
  const hasVisitors = flows.some(({ from }) => from === VISITORS);
  const stack = new Stack(rows, routes, marks, columns.boxes);
  if (hasVisitors) stack.visitors();
  stack.block(root, MARGIN);
  return {
    height: Math.ceil(stack.y + MARGIN),
    frames: stack.frames,
    boxes: stack.boxes,
    lines: [...routes.map((route) => stack.line(route)), ...stack.sideways(flows)],
    visitors: hasVisitors ? { x: WAY_IN, y: MARGIN + VISITORS_HEIGHT / 2 } : undefined,
  };
}

/** How far each row is from the picture's edges. */
function insetsIn(block: Block, inset = MARGIN): number[] {
  return block.children.flatMap((it) => (isRow(it) ? [inset] : insetsIn(it, inset + INSET)));
}

/** Puts one thing below the other. */
class Stack {
  y = MARGIN;
  readonly frames: Placed[] = [];
  readonly boxes: Placed[] = [];
  /** Upper and lower edge of each row, and of the visitors at -1. */
  readonly #edges = new Map<number, { top: number; bottom: number }>();
  #row = -1;

  constructor(
    readonly rows: readonly Row[],
    readonly routes: readonly Route[],
    readonly marks: Marks,
    readonly spans: ReadonlyMap<string, Span>,
  ) {}

  visitors(): void {
    this.#edges.set(-1, { top: this.y, bottom: this.y + VISITORS_HEIGHT });
    this.y += VISITORS_HEIGHT + GAPS.row;
  }

  block({ frame, chips, children }: Block, inset: number): void {
    const inside = frame ? inset + INSET : inset;
    const top = this.y;
    const span = { left: inset, right: WIDTH - inset };
    let placed = -1;
    let content: Content | undefined;
    if (frame) {
      const crossed = this.routes.some(({ rows: [, to] }) => to > this.#row);
      const room = (crossed ? WAY_IN - 12 : span.right) - span.left - 18;
      content = frameContent(frame, chips, this.marks, span.right - span.left, room);
      placed = this.frames.length;
      this.frames.push({ part: frame, content, ...span, top, bottom: top });
      this.y += content.height + GAPS.frameTop;
    }
    children.forEach((it, index) => {
      if (index > 0) this.y += isRow(it) ? GAPS.arrow : 4;
      if (isRow(it)) this.row(it);
      else this.block(it, inside);
    });
    if (frame && content) {
      this.y += children.length === 0 ? 0 : GAPS.frameBottom;
      this.frames[placed] = { part: frame, content, ...span, top, bottom: this.y };
    }
  }

  row({ boxes }: Row): void {
    this.#row++;
    const above = this.routes.filter(({ rows: [, to] }) => to === this.#row);
    if (above.some(({ flow }) => flow.label !== undefined)) this.y += GAPS.label - GAPS.arrow;
    const contents = boxes.map(({ part, chips }) => {
      const span = this.spans.get(part.id) ?? { left: 0, right: WIDTH };
      return { part, span, content: boxContent(part, chips, this.marks, span.right - span.left) };
    });
    const height = Math.max(...contents.map(({ content }) => content.height));
    const [top, bottom] = [this.y, this.y + height];
    for (const { part, span, content } of contents) {
      this.boxes.push({ part, content, ...span, top, bottom });
    }
    this.#edges.set(this.#row, { top, bottom });
    this.y = bottom + GAPS.row + GAPS.track * this.tracksBelow(this.#row).length;
    if (this.#row === this.rows.length - 1) this.y = bottom;
  }

  /** Lines that move sideways below a row; each on a height of its own. */
  tracksBelow(row: number): Route[] {
    return this.routes.filter(({ rows: [from], xs }) => {
      const step = row - from;
      return step >= 0 && step < xs.length - 1 && xs[step] !== xs[step + 1];
    });
  }

  line({ flow, rows: [from, to], xs }: Route): Line {
    const points: [number, number][] = [];
    for (let row = from; row < to; row++) {
      const [x, next] = [xs[row - from] ?? 0, xs[row - from + 1] ?? 0];
      const y = this.#edges.get(row)?.bottom ?? 0;
      if (row === from) points.push([x, y]);
      if (x === next) continue;
      const track = this.tracksBelow(row).findIndex((route) => route.flow === flow);
      const at = y + GAPS.row / 2 + GAPS.track * track;
      points.push([x, at], [next, at]);
    }
    points.push([xs.at(-1) ?? 0, this.#edges.get(to)?.top ?? 0]);
    return { from: flow.from, to: flow.to, label: flow.label, points };
  }

  /** Lines between boxes that stand next to each other. */
  sideways(flows: readonly { from: string; to: string }[]): Line[] {
    return flows.flatMap(({ from, to }): Line[] => {
      const [a, b] = [from, to].map((id) => this.boxes.find(({ part }) => part.id === id));
      if (!a || !b || a.top !== b.top) return [];
      const y = (a.top + a.bottom) / 2;
      const points: [number, number][] =
        a.left > b.left
          ? [
              [a.left, y],
              [b.right, y],
            ]
          : [
              [a.right, y],
              [b.left, y],
            ];
      return [{ from, to, label: undefined, points }];
    });
  }
}

/** How wide the visitors' box is. */
export const VISITORS_WIDTH = Math.ceil(widthOf(VISITORS, SIZES.text, true)) + 28;
