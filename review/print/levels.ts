import { FATES, LOST } from "../change";
import { SECTIONS, type Section } from "../consequences";
import type { ExtraSection } from "../extraSections";
import type { Row } from "../fold";
import { extrasOf, isCompared, type StackReview } from "../review";

/*
 * How much of each part of a comment is shown. Detail goes from the least dangerous end until the comment is short enough.
 */

/** All, one line, its name in a list, or nothing but a count. A section has its summary in any case. */
export type Level = "whole" | "line" | "name" | "count";

/** What can be shortened: a row of what differs, or the detail of a section. */
export interface Part {
  /** Position of its review. */
  readonly stack: number;
  readonly what: { readonly row: Row } | { readonly section: ExtraSection };
  readonly level: Level;
}

/** First the least dangerous become names, one after the other; then they are counted. */
const SHORTER: readonly (readonly Level[])[] = [["line", "name"], ["count"]];

/** All parts of all stacks, whole. */
export function partsOf(reviews: readonly StackReview[]): Part[] {
  return reviews.flatMap((review, stack): Part[] => [
    ...(isCompared(review) ? review.rows : []).map((row): Part => ({
      stack,
      what: { row },
      level: "whole",
    })),
    ...extrasOf(review).map((section): Part => ({ stack, what: { section }, level: "whole" })),
  ]);
}

/**
 * The parts with the least detail left out that makes the page fit; undefined: it does not, whatever is left out.
 * Each step leaves out more than the one before, so that the first one that is enough is found by halving.
 */
export function shortest(
  parts: readonly Part[],
  fits: (parts: readonly Part[]) => boolean,
): readonly Part[] | undefined {
  const steps = stepsFor(parts);
  const after = (count: number): Part[] => {
    const levels = new Map(steps.slice(0, count));
    return parts.map((part, index) => ({ ...part, level: levels.get(index) ?? part.level }));
  };
  let [low, high] = [0, steps.length + 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (middle > steps.length || fits(after(middle))) high = middle;
    else low = middle + 1;
  }
  return low > steps.length ? undefined : after(low);
}

function stepsFor(parts: readonly Part[]): [index: number, level: Level][] {
  const order = parts.map((_, index) => index).sort((a, b) => danger(parts[b]) - danger(parts[a]));
  return SHORTER.flatMap((levels) =>
    order.flatMap((index) =>
      levels.flatMap((level): [number, Level][] =>
        allows(parts[index], level) ? [[index, level]] : [],
      ),
    ),
  );
}

function allows(part: Part | undefined, level: Level): boolean {
  if (!part) return false;
  return "row" in part.what ? level !== "count" || !LOST.has(part.what.row.fate) : level === "line";
}

/** The higher, the less dangerous. */
function danger(part: Part | undefined): number {
  if (!part) return 0;
  const of = (section: Section, fate: number) => SECTIONS.indexOf(section) * FATES.length + fate;
  return "row" in part.what
    ? of(part.what.row.section, FATES.indexOf(part.what.row.fate))
    : of(part.what.section.danger, FATES.length - 1);
}
