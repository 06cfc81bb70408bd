import { isCommand } from "../../model/isCommand";
import { fenced, plain } from "./markup";

/*
 * Messages in Markdown. In a block of code a long line does not wrap, so its end is hidden, on a telephone most of it: only what is
 * copied stands in one, with what is said between the commands as comments.
 */

/** What is as short as this fits beside commands. */
const SHORT = 70;

/** A list with an item for each line at the left edge: its sentences, and below them its commands. */
export function proseOf(lines: readonly string[]): string[] {
  return itemsIn(lines).flatMap(itemOf);
}

/** Each line at the left edge, with those below it. */
export function itemsIn(lines: readonly string[]): string[][] {
  const items: string[][] = [];
  for (const line of lines.filter((it) => it.trim() !== "")) {
    const item = items.at(-1);
    if (item === undefined || !/^\s/.test(line)) items.push([line]);
    else item.push(line);
  }
  return items;
}

/** Another sign than other lists have, so that Markdown takes it for none of theirs. */
function itemOf([first = "", ...others]: readonly string[]): string[] {
  const at = others.findIndex((_, index) => begins(others, index));
  const [sentences, below] = at === -1 ? [others, []] : [others.slice(0, at), others.slice(at)];
  const text = [first, ...sentences].map((line) => plain(line.trim())).join(" ");
  const block = below.flatMap((line) => (isCommandBelow(line) ? line.trim() : commentOf(line)));
  return [`* ${text}`, ...(block.length === 0 ? [] : fenced(block).map((line) => `  ${line}`))];
}

/** In lines that are short enough. */
function commentOf(line: string): string[] {
  const lines: string[] = [];
  for (const word of line.trim().split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < SHORT)
      lines[lines.length - 1] += ` ${word}`;
    else lines.push(`# ${word}`);
  }
  return lines;
}

/** Whether the commands begin here, or what is said of the first of them. */
function begins(lines: readonly string[], at: number): boolean {
  const [line = "", next = ""] = lines.slice(at);
  return isCommandBelow(line) || (isShort(line) && isCommandBelow(next));
}

/** Below a sentence, so it has an indent. */
function isCommandBelow(line: string): boolean {
  return /^\s/.test(line) && isCommand(line.trim());
}

function isShort(line: string): boolean {
  return line.trim().length <= SHORT;
}
