import { word } from "./factWords";
import { render, type Line } from "./paint";
import type { Plan } from "./plan";
import { treeLines } from "./tree";
import { isComponent, providerOf } from "./typeNames";
import { shortDigests, wrap, wrapCommand } from "../cli/wrap";

export interface ReportOptions {
  /** No line is wider. */
  readonly width: number;
  readonly colour: boolean;
}

/** A plan as people read it. */
export function report(plan: Plan, { width, colour }: ReportOptions): string {
  const lines: Line[] = [
    [{ text: `Plan of stack ${plan.stack}`, style: "heading" }],
    [{ text: "[computed]: known after pulumi up. [secret]: never shown." }],
    [],
    ...treeLines(plan, width),
    ...countLines(plan, width),
    ...outputLines(plan, width),
    ...warningLines(plan, width),
  ];
  return render(lines, colour);
}

function countLines({ resources }: Plan, width: number): Line[] {
  const components = resources.filter(({ type }) => isComponent(type));
  const others = resources.filter(({ type, read }) => !read && !isComponent(type));
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
    ...warnings.flatMap((warning) =>
      warning.split("\n").flatMap((text, index): Line[] => {
        const indent = index === 0 ? "  " : "      ";
        const room = width - indent.length;
        const bare = text.trim();
        // A command must be fit for pasting: it keeps its digests, and its lines are joined by backslashes.
        const parts = /^(pulumi|npm) /.test(bare)
          ? wrapCommand(bare, room)
          : wrap(shortDigests(bare), room - 2);
        return parts.map((part, line) => [
          { text: `${indent}${line > 0 && index === 0 ? "  " : ""}${part}` },
        ]);
      }),
    ),
  ];
}
