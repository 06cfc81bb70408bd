import { FATE_WORDS } from "../change";
import type { Row } from "../fold";
import { countsOf, headline, sentenceOf } from "../headline";
import { isUnchanged, ordered, spoken, type Compared, type StackReview } from "../review";
import type { ExtraSection } from "../extraSections";
import {
  encryptedWord,
  leftWords,
  oneLine,
  renameWords,
  resourceWord,
  rowPropertyLines,
} from "./words";

/** A line and what it is, for colours. */
export interface TextLine {
  readonly text: string;
  readonly style?: "heading" | "warning" | "faint";
}

/** For the terminal: nothing is left out, and nothing that a name or a value holds controls it. */
export function textOf(reviews: readonly StackReview[]): TextLine[] {
  return linesOf(reviews).map(({ text, ...style }) => ({
    text: oneLine(text),
    ...style,
  }));
}

function linesOf(reviews: readonly StackReview[]): TextLine[] {
  const same = reviews.filter(isUnchanged).map(({ stack }) => stack);
  const lines = ordered(reviews)
    .filter((review) => !isUnchanged(review))
    .flatMap((review): TextLine[] => [
      { text: headline(review), style: "heading" },
      ...bodyOf(review),
      { text: "" },
    ]);
  return same.length === 0 ? lines : [...lines, { text: `no change in ${same.join(", ")}` }];
}

function bodyOf(review: StackReview): TextLine[] {
  if (review.kind === "removed") return [];
  if (review.kind === "failed")
    return review.why.split("\n").map((line) => ({ text: `  ${line}` }));
  if (review.kind === "alone") {
    return [
      ...review.why.split("\n").map((line) => ({ text: `  ${line}` })),
      { text: `  ${review.planned} resources are planned now` },
      ...summaryLines(spoken(review.sections)),
      ...spoken(review.sections).flatMap(sectionLines),
      ...review.warnings.flatMap((text) => warningLines(`warning: ${text}`)),
    ];
  }
  return [
    { text: `  ${countsOf(review)}` },
    ...summaryLines(spoken(review.sections)),
    ...(review.refusal ?? "")
      .split("\n")
      .flatMap((line): TextLine[] =>
        line === "" ? [] : [{ text: `  ${line}`, style: "warning" }],
      ),
    ...review.rows.flatMap(rowLines),
    ...spoken(review.sections).flatMap(sectionLines),
    ...aboutLines(review),
  ];
}

function summaryLines(sections: readonly ExtraSection[]): TextLine[] {
  return sections.flatMap(({ title, summary, fails }): TextLine[] => [
    { text: `  ${title}: ${summary}` },
    ...(fails === undefined ? [] : [{ text: `  ${fails}`, style: "warning" as const }]),
  ]);
}

function sectionLines({ title, lines }: ExtraSection): TextLine[] {
  return lines.length === 0
    ? []
    : [{ text: `  ${title}` }, ...lines.map((line) => ({ text: `    ${line}` }))];
}

function warningLines(text: string): TextLine[] {
  return `  ${text}`.split("\n").map((line) => ({ text: line, style: "warning" }));
}

function rowLines(row: Row): TextLine[] {
  const names = row.changes.map(resourceWord).join(", ");
  const sentence = sentenceOf(row);
  const danger = row.section === "state" || row.section === "protection";
  return [
    { text: `  ${FATE_WORDS[row.fate]} ${names}`, ...(danger && { style: "warning" as const }) },
    ...(sentence === "" ? [] : [{ text: `    ${sentence}` }]),
    ...rowPropertyLines(row).map((line) => ({ text: `    ${line}` })),
    ...(row.causes.length === 0
      ? []
      : [{ text: `    by ${row.causes.join(", ")}`, style: "faint" as const }]),
  ];
}

function aboutLines(review: Compared): TextLine[] {
  const { renames, encrypted, warnings } = review;
  return [
    ...encrypted.map((it) => ({ text: `  ${encryptedWord(it)}` })),
    ...renameWords(renames).map((line) => ({ text: `  ${line}` })),
    ...warnings.flatMap((text) => warningLines(`new warning: ${text}`)),
    ...leftWords(review).map((line) => ({ text: `  ${line}`, style: "faint" as const })),
  ];
}
