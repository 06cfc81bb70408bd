/*
 * How wide text is. A picture must be the same on every machine, and cannot ask for fonts: widths are those of Verdana and
 * DejaVu Sans, the widest of the fonts that browsers take for sans-serif, so that text fits with any of them.
 */

/** Widths in hundredths of the font's size. */
const WIDTHS: readonly (readonly [RegExp, number])[] = [
  [/[ijlIJ'|]/, 29],
  [/[ .,:;!]/, 34],
  [/[frt()[\]/\\-]/, 41],
  [/[csz]/, 55],
  [/[vxykT?_]/, 60],
  [/[mMW%@…]/, 100],
  [/[wGHNOQUDV+=~±×→≈#&<>−]/, 84],
  [/[A-Z]/, 70],
];
const OTHERS = 64;
/** Letters of other scripts. */
const WIDE = 110;
const BOLD = 1.12;

/** In units of the picture. */
export function widthOf(text: string, size: number, bold = false): number {
  const hundredths = [...text].reduce((sum, letter) => {
    const known = WIDTHS.find(([letters]) => letters.test(letter))?.[1];
    return sum + (known ?? (letter > "\u02ff" ? WIDE : OTHERS));
  }, 0);
  return (hundredths / 100) * size * (bold ? BOLD : 1);
}

/** The text, or its beginning and an ellipsis. */
export function fitted(text: string, size: number, room: number, bold = false): string {
  // Sums of fractions are not exact.
  if (widthOf(text, size, bold) <= room + 0.01) return text;
  let kept = [...text];
  while (kept.length > 0 && widthOf(`${kept.join("")}…`, size, bold) > room) {
    kept = kept.slice(0, -1);
  }
  return `${kept.join("").trimEnd()}…`;
}

/** Phrases with commas between them, on as few lines as have room for them; a longer phrase is cut. */
export function phraseLines(phrases: readonly string[], size: number, room: number): string[] {
  const lines: string[] = [];
  for (const phrase of phrases) {
    const last = lines.at(-1);
    const joined = last === undefined ? phrase : `${last}, ${phrase}`;
    if (last !== undefined && widthOf(joined, size) <= room) lines[lines.length - 1] = joined;
    else lines.push(fitted(phrase, size, room));
  }
  return lines;
}

/** Most lines of a sentence. */
const MOST = 4;

/** Text on several lines, broken at its spaces; what is still too long is cut. */
export function wordLines(text: string, size: number, room: number, bold = false): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    const joined = last === undefined ? word : `${last} ${word}`;
    if (last !== undefined && (widthOf(joined, size, bold) <= room || lines.length === MOST)) {
      lines[lines.length - 1] = joined;
    } else lines.push(word);
  }
  return lines.map((line) => fitted(line, size, room, bold));
}
