import { FATE_WORDS, LOST } from "../change";
import type { ExtraSection } from "../extraSections";
import type { Row } from "../fold";
import { countsOf, headline, sentenceOf } from "../headline";
import {
  extrasOf,
  isUnchanged,
  ordered,
  type Alone,
  type Compared,
  type StackReview,
  spoken,
} from "../review";
import { STYLE } from "./htmlStyle";
import {
  encryptedWord,
  leftWords,
  oneLine,
  renameWords,
  resourceWord,
  rowPropertyLines,
} from "./words";

/*
 * All of it as one page for a browser, with nothing left out: no script, nothing that is loaded from elsewhere.
 */

/** From this number of lines on, what differs is folded. */
const MANY = 12;

/** The picture of a stack as inline SVG, whose ids begin with `id`; undefined: it has none. */
export type Draw = (review: StackReview, id: string) => string | undefined;

/** @param draw default: there are no pictures */
export function htmlOf(all: readonly StackReview[], draw: Draw = () => undefined): string {
  const reviews = ordered(all);
  const changed = reviews.filter((review) => !isUnchanged(review));
  const same = reviews.filter(isUnchanged).map(({ stack }) => stack);
  const [first] = changed;
  const title = first ? headline(first) : `no change in ${same.join(", ")}`;
  return [
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    // Whatever a value holds, nothing of it is run or loaded.
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    '<meta name="color-scheme" content="light dark">',
    `<title>${text(title)}</title>`,
    `<style>${STYLE}</style>`,
    "</head>",
    "<body>",
    "<main>",
    `<h1>${text(title)}</h1>`,
    ...contentsOf(changed),
    ...changed.flatMap((review) => stackOf(review, draw)),
    ...(first && same.length > 0
      ? [`<p class="faint">no change in ${text(same.join(", "))}</p>`]
      : []),
    "</main>",
    "</body>",
    "</html>",
    "",
  ].join("\n");
}

function contentsOf(changed: readonly StackReview[]): string[] {
  if (changed.length < 2) return [];
  const items = changed.map(
    (review) => `<li><a href="#${id(review.stack)}">${text(headline(review))}</a></li>`,
  );
  return ["<nav><ul>", ...items, "</ul></nav>"];
}

function stackOf(review: StackReview, draw: Draw): string[] {
  const open = `<section id="${id(review.stack)}">`;
  if (review.kind === "removed") return [open, heading(headline(review)), "</section>"];
  if (review.kind === "failed") {
    return [open, heading(headline(review)), block(review.why), "</section>"];
  }
  return [
    open,
    ...(review.kind === "alone" ? aloneOf(review) : comparedOf(review, draw)),
    ...extrasOf(review).flatMap(detailOf),
    ...warningsOf(review),
    "</section>",
  ];
}

function aloneOf(review: Alone): string[] {
  return [
    heading(`${review.stack}: ${review.planned} resources are planned now`),
    ...summaryOf(spoken(review.sections)),
    "<p>It cannot be planned before this change:</p>",
    block(review.why),
  ];
}

function comparedOf(review: Compared, draw: Draw): string[] {
  const picture = draw(review, `${id(review.stack)}-picture`);
  return [
    heading(`${review.stack}: ${countsOf(review)}`),
    ...summaryOf(spoken(review.sections)),
    ...(review.refusal === undefined
      ? []
      : ["<p><code>pulumi up</code> refuses this:</p>", block(review.refusal)]),
    ...(picture === undefined ? [] : ["<figure>", picture.trim(), "</figure>"]),
    ...review.rows.map(rowOf),
    ...aboutOf(review),
  ];
}

function summaryOf(sections: readonly ExtraSection[]): string[] {
  if (sections.length === 0) return [];
  const items = sections.map(({ title, summary, fails }) => {
    const why = fails === undefined ? "" : ` <strong>${text(fails)}</strong>`;
    return `<li><b>${text(title)}</b>: ${text(summary)}${why}</li>`;
  });
  return ["<ul>", ...items, "</ul>"];
}

function rowOf(row: Row): string {
  const { fate, changes, causes } = row;
  const names = changes.map((change) => `<code>${text(resourceWord(change))}</code>`).join(", ");
  const sentence = sentenceOf(row);
  const lines = rowPropertyLines(row);
  return [
    `<article class="${LOST.has(fate) ? "lost" : fate === "created" ? "new" : "kept"}">`,
    `<p><b class="fate">${FATE_WORDS[fate]}</b> ${names}</p>`,
    ...(sentence === "" ? [] : [`<p>${text(sentence)}</p>`]),
    ...(lines.length === 0 ? [] : [folded(block(lines.join("\n")), lines.length, "properties")]),
    ...(causes.length === 0
      ? []
      : [`<p class="faint">by ${causes.map((it) => `<code>${text(it)}</code>`).join(", ")}</p>`]),
    "</article>",
  ].join("\n");
}

function folded(html: string, count: number, what: string): string {
  return count < MANY ? html : `<details><summary>${count} ${what}</summary>\n${html}\n</details>`;
}

function aboutOf(review: Compared): string[] {
  const lines = [
    ...review.encrypted.map(encryptedWord),
    ...renameWords(review.renames),
    ...leftWords(review),
  ];
  return lines.length === 0 ? [] : ["<ul>", ...lines.map((it) => `<li>${text(it)}</li>`), "</ul>"];
}

function warningsOf(review: Alone | Compared): string[] {
  if (review.warnings.length === 0) return [];
  return [
    `<p>${review.kind === "alone" ? "Warnings" : "New warnings"}:</p>`,
    ...review.warnings.map((warning) => block(warning)),
  ];
}

function detailOf({ title, lines }: ExtraSection): string[] {
  if (lines.length === 0) return [];
  return [`<h3>${text(title)}</h3>`, folded(block(lines.join("\n")), lines.length, "lines")];
}

function heading(words: string): string {
  return `<h2>${text(words)}</h2>`;
}

/** Lines as they are. */
function block(lines: string): string {
  return `<pre>${lines.split("\n").map(text).join("\n")}</pre>`;
}

/** Names of stacks are letters, digits, dots, hyphens and underscores. */
function id(stack: string): string {
  return `stack-${stack.replace(/[^\w.-]/g, "_")}`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function text(words: string): string {
  return oneLine(words).replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? "");
}
