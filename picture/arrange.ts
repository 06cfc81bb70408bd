import { FRAMES, ROWS, type Frame, type RowName } from "./kind";
import type { Graph, Link, Part } from "./part";

/** A part that is drawn as a box, with those that are lines of text in it. */
export interface Box {
  readonly part: Part;
  readonly chips: readonly Part[];
}

/** Boxes side by side. */
export interface Row {
  readonly row: RowName;
  readonly boxes: readonly Box[];
}

/** What is in a frame, from top to bottom; the outermost block has none. */
export interface Block {
  readonly frame: Part | undefined;
  readonly chips: readonly Part[];
  readonly children: readonly (Block | Row)[];
}

export function isRow(it: Block | Row): it is Row {
  return "boxes" in it;
}

/** Which part is in which frame, box and row. Parts that refer to a frame are in it. */
export function arrange({ parts, links }: Graph): Block {
  const hosts = chipHosts(parts, links);
  const chipsOf = (id: string) => parts.filter((part) => hosts.get(part.id) === id);
  const boxes = parts
    .filter((part) => !("frame" in part.place) && !hosts.has(part.id))
    .map((part) => ({ part, chips: chipsOf(part.id) }));
  const around = (part: Part) => frameAround(part, parts, links);
  const block = (frame: Part | undefined): Block => ({
    frame,
    chips: frame ? chipsOf(frame.id) : [],
    children: sorted([
      ...parts.filter((it) => "frame" in it.place && around(it) === frame).map(block),
      ...rowsOf(boxes.filter(({ part }) => around(part) === frame)),
    ]),
  });
  return block(undefined);
}

function rowsOf(boxes: readonly Box[]): Row[] {
  return ROWS.map((row) => ({
    row,
    boxes: boxes
      .filter(({ part }) => rowOf(part) === row)
      .sort(
        (a, b) =>
          orderOf(a.part) - orderOf(b.part) || (a.part.component < b.part.component ? -1 : 1),
      ),
  })).filter((row) => row.boxes.length > 0);
}

function rowOf({ place }: Part): RowName {
  return "row" in place ? place.row : "others";
}

function orderOf({ place }: Part): number {
  return "order" in place ? place.order : ROWS.length;
}

/** By the uppermost row in them, so that what a frame holds stays together. */
function sorted(children: readonly (Block | Row)[]): (Block | Row)[] {
  return [...children].sort((a, b) => topRow(a) - topRow(b));
}

function topRow(it: Block | Row): number {
  if (isRow(it)) return ROWS.indexOf(it.row);
  return Math.min(ROWS.length, ...it.children.map(topRow));
}

/** The innermost frame around a part; undefined: none. */
function frameAround(part: Part, parts: readonly Part[], links: readonly Link[]): Part | undefined {
  const level = "frame" in part.place ? FRAMES.indexOf(part.place.frame) : FRAMES.length;
  const isIn: Record<Frame, (frame: Part) => boolean> = {
    network: (frame) => refers(links, part.id, frame.id),
    cluster: (frame) =>
      part.members.inCluster ||
      // Other parts refer to the cluster without being in it: Redis lets its nodes in.
      (part.existing && refers(links, part.id, frame.id)),
    namespace: (frame) => refers(links, part.id, frame.id),
  };
  for (const name of [...FRAMES].slice(0, level).reverse()) {
    const frame = parts.find(
      (it) => "frame" in it.place && it.place.frame === name && isIn[name](it),
    );
    if (frame) return frame;
  }
  return undefined;
}

function refers(links: readonly Link[], from: string, to: string): boolean {
  return links.some((link) => link.from === from && link.to === to && link.refers);
}

/**
 * Where each chip is: in the uppermost box that it refers to or that refers to it, else in such a frame. One that has
 * neither is not here, and becomes a box.
 */
function chipHosts(parts: readonly Part[], links: readonly Link[]): ReadonlyMap<string, string> {
  const near = (chip: Part, other: Part) =>
    refers(links, chip.id, other.id) || refers(links, other.id, chip.id);
  return new Map(
    parts
      .filter(({ place }) => "chip" in place)
      .flatMap((chip): [string, string][] => {
        const others = parts.filter((it) => !("chip" in it.place) && near(chip, it));
        const boxes = others.filter((it) => "row" in it.place);
        const [host] = boxes.length > 0 ? rowsOf(boxes.map((part) => ({ part, chips: [] }))) : [];
        const part = host?.boxes[0]?.part ?? others.at(-1);
        return part ? [[chip.id, part.id]] : [];
      }),
  );
}
