import type { Plan } from "../plan/plan";
import { madeIn } from "../plan/made";
import { withCausesOfOthers } from "./causes";
import { FATES, type Fate, type ResourceChange } from "./change";
import { consequenceOf, isAlarm, SECTIONS } from "./consequences";
import { SAFE, type Verdict } from "../config/changes";
import { newlyTold, toldIn } from "../config/rules";
import { namedForProduction } from "../model/production";
import { PROJECT } from "../model/project";
import { verdictBetween } from "./verdict";
import { differenceOf } from "./difference";
import type { ExtraSection } from "./extraSections";
import type { Encrypted } from "./encrypted";
import { fold, type Finding, type Row } from "./fold";
import type { Noise } from "./noise";
import type { Rename } from "./renames";

/** What a pull request does to one stack. Every printer reads this. */
export type StackReview = Compared | Alone | Missing | Failed;

interface Of {
  readonly stack: string;
  /** Default: as its name says. */
  readonly production?: boolean;
}

export interface Compared extends Of {
  /** `new`: the base has no such stack; all is created. */
  readonly kind: "compared" | "new";
  /** Undefined: the stack is new. */
  readonly before: Plan | undefined;
  readonly after: Plan;
  /** From the most dangerous to the least. */
  readonly rows: readonly Row[];
  readonly counts: Readonly<Partial<Record<Fate, number>>>;
  readonly renames: readonly Rename[];
  readonly noise: readonly Noise[];
  readonly unchanged: number;
  /** Why `pulumi up` refuses this, with what to do; undefined: it does not. */
  readonly refusal: string | undefined;
  readonly encrypted: readonly Encrypted[];
  /** What the rules of config/changes say of it, the worst in one line: it knows more than resources tell. */
  readonly notice: string | undefined;
  /** Warnings that the base does not have; all of a new stack. */
  readonly warnings: readonly string[];
  /** What others say of it: rules, costs. */
  readonly sections: readonly ExtraSection[];
}

/** The base cannot be planned: what is now is checked by itself. */
export interface Alone extends Of {
  readonly kind: "alone";
  /** Why the base cannot be planned. */
  readonly why: string;
  /** How many resources are planned now. */
  readonly planned: number;
  /** All that the plan warns of: what is new among it is not known. */
  readonly warnings: readonly string[];
  readonly sections: readonly ExtraSection[];
}

/** The stack's file is gone. */
export interface Missing extends Of {
  readonly kind: "removed";
}

/** It can no longer be planned. */
export interface Failed extends Of {
  readonly kind: "failed";
  readonly why: string;
}

export interface ReviewOptions {
  /** Where a change comes from; default: not known. */
  readonly causesOf?: (change: ResourceChange) => readonly string[];
  /** Default: none. */
  readonly encrypted?: readonly Encrypted[];
  /** Keys whose change the config confirms; default: none. */
  readonly confirmed?: readonly string[];
  /** Default: as the stack's name says. */
  readonly production?: boolean;
  /** Default: none. */
  readonly sections?: readonly ExtraSection[];
}

/** @param before undefined: the base has no such stack */
export function reviewOf(
  before: Plan | undefined,
  after: Plan,
  { causesOf = () => [], encrypted = [], confirmed = [], sections = [], ...of }: ReviewOptions = {},
): Compared {
  const base = before ?? { ...after, resources: [], outputs: {}, warnings: [] };
  const { changes, ...more } = differenceOf(base, after);
  const causes = withCausesOfOthers(changes, causesOf);
  const findings = changes
    .map((change) => ({ change, ...consequenceOf(change, base, after), causes: causes(change) }))
    .sort(byDanger);
  const verdict = before ? verdictBetween(before, after, confirmed) : SAFE;
  const counts: Partial<Record<Fate, number>> = {};
  for (const { fate } of changes) counts[fate] = (counts[fate] ?? 0) + 1;
  return {
    stack: after.stack,
    ...of,
    kind: before ? "compared" : "new",
    before,
    after,
    rows: fold(findings),
    counts,
    ...more,
    encrypted,
    refusal: verdict.refusal,
    notice: noticeOf(verdict, encrypted),
    warnings: [...verdict.warnings, ...newWarnings(base, after)],
    sections,
  };
}

/** @param why the base cannot be planned */
export function aloneOf(after: Plan, why: string, sections: readonly ExtraSection[] = []): Alone {
  const { stack, warnings } = after;
  return { stack, kind: "alone", why, planned: madeIn(after).length, warnings, sections };
}

/** What a rule told of the same key before is not new, whatever value it names. */
function newWarnings(before: Plan, after: Plan): string[] {
  const told = toldIn(before.warnings);
  return after.warnings.filter((warning) => {
    const [rule] = toldIn([warning]);
    if (rule) return newlyTold([rule], told).length > 0;
    return !before.warnings.includes(warning);
  });
}

