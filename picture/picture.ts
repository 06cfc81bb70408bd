import type { Plan } from "../plan/plan";
import { arrange } from "./arrange";
import { graphOf } from "./graph";
import { layoutOf } from "./layout";
import { marksOf, type Compared } from "./marks";
import { svgOf, type Drawing } from "./svg";

/** The parts of a stack and what connects them, as an SVG that is the same for the same plan. */
export function pictureOf(plan: Plan): string {
  const drawing = drawn(plan);
  return svgOf(drawing.heading, [{ sentences: [], drawing }]);
}

/** @param compared marks what differs from another plan of the stack; default: nothing is marked */
export function drawn(plan: Plan, compared?: Compared): Drawing {
  const graph = graphOf(plan, compared?.before);
  const marks = compared ? marksOf(graph.parts, compared, plan) : new Map<string, never>();
  const heading = graph.url === undefined ? plan.stack : `${plan.stack}: ${graph.url}`;
  return { graph, layout: layoutOf(graph, arrange(graph), marks), marks, heading };
}
