import { isRow, type Block, type Row } from "./arrange";
import { listAt, textAt } from "./members";
import type { Graph, Part } from "./part";

/** What stands for those who use the site. */
export const VISITORS = "visitors";

/** A line between two boxes, from the upper to the lower, or inside a row. */
export interface Flow {
  readonly from: string;
  readonly to: string;
  /** What goes this way, where not all does. */
  readonly label: string | undefined;
}

/** Rows from top to bottom, through all frames. */
export function rowsIn(block: Block): Row[] {
  return block.children.flatMap((it) => (isRow(it) ? [it] : rowsIn(it)));
}

/** Which row has the box of a part; -1: none. */
export function rowIndex(id: string, rows: readonly Row[]): number {
  return rows.findIndex(({ boxes }) => boxes.some(({ part }) => part.id === id));
}

/**
 * The lines of a picture: each link between two boxes, in the direction that requests go, which is downwards. An Ingress
 * refers to its controller, and requests go the other way.
 */
export function flowsOf({ parts, links }: Graph, rows: readonly Row[]): Flow[] {
  const part = new Map(parts.map((it) => [it.id, it]));
  const flows = links.flatMap(({ from, to, refers }): Flow[] => {
    const [a, b] = [rowIndex(from, rows), rowIndex(to, rows)];
    if (a < 0 || b < 0 || !refers) return [];
    const [upper, lower] = a <= b ? [from, to] : [to, from];
    return [{ from: upper, to: lower, label: pathsBetween(part.get(upper), part.get(lower)) }];
  });
  const first = rows[0]?.boxes[0]?.part;
  const isWayIn = rows[0] !== undefined && ["entry", "routes", "servers"].includes(rows[0].row);
  return first && isWayIn ? [{ from: VISITORS, to: first.id, label: undefined }, ...flows] : flows;
}

const STATIC = "/_next/static";

/** Which paths an Ingress sends where, if it sends some elsewhere. */
function pathsBetween(from: Part | undefined, to: Part | undefined): string | undefined {
  if (!from?.component.startsWith("AppIngress ") || !to) return undefined;
  const [ingress] = from.members.of("Ingress");
  const paths = listAt(ingress?.inputs, "spec.rules.0.http.paths").flatMap(
    (path) => textAt(path, "path") ?? [],
  );
  const files = paths.filter((path) => path.endsWith(STATIC));
  if (files.length === 0) return undefined;
  return to.component.startsWith("StaticAssets ") ? files.join(" ") : "all other paths";
}
