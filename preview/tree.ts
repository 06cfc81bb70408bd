import { hasGeneratedName } from "./answers";
import { factsOf } from "./facts";
import type { Line, Segment } from "./paint";
import { GENERATED, type Plan, type PlannedResource } from "../plan/plan";
import { componentType, isComponent, shortType } from "../plan/typeNames";
import { shortDigests, wrapPhrases } from "../cli/wrap";

/** Below this width the facts get their own line under the resource. */
const LEAST_FACTS_WIDTH = 24;
const GAP = 2;

interface Columns {
  readonly type: number;
  readonly name: number;
}

/** The resources of a plan, by component, none of its lines wider than `width`. */
export function treeLines({ resources }: Plan, width: number): Line[] {
  const children = new Map<string | null, PlannedResource[]>();
  for (const resource of resources) {
    children.set(resource.parent, [...(children.get(resource.parent) ?? []), resource]);
  }

  const lines = (item: PlannedResource, branch: string, indent: string, columns: Columns) => [
    ...(isComponent(item.type)
      ? [componentLine(item, branch)]
      : resourceLines(item, branch, indent, columns, width)),
    ...below(item.urn, indent),
  ];
  const below = (parent: string, prefix: string): Line[] => {
    const items = children.get(parent) ?? [];
    const columns = columnsOf(items);
    return items.flatMap((item, index) => {
      const last = index === items.length - 1;
      return lines(
        item,
        `${prefix}${last ? "└─ " : "├─ "}`,
        `${prefix}${last ? "   " : "│  "}`,
        columns,
      );
    });
  };
  return (children.get(null) ?? []).flatMap((item) => [
    ...lines(item, "", "", columnsOf([item])),
    [],
  ]);
}

function columnsOf(siblings: readonly PlannedResource[]): Columns {
  const items = siblings.filter(({ type }) => !isComponent(type));
  const widest = (texts: string[]) => Math.max(0, ...texts.map((text) => text.length)) + GAP;
  return {
    type: widest(items.map(({ type }) => shortType(type))),
    name: widest(items.map(shownName)),
  };
}

function shownName({ type, name, inputs, read }: PlannedResource): string {
  return !read && hasGeneratedName(type, inputs) ? `${name}${GENERATED}` : name;
}

function componentLine({ type, name, protect }: PlannedResource, branch: string): Line {
  return [
    { text: branch, style: "faint" },
    { text: `${componentType(type)} ${name}`, style: "component" },
    ...(protect ? [{ text: "  protected" }] : []),
  ];
}

function resourceLines(
  resource: PlannedResource,
  branch: string,
  indent: string,
  columns: Columns,
  width: number,
): Line[] {
  const facts = [...(resource.protect ? ["protected"] : []), ...factsOf(resource)];
  const phrases = facts.map(shortDigests);
  const start = branch.length + columns.type + columns.name;
  const head: Segment[] = [
    { text: branch, style: "faint" },
    { text: shortType(resource.type).padEnd(columns.type), style: "type" },
    { text: shownName(resource).padEnd(columns.name) },
  ];
  if (width - start >= LEAST_FACTS_WIDTH) {
    const [first = "", ...more] = wrapPhrases(phrases, width - start);
    return [[...head, { text: first }], ...more.map((line) => continued(indent, start, line))];
  }
  const from = indent.length + GAP;
  return [
    fitted(head, width),
    ...(phrases.length > 0
      ? wrapPhrases(phrases, width - from).map((line) => continued(indent, from, line))
      : []),
  ];
}

function continued(indent: string, start: number, text: string): Line {
  return [{ text: indent.padEnd(start), style: "faint" }, { text }];
}

/** Cuts a line whose type and name are already too wide. */
function fitted(line: readonly Segment[], width: number): Line {
  let room = width;
  return line.map(({ text, style }) => {
    const kept = text.trimEnd().length > room ? `${text.slice(0, Math.max(0, room - 1))}…` : text;
    room -= Math.min(kept.length, room);
    return { text: room === 0 && kept.trim() === "…" ? "" : kept, style };
  });
}
