import { extrasOf, isCompared, isUnchanged, type StackReview } from "./review";

/** What `--fail-on` takes. */
export const FAIL_ON = ["changes", "replaced-state"] as const;
export type FailOn = (typeof FAIL_ON)[number];

/** Labels of a pull request, of which it has one. */
export type Label = "no-changes" | "changes" | "destroys-state";

/** The label that says the worst. A stack that cannot be planned may lose anything, and is not called harmless. */
export function labelOf(reviews: readonly StackReview[]): Label {
  if (reviews.every(isUnchanged)) return "no-changes";
  const losesState = reviews.some(
    // A Redis that is restarted stays, and loses what it holds.
    (review) => isCompared(review) && review.rows.some(({ section }) => section === "state"),
  );
  return losesState ? "destroys-state" : "changes";
}

/** The exit code: 1 if a stack cannot be planned any more or a check fails, 2 if the gate finds what it names, else 0. */
export function exitCodeOf(reviews: readonly StackReview[], failOn: FailOn | undefined): 0 | 1 | 2 {
  if (reviews.some(({ kind }) => kind === "failed")) return 1;
  if (reviews.some((review) => extrasOf(review).some(({ fails }) => fails !== undefined))) return 1;
  const label = labelOf(reviews);
  const found = failOn === "changes" ? label !== "no-changes" : label === "destroys-state";
  return failOn !== undefined && found ? 2 : 0;
}
