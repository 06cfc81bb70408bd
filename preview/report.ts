import { word } from "./factWords";
import { render, type Line } from "./paint";
import type { Plan } from "../plan/plan";
import { madeIn } from "../plan/made";
import type { Findings } from "../policies/findings";
import { countsOf, findingLines, waiverLines } from "./rulesFound";
import { treeLines } from "./tree";
import { isComponent, providerOf } from "../plan/typeNames";
import { shortDigests, wrap, wrapCommand } from "../cli/wrap";
import { isCommand } from "../model/isCommand";

export interface ReportOptions {
  /** No line is wider. */
  readonly width: number;
  readonly colour: boolean;
  /** What rules found; default: nothing. */
  readonly findings?: Findings | undefined;
  /** What the stack costs, and below it what is wrong with its prices; default: nothing. */
  readonly cost?: readonly string[] | undefined;
}

/** A plan as people read it. */
export function report(plan: Plan, { width, colour, findings, cost = [] }: ReportOptions): string {
  const lines: Line[] = [
    [{ text: `Plan of stack ${plan.stack}`, style: "heading" }],
    [{ text: "[computed]: known after pulumi up. [secret]: never shown." }],
    [],
    ...treeLines(plan, width),
    ...countLines(plan, width),
    ...outputLines(plan, width),
    ...costLines(cost, width),
    ...warningLines(plan, width),
    ...(findings ? ruleLines(findings, width) : []),
  ];
  return render(lines, colour);
}

function countLines(plan: Plan, width: number): Line[] {
  const components = plan.resources.filter(({ type }) => isComponent(type));
  const others = madeIn(plan);
  const protectedOnes = others.filter(({ protect }) => protect).length;
  const counts = new Map<string, number>();
  for (const { type } of others) {
    counts.set(providerOf(type), (counts.get(providerOf(type)) ?? 0) + 1);
  }
  const byProvider = [...counts]
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .map(([provider, count]) => `${provider} ${count}`);
  const text =
    `${others.length} resources (${byProvider.join(", ")}) in ${components.length} components, ` +
    (protectedOnes > 0 ? `${protectedOnes} of them protected.` : "none of them protected.");
  return [...wrap(text, width).map((line): Line => [{ text: line, style: "heading" }]), []];
}

function outputLines({ outputs }: Plan, width: number): Line[] {
  const names = Object.keys(outputs).sort();
  const column = Math.max(0, ...names.map((name) => name.length)) + 4;
  return [
    [{ text: "Outputs", style: "heading" }],
    ...names.flatMap((name) =>
      wrap(shortDigests(word(outputs[name])), width - column).map((text, index): Line => [
        { text: (index === 0 ? `  ${name}` : "").padEnd(column) },
        { text },
      ]),
    ),
  ];
}

function costLines([cost, ...warnings]: readonly string[], width: number): Line[] {
  if (cost === undefined) return [];
  return [
    [],
    [{ text: "Cost", style: "heading" }],
    ...paragraph(cost, width),
    ...warnings.flatMap((warning) => paragraph(warning, width)),
  ];
}

function warningLines({ warnings }: Plan, width: number): Line[] {
  if (warnings.length === 0) return [];
  return [
    [],
    [
      {
        text: warnings.length === 1 ? "1 warning" : `${warnings.length} warnings`,
        style: "warning",
      },
    ],
    ...warnings.flatMap((warning) => paragraph(warning, width)),
  ];
}

function ruleLines(findings: Findings, width: number): Line[] {
  const { open } = findings;
  const more = waiverLines(findings);
  if (open.length + more.length === 0) return [];
  const heading = open.length === 0 ? "Rules" : `Rules: ${countsOf(open)} (docs/rules.md)`;
  return [
    [],
    [{ text: heading, style: "warning" }],
    ...findingLines(open).flatMap((lines) => paragraph(lines.join("\n"), width)),
    ...more.flatMap((line) => paragraph(line, width)),
  ];
}

/** Text whose first line is the message, and whose other lines are what to do. */
function paragraph(told: string, width: number): Line[] {
  return told.split("\n").flatMap((text, index): Line[] => {
    const indent = index === 0 ? "  " : "      ";
    const room = width - indent.length;
    const bare = text.trim();
    // A command must be fit for pasting: it keeps its digests, and its lines are joined by backslashes.
    const parts = isCommand(bare) ? wrapCommand(bare, room) : wrap(shortDigests(bare), room - 2);
    return parts.map((part, line) => [
      { text: `${indent}${line > 0 && index === 0 ? "  " : ""}${part}` },
    ]);
  });
}
