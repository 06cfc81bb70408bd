import { FATES, LOST, type Fate } from "../change";
import type { ExtraSection } from "../extraSections";
import type { Row } from "../fold";
import { countsOf, headline, sentenceOf } from "../headline";
import {
  extrasOf,
  spoken,
  isCompared,
  isUnchanged,
  ordered,
  type Compared,
  type StackReview,
} from "../review";
import { partsOf, shortest, type Level, type Part } from "./levels";
import { allOf, code, fenced, firstOf, plain, shortened, type Shown } from "./markup";
import { itemsIn, proseOf } from "./prose";
import { mayChange, together } from "./together";
import { encryptedWord, leftWords, renameWords, resourceWord, rowPropertyLines } from "./words";

/*
 * The comment of a pull request. GitHub takes no more than 65,536 characters: detail is left out from the least
 * dangerous end, and what is deleted or replaced is always named.
 */

/**
 * In bytes, which are never fewer than characters. What is left of GitHub's 65,536 is for what others put into the
 * same comment: docs/decisions/pull-request-slots.md.
 */
export const COMMENT_LIMIT = 50_000;
/** By this the comment is found again and edited. */
export const MARKER = "<!-- next-on-eks: what this pull request changes -->";

export interface MarkdownOptions {
  /** Longest result, in bytes of UTF-8; default: `COMMENT_LIMIT`. */
  readonly limit?: number;
  /** Where the whole is, where the comment has not all of it. */
  readonly whole?: string;
}

const WORDS: Readonly<Record<Fate, string>> = {
  deleted: "**DELETED**",
  replaced: "**REPLACED**",
  "perhaps replaced": "**perhaps replaced**",
  created: "created",
  updated: "updated",
  "may change": "may change",
};

export function markdownOf(
  all: readonly StackReview[],
  { limit = COMMENT_LIMIT, whole = "the job's artifact" }: MarkdownOptions = {},
): string {
  const reviews = ordered(all);
  const shown = limit === Infinity ? allOf : firstOf;
  const print = (parts: readonly Part[]) => pageOf(reviews, parts, whole, shown);
  const parts = shortest(partsOf(reviews), (some) => size(print(some)) <= limit);
  return parts ? print(parts) : namesOnly(reviews, limit, whole);
}

function size(text: string): number {
  return Buffer.byteLength(text);
}

function pageOf(
  reviews: readonly StackReview[],
  parts: readonly Part[],
  whole: string,
  shown: Shown,
): string {
  const cut = parts.some(({ level }) => level !== "whole");
  return [
    ...topLines(reviews),
    ...reviews.flatMap((review, stack) =>
      isUnchanged(review)
        ? []
        : stackLines(
            review,
            parts.filter((part) => part.stack === stack),
            shown,
          ),
    ),
    ...(cut ? [`_Too long for a comment: the whole is in ${plain(whole)}._`, ""] : []),
  ].join("\n");
}

/** The worst first, then one line for each other stack that changes, then one for all that do not. */
function topLines(reviews: readonly StackReview[]): string[] {
  const changed = reviews.filter((review) => !isUnchanged(review));
  const same = reviews.filter(isUnchanged).map(({ stack }) => stack);
  const [first, ...others] = changed.map((review) => plain(shortened(headline(review))));
  return [
    MARKER,
    `### ${first ?? `no change in ${plain(same.join(", "))}`}`,
    "",
    ...others.map((line) => `- ${line}`),
    ...(first !== undefined && same.length > 0 ? [`- no change: ${plain(same.join(", "))}`] : []),
    ...(others.length > 0 || (first !== undefined && same.length > 0) ? [""] : []),
  ];
}

function stackLines(review: StackReview, parts: readonly Part[], shown: Shown): string[] {
  if (review.kind === "removed") return [];
  if (review.kind === "failed") {
    return [`#### ${plain(headline(review))}`, "", ...fenced(shown(review.why.split("\n"))), ""];
  }
  const said = spoken(review.sections);
  const sections = said.length > 0 ? [...summaryLines(said), ""] : [];
  if (review.kind === "alone") {
    return [
      `#### ${plain(review.stack)}: ${review.planned} resources are planned now`,
      "",
      ...sections,
      "It cannot be planned before this change:",
      "",
      ...fenced(shown(review.why.split("\n"))),
      "",
      ...sectionLines(parts),
      ...warningLines("Warnings:", review.warnings, shown),
    ];
  }
  const rows = together(parts).flatMap(({ row, level }) => rowLines(row, level));
  return [
    `#### ${plain(review.stack)}: ${countsOf(review)}`,
    "",
    ...sections,
    ...(review.refusal === undefined
      ? []
      : ["`pulumi up` refuses this:", "", ...refusalLines(review.refusal, shown), ""]),
    ...rows,
    ...(rows.length > 0 ? [""] : []),
    ...namedLines(parts),
    ...sectionLines(parts),
    ...aboutLines(review, shown),
  ];
}

/** How many changes that are refused have what to do below them. */
const REFUSED = 4;

/** One that is refused alone stands in one item with what is said of it; of several each has an item. */
function refusalLines(refusal: string, shown: Shown): string[] {
  const [first = "", ...lines] = refusal.split("\n");
  const changes = itemsIn(lines.map((line) => line.replace(/^ {2}/, "")));
  if (changes.length < 2) return proseOf(shown([first, ...lines]));
  return [
    ...proseOf(shown([first])),
    ...changes.flatMap((change, index) =>
      proseOf(shown(index < REFUSED || shown === allOf ? change : change.slice(0, 1))),
    ),
  ];
}

