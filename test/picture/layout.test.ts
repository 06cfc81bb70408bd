import * as assert from "node:assert/strict";
import { SIZES } from "../../picture/content";
import { WIDTH, type Layout, type Placed } from "../../picture/layout";
import { drawn } from "../../picture/picture";
import { fitted, widthOf, wordLines } from "../../picture/text";
import { comparedWith, planNamed, plans, withoutParts } from "./helpers";

type Rect = Pick<Placed, "left" | "right" | "top" | "bottom">;

function isInside(inner: Rect, outer: Rect): boolean {
  return (
    inner.left >= outer.left &&
    inner.right <= outer.right &&
    inner.top >= outer.top &&
    inner.bottom <= outer.bottom
  );
}

function overlap(a: Rect, b: Rect): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

function pairs<T>(items: readonly T[]): [T, T][] {
  return items.flatMap((a, index) => items.slice(index + 1).map((b): [T, T] => [a, b]));
}

/** Everything that a reader would call a mistake. */
function mistakes({ frames, boxes, lines, height }: Layout): string[] {
  const paper = { left: 0, right: WIDTH, top: 0, bottom: height };
  const placed = [...frames, ...boxes];
  const name = ({ part }: Placed) => part.title;
  return [
    ...placed.filter((it) => !isInside(it, paper)).map((it) => `${name(it)} is off the paper`),
    ...pairs(boxes)
      .filter(([a, b]) => overlap(a, b))
      .map(([a, b]) => `${name(a)} is on ${name(b)}`),
    ...pairs(placed)
      .filter(([a, b]) => overlap(a, b) && !isInside(a, b) && !isInside(b, a))
      .map(([a, b]) => `${name(a)} is half in ${name(b)}`),
    ...placed.flatMap((it) => textMistakes(it)),
    ...lines.flatMap(({ from, to, points }) =>
      pairs(points.map((_, index) => index))
        .filter(([a, b]) => b === a + 1)
        .flatMap(([a, b]) => {
          const [[x1, y1], [x2, y2]] = [points[a] ?? [0, 0], points[b] ?? [0, 0]];
          const on = {
            left: Math.min(x1, x2) + 0.5,
            right: Math.max(x1, x2) - 0.5,
            top: Math.min(y1, y2) + 0.5,
            bottom: Math.max(y1, y2) - 0.5,
          };
          const line = {
            ...on,
            right: Math.max(on.right, on.left),
            bottom: Math.max(on.bottom, on.top),
          };
          const crossed = boxes.filter((box) => !(x1 !== x2 && y1 !== y2) && crosses(line, box));
          return [
            ...(x1 !== x2 && y1 !== y2 ? [`${from} to ${to} is not straight`] : []),
            ...crossed.map((box) => `${from} to ${to} runs through ${name(box)}`),
          ];
        }),
    ),
    ...pairs(lines)
      .filter(([a, b]) => a.points.at(-1)?.join() === b.points.at(-1)?.join())
      .map(([a, b]) => `${a.from} and ${b.from} end in one place`),
  ];
}

function crosses(line: Rect, box: Rect): boolean {
  return (
    line.left <= box.right &&
    line.right >= box.left &&
    line.top <= box.bottom &&
    line.bottom >= box.top
  );
}

function textMistakes({ part, content, left, right, bottom, top }: Placed): string[] {
  const room = right - left;
  const isFrame = "frame" in part.place;
  const texts = isFrame
    ? [widthOf([content.title, ...content.facts].join(" "), SIZES.text, true)]
    : [
        widthOf(content.title, SIZES.title, true),
        ...content.facts.map((fact) => widthOf(fact, SIZES.text)),
      ];
  return [
    ...texts.filter((width) => width > room).map(() => `${part.title} has too much text`),
    ...content.chips
      .filter(({ x, y, width }) => x + width > room || top + y + 20 > bottom)
      .map(({ text }) => `${text} is not in ${part.title}`),
    ...pairs(content.chips)
      .filter(([a, b]) => a.y === b.y && a.x + a.width > b.x)
      .map(([a, b]) => `${a.text} is on ${b.text}`),
  ];
}

