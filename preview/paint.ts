/*
 * Lines of text with styles, laid out first and coloured last, so that colour never moves a column.
 */

export type Style = "heading" | "component" | "type" | "warning" | "faint";

export interface Segment {
  readonly text: string;
  readonly style?: Style;
}

export type Line = readonly Segment[];

const CODES: Readonly<Record<Style, string>> = {
  heading: "1",
  component: "1;36",
  type: "36",
  warning: "33",
  faint: "2",
};

/** Words that mean the same wherever they stand. */
const MARKS: readonly [RegExp, string][] = [
  [/\[computed\]/g, "2"],
  [/\[secret\]/g, "35"],
  [/\bprotected\b/g, "33"],
];

/** Whether a stream shows colour: a terminal, unless the user has turned it off (https://no-color.org). */
export function wantsColour(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  return stream.isTTY === true && !env.NO_COLOR && env.TERM !== "dumb";
}

export function render(lines: readonly Line[], colour: boolean): string {
  return lines
    .map((line) => `${line.map((segment) => (colour ? painted(segment) : segment.text)).join("")}`)
    .map((line) => `${line.trimEnd()}\n`)
    .join("");
}

function painted({ text, style }: Segment): string {
  if (style) return code(CODES[style], text);
  return MARKS.reduce(
    (marked, [pattern, mark]) => marked.replace(pattern, (word) => code(mark, word)),
    text,
  );
}

function code(number: string, text: string): string {
  return text.trim() === "" ? text : `\x1b[${number}m${text}\x1b[0m`;
}