/** What sections say in one line each, and why they fail. */
function summaryLines(sections: readonly ExtraSection[]): string[] {
  return firstOf(
    sections.map(({ title, summary, fails }) => {
      const why = fails === undefined ? "" : ` — ${plain(shortened(fails))}`;
      return `- **${plain(title)}**: ${plain(shortened(summary))}${why}`;
    }),
  );
}

/** The detail of sections that have room. */
function sectionLines(parts: readonly Part[]): string[] {
  return parts.flatMap(({ what, level }) =>
    "section" in what && level === "whole" && what.section.lines.length > 0
      ? [`**${plain(what.section.title)}**`, "", ...proseOf(what.section.lines), ""]
      : [],
  );
}

/** How many names a row of many objects shows. */
const NAMES = 8;

function rowLines(row: Row, level: Level): string[] {
  const names = row.changes.map((change) => code(resourceWord(change)));
  const shown = LOST.has(row.fate) ? names : names.slice(0, NAMES);
  const more = names.length - shown.length;
  const sentence = sentenceOf(row);
  const head = [
    `- ${WORDS[row.fate]} ${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`,
    ...(sentence === "" ? [] : [plain(sentence)]),
    ...(row.causes.length === 0 ? [] : [`by ${firstOf(row.causes, code).join(", ")}`]),
  ].join(" — ");
  const lines = rowPropertyLines(row);
  if (lines.length === 0) return [head];
  const may = mayChange(row);
  if (may !== undefined) return [`${head} (${may})`];
  if (level === "line")
    return [`${head} (${lines.length} ${lines.length === 1 ? "property" : "properties"})`];
  return [head, ...fenced(lines).map((line) => `  ${line}`)];
}

/** What is named without detail, by fate; then how many are not even named. */
function namedLines(parts: readonly Part[]): string[] {
  const rows = parts.flatMap(({ what, level }) => ("row" in what ? [{ ...what, level }] : []));
  const lines = FATES.flatMap((fate) => {
    const names = rows
      .filter(({ row, level }) => row.fate === fate && level === "name")
      .flatMap(({ row }) => row.changes.map((change) => code(resourceWord(change))));
    return names.length === 0 ? [] : [`- ${WORDS[fate]}: ${names.join(", ")}`];
  });
  const left = rows.filter(({ level }) => level === "count");
  const count = left.reduce((sum, { row }) => sum + row.changes.length, 0);
  if (count > 0) lines.push(`- ${count} more that are created or updated`);
  return lines.length === 0 ? [] : [...lines, ""];
}

function item(line: string): string {
  return `- ${plain(line)}`;
}

function aboutLines(review: Compared, shown: Shown): string[] {
  const { renames, encrypted, warnings } = review;
  const left = leftWords(review);
  const lines = [
    ...shown(encrypted.map(encryptedWord), item),
    ...shown(renameWords(renames), item),
    ...(left.length > 0 ? [`- ${left.join("; ")}`] : []),
  ];
  return [
    ...lines,
    ...(lines.length > 0 ? [""] : []),
    ...warningLines("New warnings:", warnings, shown),
  ];
}

function warningLines(title: string, warnings: readonly string[], shown: Shown): string[] {
  return warnings.length === 0
    ? []
    : [title, "", ...fenced(shown(warnings.flatMap((it) => it.split("\n")))), ""];
}

/** The last resort: names of what is lost, and where even these are too many, how many there are. */
function namesOnly(reviews: readonly StackReview[], limit: number, whole: string): string {
  const names = reviews
    .filter(isCompared)
    .flatMap(({ stack, rows }) =>
      rows
        .filter(({ fate }) => LOST.has(fate))
        .flatMap(({ fate, changes }) =>
          changes.map((change) => `${stack}: ${fate} ${resourceWord(change)}`),
        ),
    );
  const end = `_Too long for a comment: the whole is in ${plain(whole)}._\n`;
  const summaries = firstOf(
    reviews.flatMap((review) =>
      summaryLines(extrasOf(review)).map((line) => `- ${plain(review.stack)}: ${line.slice(2)}`),
    ),
  );
  const worst = reviews.find((review) => !isUnchanged(review));
  const lost =
    names.length === 0
      ? []
      : [
          names.length === 1
            ? "1 resource is deleted or replaced:"
            : `${names.length} resources are deleted or replaced:`,
          "",
        ];
  const head = worst === undefined ? "no change" : plain(shortened(headline(worst)));
  let page = [MARKER, `### ${head}`, "", ...summaries, ...(summaries.length > 0 ? [""] : [])].join(
    "\n",
  );
  page += `\n${lost.join("\n")}${lost.length > 0 ? "\n" : ""}`;
  let left = names.length;
  for (const name of names) {
    const line = `- ${code(name)}\n`;
    const rest = `\n${left} more are not named here.\n\n${end}`;
    if (size(page) + size(line) + size(rest) > limit)
      return `${page}\n${left} more are not named here.\n\n${end}`;
    page += line;
    left--;
  }
  return `${page}\n${end}`;
}
