import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { format } from "prettier";

/** One table at the end of the suite; its title is that of its marker in docs/aws.md. */
interface Row {
  readonly table: string;
  readonly cells: Readonly<Record<string, string>>;
}

const DOCS = resolve(__dirname, "../../docs/aws.md");

/** Rows go through a file: mocha and main.ts are two processes. */
const file = (): string | undefined => process.env.TEST_AWS_REPORT;

export function report(table: string, cells: Row["cells"]): void {
  const to = file();
  if (to !== undefined) appendFileSync(to, `${JSON.stringify({ table, cells })}\n`);
}

/** The tables as Markdown, by title. */
export function tables(from: string): Map<string, string> {
  const rows = (existsSync(from) ? readFileSync(from, "utf8") : "")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Row);
  const titles = [...new Set(rows.map(({ table }) => table))];
  return new Map(titles.map((title) => [title, markdown(rows.filter((it) => it.table === title))]));
}

function markdown(rows: readonly Row[]): string {
  const columns = [...new Set(rows.flatMap(({ cells }) => Object.keys(cells)))];
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    line(columns),
    line(columns.map(() => "---")),
    ...rows.map(({ cells }) =>
      line(
        columns.map((column) => (cells[column] ?? "").replace(/\|/g, "\\|").replace(/\s+/g, " ")),
      ),
    ),
  ].join("\n");
}

/** Replaces what is between `<!-- TITLE -->` and the next `<!-- end -->` in docs/aws.md. */
export async function writeDocs(found: ReadonlyMap<string, string>): Promise<void> {
  let text = readFileSync(DOCS, "utf8");
  for (const [title, table] of found) {
    const start = `<!-- ${title} -->\n`;
    const [from, to] = [text.indexOf(start), text.indexOf("<!-- end -->", text.indexOf(start))];
    if (from < 0 || to < 0) throw new Error(`docs/aws.md has no place for the table: ${start}`);
    text = `${text.slice(0, from + start.length)}\n${table}\n\n${text.slice(to)}`;
  }
  writeFileSync(DOCS, await format(text, { parser: "markdown", printWidth: 100 }));
}
