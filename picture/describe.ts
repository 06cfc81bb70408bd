import type { Marks } from "./content";
import type { Graph, Part } from "./part";

/** The picture in words, for those who cannot see it: every part, and everything that connects them. */
export function descriptionOf({ parts, links }: Graph, marks: Marks): string {
  const byId = new Map(parts.map((part) => [part.id, part]));
  const sentences = parts.map((part) => {
    const needs = links.flatMap(({ from, to }) =>
      from === part.id ? (byId.get(to)?.title ?? []) : [],
    );
    const mark = marks.get(part.id);
    return [
      [part.title, ...part.facts].join(", "),
      ...(needs.length > 0 ? [`needs ${[...new Set(needs)].sort().join("; ")}`] : []),
      ...(mark ? [mark.words] : []),
    ].join(" — ");
  });
  return sentences.map((sentence) => `${sentence}.`).join("\n");
}

/** Whether it is where requests are answered, or where data is kept. */
export function toneOf({ place }: Part): "app" | "data" | undefined {
  if (!("row" in place)) return undefined;
  if (place.row === "servers") return "app";
  return place.row === "state" || place.row === "storage" ? "data" : undefined;
}
