import { CHIP, LINE, PADDING, SIZES, type Marks } from "./content";
import { toneOf } from "./describe";
import {
  VISITORS_HEIGHT,
  VISITORS_WIDTH,
  WIDTH,
  type Layout,
  type Line,
  type Placed,
} from "./layout";
import { fateClass } from "./styles";
import { fitted, widthOf } from "./text";

/**
 * All shapes of one picture, the lowest first.
 * @param id as in `svgOf`
 */
export function shapesOf(layout: Layout, marks: Marks, heading: string, id: string): string[] {
  return [
    ...layout.frames.map((frame) => frameShape(frame, marks)),
    ...layout.lines.map((line) => pathOf(line, id)),
    ...layout.frames.flatMap((frame) => frameText(frame, marks)),
    ...layout.boxes.flatMap((box) => boxShape(box, marks)),
    ...layout.lines.flatMap(labelOf),
    ...topOf(layout, heading),
  ];
}

function classes(...names: (string | false | undefined)[]): string {
  return names.filter(Boolean).join(" ");
}

function frameShape({ part, left, right, top, bottom }: Placed, marks: Marks): string {
  const mark = marks.get(part.id);
  const kind = "frame" in part.place ? `np-${part.place.frame}` : "";
  const name = classes(kind, part.existing && "np-existing", mark && fateClass(mark.fate));
  return rect(left, top, right - left, bottom - top, 8, name);
}

function frameText({ content, left, top }: Placed, marks: Marks): string[] {
  const { title, facts } = content;
  const y = top + 19;
  const x = left + PADDING;
  const after = x + widthOf(title, SIZES.text, true) + 6;
  return [
    text(x, y, title, "np-bold"),
    ...facts.map((fact) => text(after, y, fact, "np-soft np-small")),
    ...chipShapes({ content, left, top }, marks),
  ];
}

function boxShape(box: Placed, marks: Marks): string[] {
  const { part, content, left, right, top, bottom } = box;
  const mark = marks.get(part.id);
  const tone = toneOf(part);
  const name = classes(
    "np-box",
    tone && `np-${tone}`,
    part.existing && "np-existing",
    mark && fateClass(mark.fate),
  );
  const x = left + PADDING;
  const title = text(
    x,
    top + PADDING + 13,
    content.title,
    classes("np-title", tone && `np-${tone}-text`),
  );
  return [
    rect(left, top, right - left, bottom - top, 6, name),
    title,
    ...content.facts.map((fact, index) =>
      text(x, top + PADDING + 14 + LINE * (index + 1), fact, "np-soft"),
    ),
    ...chipShapes(box, marks),
  ];
}

function chipShapes(
  { content, left, top }: Pick<Placed, "content" | "left" | "top">,
  marks: Marks,
): string[] {
  return content.chips.flatMap(({ part, isBadge, bold, text: words, x, y, width }) => {
    const mark = marks.get(part.id);
    const fate = mark && fateClass(mark.fate);
    const name = isBadge ? `${fate}-badge` : classes("np-chip", fate);
    const textName = classes("np-small", isBadge && "np-on", !isBadge && bold && "np-bold");
    return [
      rect(left + x, top + y, width, CHIP.height, CHIP.height / 2, name),
      text(left + x + CHIP.padding, top + y + 15, words, textName),
    ];
  });
}

function pathOf({ points }: Line, id: string): string {
  const path = points.map(([x, y]) => `${number(x)} ${number(y)}`).join("L");
  return `<path class="np-line" d="M${path}" marker-end="url(#${id}-arrow)"/>`;
}

/** Beside the end of a line. */
function labelOf({ label, points }: Line): string[] {
  const [x, y] = points.at(-1) ?? [0, 0];
  if (label === undefined) return [];
  const words = fitted(label, SIZES.small, WIDTH / 2 - 40);
  const width = widthOf(words, SIZES.small);
  return [text(Math.min(x + 8, WIDTH - width - 30), y - 14, words, "np-small np-soft")];
}

function topOf({ visitors }: Layout, heading: string): string[] {
  const room = visitors ? visitors.x - VISITORS_WIDTH / 2 - 20 : WIDTH - 20;
  const words = fitted(heading, SIZES.heading, room, true);
  const title = text(10, 25, words, "np-heading");
  if (!visitors) return [title];
  const left = visitors.x - VISITORS_WIDTH / 2;
  const top = visitors.y - VISITORS_HEIGHT / 2;
  return [
    title,
    rect(left, top, VISITORS_WIDTH, VISITORS_HEIGHT, VISITORS_HEIGHT / 2, "np-box"),
    `<text class="np-bold" x="${number(visitors.x)}" y="${number(top + 17)}" text-anchor="middle">visitors</text>`,
  ];
}

function rect(x: number, y: number, width: number, height: number, radius: number, name: string) {
  const [a, b, c, d] = [x, y, width, height].map(number);
  return `<rect class="${name}" x="${a}" y="${b}" width="${c}" height="${d}" rx="${radius}"/>`;
}

export function text(x: number, y: number, words: string, name: string): string {
  return `<text class="${name}" x="${number(x)}" y="${number(y)}">${escaped(words)}</text>`;
}

/** The same on every machine. */
function number(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** In XML; a name in a config may hold what no XML can. */
export function escaped(words: string): string {
  return words
    .replace(/(?!\n)[\p{Cc}\p{Cs}\ufffe\uffff]/gu, "\ufffd")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;");
}
