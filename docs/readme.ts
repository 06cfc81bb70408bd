import { join } from "node:path";
import { ROOT } from "../test/helpers/configs";

/* What the pages that write into README.md share. */

export const README = join(ROOT, "README.md");

/** A table in Markdown, its columns as wide as Prettier makes them. */
export function markdownTable([head = [], ...rows]: readonly (readonly string[])[]): string {
  const widths = head.map((text, column) =>
    Math.max(text.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const print = (row: readonly string[]) =>
    `| ${widths.map((width, column) => (row[column] ?? "").padEnd(width)).join(" | ")} |`;
  return [print(head), print(widths.map((width) => "-".repeat(width))), ...rows.map(print)].join(
    "\n",
  );
}
