import { isCommand } from "../model/isCommand";

/** Image digests as people compare them: by their beginning. */
export function shortDigests(text: string): string {
  return text.replace(/(sha256:[0-9a-f]{12})[0-9a-f]{52}/g, "$1…");
}

const KEPT_SPACE = "\u00a0";

/** Breaks text at its spaces into lines of at most `width`; a longer word is cut. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ").flatMap((part) => pieces(part, width))) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** As `wrap`, with commas between the phrases; a phrase is broken only where it is wider than a line. */
export function wrapPhrases(phrases: readonly string[], width: number): string[] {
  const whole = phrases.map((phrase, index) => {
    const text = index < phrases.length - 1 ? `${phrase},` : phrase;
    return text.length <= width ? text.replaceAll(" ", KEPT_SPACE) : text;
  });
  return wrap(whole.join(" "), width).map((line) => line.replaceAll(KEPT_SPACE, " "));
}

/**
 * A message of several lines, with prose no wider than a terminal. Indents stay, and commands stay on one line, so that
 * they can be pasted.
 */
export function wrapMessage(message: string, width = 100): string {
  return message
    .split("\n")
    .flatMap((line) => {
      const text = line.trimStart();
      const indent = line.slice(0, line.length - text.length);
      if (isCommand(text)) return [line];
      const [first = "", ...rest] = wrap(text, width - indent.length - 2);
      return [indent + first, ...rest.map((more) => `${indent}  ${more}`)];
    })
    .join("\n");
}

/** Breaks a shell command between its words, so that it can still be pasted: a word that is wider stays whole. */
export function wrapCommand(command: string, width: number): string[] {
  if (command.length <= width) return [command];
  const words = command.match(/'[^']*'|\S+/g) ?? [];
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    // Room for the backslash that joins the lines.
    if (last !== undefined && last.length + 1 + word.length + 2 <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else {
      lines.push(last === undefined ? word : `  ${word}`);
    }
  }
  return lines.map((line, index) => (index < lines.length - 1 ? `${line} \\` : line));
}

/** Cuts a word that is too wide, if possible after a separator. */
function pieces(word: string, width: number): string[] {
  if (word.length <= width) return [word];
  const end = Math.max(...["/", "@", ","].map((sign) => word.lastIndexOf(sign, width - 1))) + 1;
  const cut = end > width / 2 ? end : width;
  return [word.slice(0, cut), ...pieces(word.slice(cut), width)];
}
