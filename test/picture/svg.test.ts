import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { ARCHITECTURE_PICTURE, architecturePicture } from "../../docs/architecture";
import { DARK, LIGHT, type Colours } from "../../picture/colours";
import { SIZES } from "../../picture/content";
import { pictureOf } from "../../picture/picture";
import { FATES } from "../../review/change";
import { pictureBetween, planNamed, plans, withoutParts } from "./helpers";

/** What is wrong with the tags of a text: an element that is not closed, or markup that is none. */
function tagMistakes(svg: string): string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  const rest = svg.replace(
    /<(\/?)([a-zA-Z]+)((?: [\w:-]+="[^"<]*")*)(\/?)>/g,
    (_, end, name, __, alone) => {
      if (end) {
        if (open.pop() !== name) wrong.push(`</${String(name)}>`);
      } else if (!alone) open.push(String(name));
      return "";
    },
  );
  const entities = rest.replace(/&(amp|lt|gt|quot);/g, "");
  return [...wrong, ...open, ...(entities.match(/[<>&]./g) ?? [])];
}

/** How well two colours can be told apart, from 1 to 21. Source: WCAG 2.2, "contrast ratio". */
function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Each text with what it stands on, and each line with what it crosses. */
function textPairs(colours: Colours): [text: string, ground: string][] {
  const grounds = [colours.paper, ...colours.frames.map(({ ground }) => ground)];
  return [
    ...[colours.box, ...grounds].flatMap((ground): [string, string][] => [
      [colours.text, ground],
      [colours.soft, ground],
      ...FATES.map((fate): [string, string] => [colours.fates[fate], ground]),
    ]),
    [colours.app, colours.box],
    [colours.data, colours.box],
    ...FATES.map((fate): [string, string] => [colours.onFate, colours.fates[fate]]),
  ];
}

describe("the picture as SVG", () => {
  it("is README's, as it is in docs/", async function () {
    this.timeout(20_000);
    assert.ok(
      readFileSync(ARCHITECTURE_PICTURE, "utf8") === (await architecturePicture()),
      "docs/architecture.svg is not what the program makes; run: npm run docs",
    );
  });

  it("changes with the program's parts", async () => {
    const plan = await planNamed("prod");
    const whole = pictureOf(plan);
    assert.notEqual(pictureOf(withoutParts(plan, "StaticAssets static-assets")), whole);
    assert.notEqual(pictureOf(withoutParts(plan, "PodFiles pod-files")), whole);
  });

  it("does not depend on the order in which resources are registered", async () => {
    for (const plan of (await plans()).values()) {
      const reversed = { ...plan, resources: [...plan.resources].reverse() };
      assert.equal(pictureOf(reversed), pictureOf(plan));
    }
  });

  it("is well-formed, loads nothing, and says in words what it shows", async () => {
    for (const plan of (await plans()).values()) {
      const svg = pictureOf(plan);
      assert.deepEqual(tagMistakes(svg), []);
      assert.doesNotMatch(
        svg.replace("http://www.w3.org/2000/svg", ""),
        /href|url\((?!#)|@import|<script|<image/,
      );
      assert.match(svg, /role="img" aria-labelledby="np-words np-details"/);
    }
    const svg = pictureOf(await planNamed("prod"));
    assert.match(svg, /<title id="np-words">prod<\/title>/);
    assert.match(
      svg,
      /Next\.js pods, 3 to 20 pods, cpu 1, memory 1Gi — needs Redis: pages; Redis: sessions; namespace; shared folders; the pod's agent\./,
    );
  });

  it("shows names from a config as text, and not as markup", async () => {
    const plan = await planNamed("local");
    const hostile = {
      ...plan,
      stack: 'a"b<script>',
      outputs: { url: "http://x/?a&b<script>\u0007" },
    };
    const svg = pictureOf(hostile);
    assert.deepEqual(tagMistakes(svg), []);
    assert.doesNotMatch(svg, /<script|(?!\n)\p{Cc}/u);
    assert.deepEqual(tagMistakes("<svg><g></svg>"), ["</svg>", "svg"].slice(0, 1).concat("svg"));
    assert.deepEqual(tagMistakes("<svg>a & b</svg>"), ["& "]);
  });

  it("is small, however much changes", async () => {
    for (const plan of (await plans()).values()) {
      assert.ok(pictureBetween(undefined, plan).length < 20_000);
    }
  });

  it("has text of 12 units or more, on a width of 480", async () => {
    assert.ok(Math.min(...Object.values(SIZES)) >= 12);
    const svg = pictureOf(await planNamed("prod"));
    assert.match(svg, /viewBox="0 0 480 /);
    for (const [, size] of svg.matchAll(/font-size:([\d.]+)px/g)) assert.ok(Number(size) >= 12);
  });

  for (const [mode, colours] of Object.entries({ light: LIGHT, dark: DARK })) {
    it(`can be read in ${mode} mode: text has a contrast of 4.5, lines and borders of 3`, () => {
      for (const [text, ground] of textPairs(colours)) {
        assert.ok(contrast(text, ground) >= 4.5, `${text} on ${ground}: ${contrast(text, ground)}`);
      }
      for (const ground of [colours.paper, ...colours.frames.map((it) => it.ground)]) {
        assert.ok(contrast(colours.line, ground) >= 3, `a line on ${ground}`);
      }
      for (const border of [colours.app, colours.data]) {
        for (const { ground } of colours.frames) assert.ok(contrast(border, ground) >= 3);
      }
    });
  }

  it("computes contrasts as WCAG does", () => {
    assert.equal(contrast("#000000", "#ffffff"), 21);
    assert.equal(contrast("#777777", "#777777"), 1);
    assert.ok(contrast("#777777", "#ffffff") < 4.5 && contrast("#767676", "#ffffff") >= 4.5);
  });
});
