import type { Plan, PlannedResource } from "../plan/plan";
import { componentType, isComponent } from "../plan/typeNames";
import type { Kind } from "./kind";
import { KINDS } from "./kinds";
import { Members } from "./members";
import type { Graph, Link, Part } from "./part";
import { thereAlready } from "./thereAlready";
import { topsOf } from "./tops";

/**
 * Components of a plan and what connects them: what the plan knows of where inputs come from, and of what waits for
 * what, lifted from resources to the components at the top that they are in.
 * @param base another plan of the stack: parts that only it has are in the graph too
 */
export function graphOf(plan: Plan, base?: Plan): Graph {
  const now = componentsOf(plan);
  const gone = base
    ? componentsOf(base).filter(({ urn }) => !now.some((it) => it.urn === urn))
    : [];
  const components = [
    ...now.map((it) => ({ it, of: plan })),
    ...gone.map((it) => ({ it, of: base ?? plan })),
  ];
  const names = new Set(components.map(({ it }) => nameOf(it)));
  const made = components.map(({ it, of }) => partOf(it, of, names)).sort(byName);
  const isGone = (id: string) => gone.some(({ urn }) => urn === id);
  const links = [
    ...linksIn(plan),
    ...(base ? linksIn(base) : []).filter(({ from, to }) => isGone(from) || isGone(to)),
  ];
  const existing = thereAlready(made, links);
  return {
    url: typeof plan.outputs.url === "string" ? plan.outputs.url : undefined,
    parts: [...made, ...existing.parts],
    links: [...links, ...existing.links],
  };
}

function componentsOf({ resources }: Plan): PlannedResource[] {
  return resources.filter(({ type, parent }) => parent === null && isComponent(type));
}

function nameOf({ type, name }: PlannedResource): string {
  return `${componentType(type)} ${name}`;
}

function byName(a: Part, b: Part): number {
  return a.component < b.component ? -1 : 1;
}

function partOf(component: PlannedResource, plan: Plan, names: ReadonlySet<string>): Part {
  const { urn, type, name } = component;
  const top = topsOf(plan);
  const members = new Members(
    plan.resources
      .filter((it) => !isComponent(it.type) && top(it.urn) === urn)
      // The order of registration differs from run to run.
      .sort((a, b) => (a.urn < b.urn ? -1 : 1)),
  );
  const kind = KINDS[componentType(type)] ?? unknownKind(type, members);
  const own = nameOf(component);
  const context = { name, others: new Set([...names].filter((it) => it !== own)) };
  const facts = kind.facts?.(members, context) ?? [];
  return {
    id: urn,
    component: own,
    title: kind.title(members, context),
    facts: facts.filter((fact): fact is string => Boolean(fact)),
    place: kind.place,
    members,
    existing: false,
  };
}

/** A component that is not in the table is drawn too, by its type. */
function unknownKind(type: string, members: Members): Kind {
  return {
    place: { row: members.inCluster ? "storage" : "others", order: 9 },
    title: ({ resources }) => `${componentType(type)} (${resources.length})`,
  };
}

function linksIn(plan: Plan): Link[] {
  const top = topsOf(plan);
  const parts = new Set(componentsOf(plan).map(({ urn }) => urn));
  const links = new Map<string, Link>();
  const add = (one: string, other: string, refers: boolean) => {
    const [from, to] = [top(one), top(other)];
    const key = `${from} ${to}`;
    if (from === to || !parts.has(from) || !parts.has(to) || links.get(key)?.refers) return;
    links.set(key, { from, to, refers });
  };
  // A plan that was read from JSON does not say where values come from.
  const isKnown = plan.resources.some(({ options }) => Object.keys(options.sources).length > 0);
  for (const { urn, options, dependsOn } of plan.resources) {
    for (const source of Object.values(options.sources).flat()) add(urn, source, true);
    for (const other of dependsOn) add(urn, other, !isKnown);
  }
  return [...links.values()].sort((a, b) => (a.from + a.to < b.from + b.to ? -1 : 1));
}
