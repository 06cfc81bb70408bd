import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { MARKER, markdownOf } from "../../../review/print/markdown";
import { comparedStacks, MARKUP, otherStacks } from "../../review/print/generated";

/*
 * Comments as GitHub's own parser reads them, whatever names and values hold.
 */

const PARSER = "cmark-gfm";
const EXTENSIONS = ["autolink", "table", "strikethrough", "tagfilter"];

/** The document as XML: an element for each block and each piece of text. */
function parsed(page: string): string {
  const args = ["--to", "xml", ...EXTENSIONS.flatMap((name) => ["--extension", name])];
  const { status, stdout, stderr, error } = spawnSync(PARSER, args, {
    encoding: "utf8",
    input: page,
  });
  assert.equal(status, 0, error ? `${PARSER} is not on PATH: apt-get install cmark-gfm` : stderr);
  return stdout;
}

/** What in a comment is no text of ours: links, images, HTML, tables, headings, and what GitHub finds in text. */
function foreign(page: string): string[] {
  const xml = parsed(page);
  const found = [
    ...xml.matchAll(
      /<(link|image|html_inline|table|thematic_break|block_quote|list type="ordered")\b/g,
    ),
  ];
  const html = [...xml.matchAll(/<html_block[^>]*>([^<]*)</g)].map(([, text]) => plain(text));
  const headings = [...xml.matchAll(/<heading level="(\d)"/g)].map(([, level]) => Number(level));
  return [
    ...found.map(([, what = ""]) => what),
    ...html.filter((it) => it.trim() !== MARKER).map((it) => `html ${it}`),
    ...headings.filter((level, index) => level !== (index === 0 ? 3 : 4)).map((it) => `h${it}`),
    ...texts(xml).flatMap((text) => text.match(/@[a-z\d]\S*|#\d+|\bGH-\d+/gi) ?? []),
  ];
}

/** The text of each paragraph, heading and item, without what is code: there GitHub looks for nothing. */
function texts(xml: string): string[] {
  return [...xml.matchAll(/<(paragraph|heading)\b[^>]*>([^]*?)<\/\1>/g)].map(([, , inner = ""]) =>
    [...inner.matchAll(/<(text|code)\b[^>]*>([^<]*)</g)]
      .map(([, kind, text]) => (kind === "code" ? " ` " : plain(text)))
      .join(""),
  );
}

function plain(text = ""): string {
  return text
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, "&");
}

describe("the comment, by GitHub's own parser", function () {
  this.timeout(120_000);

  it("has nothing in it that pings people, points at issues, links or is markup", () => {
    let fences = 0;
    fc.assert(
      fc.property(comparedStacks, otherStacks, (review, others) => {
        const page = markdownOf([review, ...others], { limit: 40_000 });
        const found = foreign(page);
        assert.deepEqual(
          found,
          [],
          found.length === 0 ? undefined : `${found.join(", ")} in\n${page}`,
        );
        fences += parsed(page).match(/<code_block/g)?.length ?? 0;
      }),
      { numRuns: 60, endOnFailure: true },
    );
    assert.ok(fences > 400, `${fences} blocks of code`);
  });

  it("(control) finds each of them where it is not escaped", () => {
    const active = MARKUP.filter((text) => foreign(`${MARKER}\n### a\n\n${text}`).length > 0);
    for (const text of [
      "@everyone",
      "fixes #123",
      "GH-12",
      "https://evil.test/a",
      "www.evil.test",
    ]) {
      assert.ok(active.includes(text), text);
    }
    assert.ok(active.length > 12, active.join("\n"));
  });

  it("(control) sees a line that leaves its list", () => {
    const page = `${MARKER}\n### a\n\n- b\n\n  \`\`\`\n  x\n@team\n  \`\`\`\n`;
    assert.deepEqual(foreign(page), ["@team"]);
  });
});
