import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import type { Result, Row } from "./rows";

const PAGE = join(__dirname, "../docs/benchmarks.md");
/** The first is what the others are compared with, if it is there. */
const FIRST = ["next-memory", "next-memory-as-handler", "runtime", "runtime-without-answers"];

/** Puts a run's figures in the place of the last one's in docs/benchmarks.md. What is said about them stays as it is. */
export async function writeTables(result: Result, when: Date): Promise<void> {
  const begin = `<!-- ${result.name}: made by npm run bench -- ${result.name} --docs -->`;
  const end = `<!-- ${result.name}: end -->`;
  const text = readFileSync(PAGE, "utf8");
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`${PAGE} has no "${begin}" before "${end}"`);
  const made = `${begin}\n\n${pageOf(result, when)}\n\n${end}`;
  const whole = text.slice(0, from) + made + text.slice(to + end.length);
  const config = await resolveConfig(PAGE);
  writeFileSync(PAGE, await format(whole, { ...config, parser: "markdown" }));
}

/** When and on what it was measured, and a table. */
export function pageOf({ rows, versions, machine }: Result, when: Date): string {
  const list = (them: Readonly<Record<string, string | number>>): string =>
    Object.entries(them)
      .map(([name, value]) => `${name} ${value}`)
      .join(", ");
  const date = when.toISOString().slice(0, 10);
  return `Measured ${date}; ${list(machine)}; ${list(versions)}.\n\n${tableOf(rows)}`;
}

/** A line for each figure and a column for each variant; a figure of no variant stands in the first column. */
export function tableOf(rows: readonly Row[]): string {
  const figures = new Map<string, Map<string, Row>>();
  for (const row of rows) {
    const [figure = "", variant = "runtime"] = row.figure.split("/");
    const line = figures.get(figure) ?? new Map<string, Row>();
    figures.set(figure, line.set(variant, row));
  }
  const named = new Set([...figures.values()].flatMap((line) => [...line.keys()]));
  const columns = [...FIRST.filter((it) => named.has(it)), ...[...named].filter(isOther)];
  const lines = [...figures].map(([figure, line]) => {
    const unit = [...line.values()][0]?.unit ?? "";
    return [`\`${figure}\`, ${unit}`, ...columns.map((column) => cellOf(line.get(column)))];
  });
  return [["figure", ...columns], ["---", ...columns.map(() => "---")], ...lines]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}

function isOther(variant: string): boolean {
  return !FIRST.includes(variant);
}

function cellOf(row: Row | undefined): string {
  if (row === undefined) return "";
  const digits = row.value >= 100 ? 0 : 3;
  const value = row.value.toLocaleString("en-US", { maximumFractionDigits: digits });
  return row.ratio === null ? value : `${value} (${row.ratio.toFixed(2)}x)`;
}
