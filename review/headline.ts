import { FATES } from "./change";
import { isAlarm, SECTIONS } from "./consequences";
import type { Row } from "./fold";
import { propertyLine, resourceWord } from "./print/words";
import type { Compared, StackReview } from "./review";

/* What is said of a stack in one line. */

/** The one line about a stack: the worst consequence, else how many change. */
export function headline(review: StackReview): string {
  const { stack } = review;
  if (review.kind === "removed") {
    return `${stack}: its file is removed; what runs stays until pulumi destroy`;
  }
  if (review.kind === "failed") return `${stack}: cannot be planned with this change`;
  const fails = review.sections.find((section) => section.fails !== undefined)?.fails;
  const failing = because(fails);
  if (review.kind === "alone") {
    return `${stack}: cannot be planned before this change; what is now is checked alone${failing}`;
  }
  if (review.kind === "new") return `${stack}: new stack, ${countsOf(review)}${failing}`;
  const refused = review.refusal === undefined ? undefined : "pulumi up refuses this as it is";
  return `${stack}: ${worstOf(review)}${because(refused, fails)}`;
}

/** ` (pulumi up refuses this as it is; it breaks the rule https)` */
function because(...reasons: readonly (string | undefined)[]): string {
  const all = reasons.filter((reason) => reason !== undefined);
  return all.length === 0 ? "" : ` (${all.join("; ")})`;
}

/**
 * The worst consequence in plain words: what is lost, what the rules of changes refuse, who is let in or which protection goes,
 * what they warn of, what else has a sentence; a change of one thing alone is named. Without them what others say if no resource
 * changes, else how many do.
 */
function worstOf(review: Compared): string {
  const { notice, refusal, rows } = review;
  const worst = rows.find(({ says }) => says !== undefined);
  if (worst?.section === "state") return sentenceOf(worst);
  if (notice !== undefined && refusal !== undefined) return notice;
  const alarm = rows.find((row) => row.says !== undefined && isAlarm(row));
  if (alarm) return sentenceOf(alarm);
  if (notice !== undefined) return notice;
  if (worst) return sentenceOf(worst);
  const [first, ...others] = rows;
  if (first && others.length === 0 && review.encrypted.length === 0) return onlyRow(first);
  const said = review.sections
    .filter(({ changed }) => changed && review.rows.length === 0)
    .sort((a, b) => SECTIONS.indexOf(a.danger) - SECTIONS.indexOf(b.danger));
  return said[0]?.summary ?? countsOf(review);
}

/** `1 replaced, 3 updated`; the worst first. */
export function countsOf({ counts, encrypted }: Compared): string {
  const values = encrypted.length === 1 ? "value" : "values";
  const secrets = encrypted.length === 0 ? [] : [`${encrypted.length} encrypted ${values}`];
  const parts = FATES.flatMap((fate) => {
    const count = counts[fate];
    return count === undefined ? [] : [`${count} ${fate}`];
  });
  const all = [...parts, ...secrets];
  return all.length === 0 ? "no change" : all.join(", ");
}

/** `updated LogGroup cluster-logs (retentionInDays: 90 -> 365)`. */
function onlyRow({ fate, changes, properties }: Row): string {
  const names = changes.slice(0, SHOWN_NAMES).map(resourceWord).join(", ");
  const more = changes.length - SHOWN_NAMES;
  const [first, ...others] = properties.map(propertyLine);
  const rest = others.length === 0 ? "" : ` and ${others.length} more`;
  const what = first === undefined ? "" : ` (${first}${rest})`;
  return `${fate} ${names}${more > 0 ? ` and ${more} more` : ""}${what}`;
}

const SHOWN_NAMES = 3;

/** The consequence of a row, with names; empty if there is none. */
export function sentenceOf({ says = "", changes }: Row): string {
  const all = [...new Set(changes.map(({ name }) => name))];
  const names = all.slice(0, SHOWN_NAMES);
  const more = all.length - names.length;
  return says.replace("{}", () => names.join(", ") + (more > 0 ? ` and ${more} more` : ""));
}
