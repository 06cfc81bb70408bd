import { totalOf, type Line } from "../cost/context";
import type { Estimate } from "../cost/estimate";
import { committedPrices, costOf } from "../cost/cost";
import { rangeOf, sumOf, tableWords } from "../cost/words";
import { planForDocs } from "./plans";
import { markdownTable } from "./readme";

/* README's table of costs, from the plans of the stacks for tests: `npm run docs`. */

const BEGIN = "<!-- cost: written by npm run docs -->";
const END = "<!-- end of cost -->";

/** What costs less in every stack is in the last row but one. */
const OWN_ROW = 10;

/** README's text with what the stacks for tests cost. */
export async function readmeWithCost(readme: string): Promise<string> {
  const estimates: Record<string, Estimate> = {};
  for (const stack of ["dev", "prod"]) {
    const cost = costOf(await planForDocs(stack), new Date(committedPrices().date));
    if (cost) estimates[stack] = cost.estimate;
  }
  return readmeWith(readme, readmeCost(estimates));
}

/** The text with another cost. */
export function readmeWith(readme: string, cost: string): string {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`README.md lacks '${BEGIN}' or '${END}'`);
  return `${readme.slice(0, begin + BEGIN.length)}\n\n${cost}\n\n${readme.slice(end)}`;
}

/** Where and of when the prices are, and the table. */
export function readmeCost(estimates: Readonly<Record<string, Estimate>>): string {
  const [first] = Object.values(estimates);
  const where = first?.region ?? "";
  return `A month in ${where} ${tableWords(Object.values(estimates))},\nfrom the fewest pods of the autoscaler to the most:\n\n${tableOf(estimates)}`;
}

/** A row for each part that costs something, a column for each stack, the dearest first. */
function tableOf(estimates: Readonly<Record<string, Estimate>>): string {
  const stacks = Object.entries(estimates);
  const lines = stacks.flatMap(([, estimate]) => estimate.lines);
  const most = (part: string) =>
    Math.max(...lines.filter((line) => line.part === part).map(({ max }) => max));
  const parts = [...new Set(lines.map(({ part }) => part))].sort((a, b) => most(b) - most(a));
  const own = parts.filter((part) => most(part) >= OWN_ROW);
  const of = (estimate: Estimate, part: string) =>
    estimate.lines.find((line) => line.part === part);
  const rest = (estimate: Estimate) =>
    totalOf(estimate.lines.filter(({ part }) => !own.includes(part)));
  return markdownTable([
    ["", ...stacks.map(([stack]) => stack)],
    ...own.map((part) => [part, ...stacks.map(([, estimate]) => cell(of(estimate, part)))]),
    ["the rest, mostly by use", ...stacks.map(([, estimate]) => rangeOf(rest(estimate)))],
    ["**total**", ...stacks.map(([, estimate]) => `**${sumOf(estimate)}**`)],
  ]);
}

function cell(line: Line | undefined): string {
  if (!line) return "";
  return line.detail === "" ? rangeOf(line) : `${line.detail}: ${rangeOf(line)}`;
}