/** Sections first; in a section what is lost for sure, by worth, before what changes; then what has a sentence. */
function byDanger(a: Finding, b: Finding): number {
  const isLost = ({ change }: Finding) => change.fate === "deleted" || change.fate === "replaced";
  return (
    SECTIONS.indexOf(a.section) - SECTIONS.indexOf(b.section) ||
    Number(isLost(b)) - Number(isLost(a)) ||
    a.rank - b.rank ||
    FATES.indexOf(a.change.fate) - FATES.indexOf(b.change.fate) ||
    Number(a.says === undefined) - Number(b.says === undefined)
  );
}

/** What can be said of a stack, from the worst on: where it stands among all. */
const PLACES = ["unknown", "state", "fails", "alone", "alarm", "removed", "changes"] as const;

/**
 * Stacks by danger. One that cannot be planned any more comes first: nobody knows what it would lose. Of two to which the same
 * happens, production comes first.
 */
export function ordered(reviews: readonly StackReview[]): StackReview[] {
  const danger = (review: StackReview) => {
    const [worst] = isCompared(review) ? review.rows : [];
    const isLost = worst?.fate === "deleted" || worst?.fate === "replaced";
    const { production = namedForProduction(review.stack) } = review;
    return [
      PLACES.indexOf(placeOf(review)),
      worst && isAlarm(worst) ? 0 : 1,
      worst ? SECTIONS.indexOf(worst.section) : SECTIONS.length,
      worst?.section === "state" && isLost ? 0 : 1,
      worst?.rank ?? 0,
      production && !isUnchanged(review) ? 0 : 1,
    ];
  };
  const all = reviews.map((review) => ({ review, danger: danger(review) }));
  return all.sort((a, b) => firstDifference(a.danger, b.danger)).map(({ review }) => review);
}

function placeOf(review: StackReview): (typeof PLACES)[number] {
  if (review.kind === "failed") return "unknown";
  if (review.kind === "removed") return "removed";
  if (review.kind !== "alone" && review.rows[0]?.section === "state") return "state";
  if (review.sections.some(({ fails }) => fails !== undefined)) return "fails";
  if (review.kind === "alone") return "alone";
  const [worst] = review.rows;
  return worst && isAlarm(worst) ? "alarm" : "changes";
}

function firstDifference(a: readonly number[], b: readonly number[]): number {
  return a.map((value, index) => value - (b[index] ?? 0)).find((step) => step !== 0) ?? 0;
}

/** Whether there are two plans, or a new stack with one. */
export function isCompared(review: StackReview): review is Compared {
  return review.kind === "compared" || review.kind === "new";
}

/** Whether nothing changes, so that a reader need not look. */
export function isUnchanged(review: StackReview): boolean {
  return (
    review.kind === "compared" &&
    review.refusal === undefined &&
    [review.rows, review.warnings, review.encrypted].every(({ length }) => length === 0) &&
    review.sections.every(({ changed, fails }) => !changed && fails === undefined)
  );
}

/** Those that say something a reader of the change needs. */
export function spoken(sections: readonly ExtraSection[]): readonly ExtraSection[] {
  return sections.filter(({ quiet }) => !quiet);
}

/** What others say of a stack; a stack of which there is no plan has nothing. */
export function extrasOf(review: StackReview): readonly ExtraSection[] {
  return review.kind === "failed" || review.kind === "removed" ? [] : spoken(review.sections);
}

/** What another value of a secret may do to visitors, by key; SESSION_SECRET signs their sessions, by convention. */
const SECRETS: readonly (readonly [key: RegExp, does: string])[] = [
  [/\.SESSION_SECRET$/, "another one logs every visitor out"],
  [
    /:redis\.(url|sessionUrl)$/,
    "if that is another Redis, it has nothing of what is in the old one: sessions, pages",
  ],
];

function ofSecret(encrypted: readonly Encrypted[]): string | undefined {
  const changed = encrypted.filter(({ change }) => change !== "added");
  return SECRETS.flatMap(([pattern, does]) =>
    changed.filter(({ key }) => pattern.test(key)).map(({ key }) => `${key}: ${does}`),
  )[0];
}

/** The first thing that the verdict says, without the name of the project and what to do. */
function noticeOf(
  { refusal, warnings }: Verdict,
  encrypted: readonly Encrypted[],
): string | undefined {
  const said = refusal?.split("\n")[1] ?? warnings[0]?.split("\n")[0] ?? ofSecret(encrypted);
  return said?.trim().replace(`${PROJECT}:`, "").replace(/\.$/, "");
}