describe("the layout of a picture", () => {
  it("has no mistake with any stack", async function () {
    this.timeout(20_000);
    for (const [name, plan] of await plans()) {
      assert.deepEqual([name, ...mistakes(drawn(plan).layout)], [name]);
    }
  });

  it("has none where everything is marked, nor with any one part alone or left out", async () => {
    const plan = await planNamed("prod");
    const parts = drawn(plan).graph.parts.map(({ component }) => component);
    assert.ok(parts.length > 15);
    const some = [
      ...parts.map((part) => withoutParts(plan, part)),
      ...parts.map((part) => withoutParts(plan, ...parts.filter((it) => it !== part))),
      withoutParts(plan, ...parts),
    ];
    for (const other of some) {
      assert.deepEqual(mistakes(drawn(other).layout), []);
      assert.deepEqual(mistakes(drawn(other, { before: plan, changes: [] }).layout), []);
    }
    const all = comparedWith(undefined, plan);
    assert.deepEqual(mistakes(drawn(plan, all).layout), []);
  });

  it("draws a line for each reference between two boxes, and the visitors", async () => {
    const { graph, layout } = drawn(await planNamed("prod"));
    const title = new Map(graph.parts.map((part) => [part.id, part.title]));
    const lines = layout.lines.map(({ from, to, label }) =>
      [title.get(from) ?? from, "to", title.get(to), label && `(${label})`]
        .filter(Boolean)
        .join(" "),
    );
    assert.deepEqual(lines.sort(), [
      "Ingress to Next.js pods (all other paths)",
      "Ingress to static-assets pods (/_next/static)",
      "Next.js pods to Redis: pages",
      "Next.js pods to Redis: sessions",
      "Next.js pods to shared folders",
      "nginx, the ingress controller to Ingress",
      "shared folders to EFS",
      "static-assets pods to Next.js pods",
      "static-assets pods to shared folders",
      "visitors to nginx, the ingress controller",
    ]);
  });

  it("is found wrong if boxes overlap, leave their frame or hide a line", async () => {
    const { layout } = drawn(await planNamed("local"));
    const moved = (title: string, by: number) =>
      mistakes({
        ...layout,
        boxes: layout.boxes.map((box) =>
          box.part.title === title ? { ...box, left: box.left + by, right: box.right + by } : box,
        ),
      });
    assert.ok(moved("static-assets pods", -150).includes("Next.js pods is on static-assets pods"));
    assert.ok(moved("Ingress", -30).some((it) => it.includes("is half in")));
    assert.ok(moved("Ingress", -200).some((it) => it.includes("Ingress is off the paper")));
    const low = layout.boxes.map((box) =>
      box.part.title === "Ingress" ? { ...box, bottom: box.bottom + 9 } : box,
    );
    assert.ok(
      mistakes({ ...layout, boxes: low }).some((it) => it.includes("runs through Ingress")),
    );
  });

  it("cuts what is too long, and nothing else", () => {
    const room = widthOf("Redis: sessions", 14, true);
    assert.equal(fitted("Redis: sessions", 14, room, true), "Redis: sessions");
    assert.equal(fitted("Redis: sessions", 14, room - 1e-9, true), "Redis: sessions");
    const cut = fitted("Redis: sessions and more", 14, room, true);
    assert.match(cut, /^Redis: ses.*…$/);
    assert.ok(widthOf(cut, 14, true) <= room);
    assert.equal(fitted("x", 14, 0), "…");
    const words = "the Redis of sessions is deleted and all visitors are logged out";
    const lines = wordLines(words, 14, 150);
    assert.equal(lines.join(" "), words);
    for (const line of lines) assert.ok(widthOf(line, 14) <= 150);
    const long = wordLines("word ".repeat(100), 14, 150);
    assert.equal(long.length, 4);
    assert.match(long.at(-1) ?? "", /…$/);
  });
});
