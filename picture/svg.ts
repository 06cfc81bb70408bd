import { SIZES, type Marks } from "./content";
import { descriptionOf } from "./describe";
import { WIDTH, type Layout } from "./layout";
import type { Graph } from "./part";
import { escaped, shapesOf, text } from "./shapes";
import { styleSheet } from "./styles";
import { wordLines } from "./text";

/*
 * Pictures as SVG: no script, no font, nothing from elsewhere, so that it can be shown as an image. Colours follow the
 * reader's light or dark mode, on a ground of its own, so that text can be read on any page.
 */

/** One stack: a picture, sentences, or both. */
export interface Figure {
  /** Above the picture. */
  readonly sentences: readonly string[];
  readonly drawing?: Drawing;
}

export interface Drawing {
  readonly graph: Graph;
  readonly layout: Layout;
  readonly marks: Marks;
  readonly heading: string;
}

const LINE = 20;
const BETWEEN = 14;

/**
 * Figures one below the other.
 * @param id what the ids in it begin with: a page that holds several pictures gives each its own
 */
export function svgOf(title: string, figures: readonly Figure[], id = "np"): string {
  let y = 0;
  const shapes = figures.flatMap(({ sentences, drawing }, index) => {
    if (index > 0) y += BETWEEN;
    const lines = sentences.flatMap((it) => wordLines(it, SIZES.title, WIDTH - 20, true));
    const words = lines.map((line) => text(10, (y += LINE), line, "np-title"));
    if (lines.length > 0) y += BETWEEN / 2;
    if (!drawing) return words;
    const { layout, marks, heading } = drawing;
    const group = `<g transform="translate(0 ${y})">`;
    y += layout.height;
    return [...words, group, ...shapesOf(layout, marks, heading, id), "</g>"];
  });
  const words = figures.flatMap(({ sentences, drawing }) => [
    ...sentences,
    ...(drawing ? [descriptionOf(drawing.graph, drawing.marks)] : []),
  ]);
  const height = Math.ceil(y);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="np" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="${id}-words ${id}-details">`,
    `<title id="${id}-words">${escaped(title)}</title>`,
    `<desc id="${id}-details">${escaped(words.join("\n"))}</desc>`,
    `<style>${styleSheet()}</style>`,
    `<defs><marker id="${id}-arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 0 10 5 0 10z" class="np-tip"/></marker></defs>`,
    `<rect class="np-paper" width="${WIDTH}" height="${height}" rx="8"/>`,
    ...shapes,
    "</svg>",
    "",
  ].join("\n");
}
