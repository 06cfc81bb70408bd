import { oneLine } from "./words";

/* Text in Markdown, in which nothing that it holds is markup. */

/**
 * A block whose fence is longer than any run of backticks in it. No item has a second line: in a list it would not be
 * indented, which ends the list and the block with it.
 */
export function fenced(items: readonly string[]): string[] {
  const lines = items.map(oneLine);
  const fence = "`".repeat(Math.max(3, longestRun(lines.join("\n")) + 1));
  return [fence, ...lines, fence];
}

export function code(words: string): string {
  const text = oneLine(words) || " ";
  const ticks = "`".repeat(longestRun(text) + 1);
  const space = text.startsWith("`") || text.endsWith("`") ? " " : "";
  return `${ticks}${space}${text}${space}${ticks}`;
}

function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((longest, { length }) => Math.max(longest, length), 0);
}

/**
 * No HTML, no links, no mention of people or issues. GitHub looks for those in what is shown, where a backslash is gone: a
 * space without width stands in them. Source: github/docs, "Autolinked references and URLs".
 */
export function plain(text: string): string {
  return (
    oneLine(text.replace(/[\r\n]+/g, " "))
      .trim()
      .replace(/[\\`*_[\]<>#|~&]/g, "\\$&")
      // A list, a line across the page, or a heading of the line above.
      .replace(/^[-+=](?=[-+=\s]|$)|(?<=^\d+)[.)](?=\s|$)/, "\\$&")
      .replace(/[@#]|\bGH-(?=\d)|\bwww(?=\.)|:(?=\/\/)/gi, "$&\u200b")
  );
}

/** Lines that are shown at any length of the comment: so many of them, and no longer. */
const FIRST = 12;
const LONGEST_LINE = 300;

/** Which of some lines are shown. */
export type Shown = typeof firstOf;

/** Where there is room for all of them. */
export const allOf: Shown = (lines, print = (line) => line) => lines.map((line) => print(line));

/** @param print makes markup of a line, after it is shortened: what is cut later can end in the middle of a span */
export function firstOf(
  lines: readonly string[],
  print = (line: string): string => line,
): string[] {
  const shown = lines.slice(0, FIRST).map((line) => print(shortened(line)));
  const more = lines.length - shown.length;
  return more > 0 ? [...shown, print(`… and ${more} more`)] : shown;
}

export function shortened(line: string): string {
  // No half of a character of two units.
  const start = line.slice(0, LONGEST_LINE).replace(/[\ud800-\udbff]$/, "");
  return line.length > LONGEST_LINE ? `${start}…` : line;
}
