import { shortWords, type Mark } from "./marks";
import type { Part } from "./part";
import { fitted, phraseLines, widthOf } from "./text";

/** Sizes in units of the picture, which is 480 wide. */
export const SIZES = { heading: 16, title: 13.5, text: 12.5, small: 12 } as const;
export const LINE = 17;
export const PADDING = 8;
export const CHIP = { height: 21, padding: 8, gap: 6 } as const;

/** The words of a box or a frame, and the room that they take. */
export interface Content {
  readonly title: string;
  readonly facts: readonly string[];
  readonly chips: readonly PlacedChip[];
  readonly height: number;
}

/** A part that is a line of text in another, or, of this other, what becomes of it. */
export interface PlacedChip {
  readonly part: Part;
  readonly isBadge: boolean;
  readonly bold: boolean;
  readonly text: string;
  /** From the content's left edge and its top. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

export type Marks = ReadonlyMap<string, Mark>;

/** Title, facts below it; chips beside the title where they have room, else below the facts. */
export function boxContent(
  part: Part,
  chips: readonly Part[],
  marks: Marks,
  width: number,
): Content {
  const room = width - 2 * PADDING;
  const title = fitted(part.title, SIZES.title, room, true);
  const facts = phraseLines(part.facts, SIZES.text, room);
  const bottom = PADDING + LINE + 1 + facts.length * LINE;
  const right = width - PADDING;
  const words = wordsIn(part, chips, marks);
  const from = right - chipsWidth(words);
  if (words.length > 0 && PADDING + widthOf(title, SIZES.title, true) + 2 * CHIP.gap <= from) {
    const beside = chipsIn(words, { left: from, right, top: PADDING - 3 });
    return { title, facts, chips: beside.chips, height: bottom + PADDING - 2 };
  }
  const below = chipsIn(words, { left: PADDING, right, top: bottom + 4 });
  const height = words.length > 0 ? below.bottom + PADDING : bottom + PADDING - 2;
  return { title, facts, chips: below.chips, height };
}

/**
 * Title and facts on one line; chips after them where they have room, else below.
 * @param titleRoom width of the first line: a line can cross the frame right of it
 */
export function frameContent(
  part: Part,
  chips: readonly Part[],
  marks: Marks,
  width: number,
  titleRoom: number,
): Content {
  const title = fitted(part.title, SIZES.text, titleRoom, true);
  const after = PADDING + widthOf(title, SIZES.text, true) + CHIP.gap;
  const facts = fitted(part.facts.join(", "), SIZES.small, PADDING + titleRoom - after);
  const shown = facts === "" || facts === "…" ? [] : [facts];
  const end = after + (shown.length > 0 ? widthOf(facts, SIZES.small) + 2 * CHIP.gap : CHIP.gap);
  const words = wordsIn(part, chips, marks);
  if (words.length > 0 && end + chipsWidth(words) <= PADDING + titleRoom) {
    const beside = chipsIn(words, { left: end, right: PADDING + titleRoom, top: 5 });
    return { title, facts: shown, chips: beside.chips, height: beside.bottom };
  }
  const below = chipsIn(words, { left: PADDING, right: width - PADDING, top: LINE + 10 });
  const height = words.length > 0 ? below.bottom + 2 : LINE + 9;
  return { title, facts: shown, chips: below.chips, height };
}

interface ChipLines {
  readonly chips: readonly PlacedChip[];
  readonly bottom: number;
}

type Words = Pick<PlacedChip, "part" | "isBadge" | "bold" | "text">;

/** What becomes of the part comes first. */
function wordsIn(part: Part, chips: readonly Part[], marks: Marks): Words[] {
  const mark = marks.get(part.id);
  const badge = mark ? [{ part, isBadge: true, bold: true, text: shortWords(mark) }] : [];
  return [
    ...badge,
    ...chips.map((chip) => {
      const own = marks.get(chip.id);
      const text = own ? `${shortWords(own)}: ${chip.title}` : chip.title;
      return { part: chip, isBadge: false, bold: own !== undefined, text };
    }),
  ];
}

function chipsIn(
  all: readonly Words[],
  { left, right, top }: { left: number; right: number; top: number },
): ChipLines {
  const placed: PlacedChip[] = [];
  let [x, y] = [left, top];
  for (const chip of all) {
    const room = right - left - 2 * CHIP.padding;
    const text = fitted(chip.text, SIZES.small, room, chip.bold);
    const width = widthOf(text, SIZES.small, chip.bold) + 2 * CHIP.padding;
    if (x > left && x + width > right + 0.1) {
      x = left;
      y += CHIP.height + CHIP.gap;
    }
    placed.push({ ...chip, text, x, y, width });
    x += width + CHIP.gap;
  }
  return { chips: placed, bottom: y + CHIP.height };
}

/** Of all of them on one line. */
function chipsWidth(all: readonly Words[]): number {
  const widths = all.map(({ text, bold }) => widthOf(text, SIZES.small, bold) + 2 * CHIP.padding);
  return widths.reduce((sum, width) => sum + width + CHIP.gap, -CHIP.gap);
}
