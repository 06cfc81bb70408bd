import * as assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";

const ROOT = resolve(__dirname, "..");
/** Folders that hold other people's documents, or what a build made. */
const NOT_OURS = new Set(["node_modules", ".git", ".next", "dist"]);

/** The Markdown files below `folder`, by their absolute paths. */
function documents(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return NOT_OURS.has(entry.name) ? [] : documents(path);
    return entry.isFile() && entry.name.endsWith(".md") ? [path] : [];
  });
}

/** The text without code, in which brackets are no links and `#` begins no heading. */
function prose(text: string): string {
  return text.replace(/^ *(```|~~~)[\s\S]*?^ *\1.*$/gm, "").replace(/^ {4,}.*$/gm, "");
}

/** The anchors that GitHub gives the headings of a document: lower case, without punctuation, spaces as hyphens. */
function anchors(text: string): string[] {
  const seen = new Map<string, number>();
  return [...prose(text).matchAll(/^#{1,6} +(.*)$/gm)].map(([, heading = ""]) => {
    const slug = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replaceAll(/\s/g, "-");
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  });
}

/** The links of a document that leave no repository: `file`, `file#anchor`, `#anchor`. */
function relativeLinks(text: string): string[] {
  const targets = [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
  return targets.filter((target) => !/^[a-z][a-z0-9+.-]*:/i.test(target));
}

/** What is wrong with the links of the documents below `folder`: `document: target`. */
function broken(folder: string): string[] {
  return documents(folder).flatMap((path) => {
    const text = readFileSync(path, "utf8");
    const wrong = relativeLinks(text).filter((target) => {
      const [file = "", anchor] = target.split("#");
      const to = file === "" ? path : resolve(dirname(path), file);
      if (!existsSync(to)) return true;
      return anchor !== undefined && !anchors(readFileSync(to, "utf8")).includes(anchor);
    });
    return wrong.map((target) => `${relative(folder, path)}: ${target}`);
  });
}

describe("the links of the documents", () => {
  it("lead to files and headings that are there", () => {
    assert.ok(documents(ROOT).length > 20);
    assert.deepEqual(broken(ROOT), []);
  });

  it("are looked up: a missing file, a missing heading and one in code only are told (control)", () => {
    const folder = mkdtempSync(join(tmpdir(), "docs-links-"));
    try {
      const a = [
        "# A\n\n## The `key`, twice\n\n## The `key`, twice\n\n```sh\n# Not a heading\n```\n",
        "[there](b.md) [heading](b.md#a-b) [own](#the-key-twice-1) [out](https://example.com/none.md)",
        "[no file](c.md) [no heading](b.md#c) [code](#not-a-heading)\n",
      ];
      writeFileSync(join(folder, "a.md"), a.join("\n"));
      writeFileSync(join(folder, "b.md"), "# B\n\n## A: [b](a.md)\n");
      assert.deepEqual(broken(folder), ["a.md: c.md", "a.md: b.md#c", "a.md: #not-a-heading"]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
