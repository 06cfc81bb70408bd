import type { Row } from "../fold";
import { labelOf } from "../gate";
import { headline } from "../headline";
import { isCompared, ordered, type StackReview } from "../review";

/** All of it, for other programs; secrets are masked. The worst stack first. */
export function jsonOf(reviews: readonly StackReview[]): string {
  const stacks = ordered(reviews).map((review) => ({
    headline: headline(review),
    ...review,
    ...(isCompared(review) && {
      rows: review.rows.map(rowOf),
      // `npm run preview -- --json` writes whole plans.
      before: undefined,
      after: undefined,
    }),
  }));
  return `${JSON.stringify({ label: labelOf(reviews), stacks }, null, 2)}\n`;
}

/** Resources by what names them: their inputs are in the JSON of the plan. */
function rowOf({ changes, ...row }: Row) {
  return {
    ...row,
    resources: changes.map(({ urn, type, name, forcing, protection, because }) => ({
      urn,
      type,
      name,
      ...(forcing.length > 0 && { forcing }),
      ...(protection !== undefined && { protection }),
      ...(because.length > 0 && { because }),
    })),
  };
}
