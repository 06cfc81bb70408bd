import { headline } from "../review/headline";
import {
  isCompared,
  isUnchanged,
  ordered,
  type Compared,
  type StackReview,
} from "../review/review";
import { LOST } from "../review/change";
import { drawn } from "./picture";
import { svgOf, type Drawing, type Figure } from "./svg";

/**
 * What a change does to all stacks, the worst first: a sentence and a picture in which the changed parts are marked. Stacks
 * that stay as they are share one line, and a stack without two plans has only its sentence.
 */
export function picturesOf(reviews: readonly StackReview[]): string {
  const changed = ordered(reviews).filter((review) => !isUnchanged(review));
  const same = reviews.filter(isUnchanged).map(({ stack }) => stack);
  const figures = changed.map((review): Figure => {
    const sentences = [headline(review)];
    if (!isCompared(review)) return { sentences };
    return { sentences, drawing: drawingOf(review) };
  });
  const rest = same.length > 0 ? [{ sentences: [`no change: ${same.join(", ")}`] }] : [];
  const [first] = [...figures, ...rest].flatMap(({ sentences }) => sentences);
  return svgOf(first ?? "no stack", [...figures, ...rest]);
}

/**
 * The picture of one stack as a part of a page, which has its headline already; undefined: there is no second plan to draw.
 * @param id what the ids in it begin with, which no other picture of the page has
 */
export function pictureIn(review: StackReview, id: string): string | undefined {
  if (!isCompared(review)) return undefined;
  const drawing = drawingOf(review);
  return svgOf(`${review.stack}: what changes`, [{ sentences: [], drawing }], id);
}

function drawingOf({ before, after, rows }: Compared): Drawing {
  const changes = rows.flatMap((row) => row.changes);
  const emptied = new Set(
    rows
      .filter(({ section, fate }) => section === "state" && !LOST.has(fate))
      .flatMap((row) => row.changes.map(({ urn }) => urn)),
  );
  return drawn(after, { before, changes, emptied });
}
