import * as assert from "node:assert/strict";
import { pictureIn } from "../../../picture/reviews";
import { htmlOf } from "../../../review/print/html";
import { resourceWord } from "../../../review/print/words";
import { aloneOf, reviewOf } from "../../../review/review";
import { extra, plan, planned, recorded } from "../helpers";

/** Elements that are open at the end, or closed without being open. */
function unbalanced(page: string): string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  for (const [element, close = "", name = ""] of page.matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^>]*>/g)) {
    // Those of SVG that are empty close themselves.
    if (name === "meta" || element.endsWith("/>")) continue;
    if (close === "") open.push(name);
    else if (open.pop() !== name) wrong.push(name);
  }
  return [...wrong, ...open];
}

describe("review: the page for browsers", function () {
  this.timeout(60_000);

  it("is whole: every stack, every resource, every property", async () => {
    const before = await planned("prod");
    const after = await planned("prod", {
      "next-on-eks:network.cidr": "10.50.0.0/16",
      "next-on-eks:app.env": { FEATURE: "on" },
    });
    const review = reviewOf(before, after);
    const dev = await planned("dev");
    const page = htmlOf([reviewOf(dev, dev), review]);
    for (const { changes, properties } of review.rows) {
      for (const change of changes) assert.ok(page.includes(resourceWord(change)));
      for (const { path } of properties) {
        assert.ok(page.includes(path.replaceAll('"', "&quot;")), path);
      }
    }
    assert.match(page, /<h1>prod: the network is REPLACED: /);
    assert.match(page, /no change in dev/);
    assert.deepEqual(unbalanced(page), []);
  });

  it("shows what values hold, and runs none of it", () => {
    const nasty = `</pre><script>alert(1)</script><img src=x onerror='a'>&amp;"`;
    const of = (value: string) =>
      plan(recorded("aws:ec2/vpc:Vpc", "<b>v", { inputs: { tags: { [nasty]: value } } }));
    const sections = [extra({ title: nasty, summary: nasty, lines: [nasty], fails: nasty })];
    const page = htmlOf([
      reviewOf(of("a"), of(nasty), { sections }),
      { stack: "s", kind: "failed", why: nasty },
      aloneOf({ ...of("a"), warnings: [nasty] }, nasty, sections),
      { stack: "gone", kind: "removed" },
    ]);
    assert.doesNotMatch(page, /<script|<img|<b>v/);
    assert.match(page, /&lt;script&gt;alert\(1\)&lt;\/script&gt;/);
    assert.match(page, /default-src 'none'/);
    assert.deepEqual(unbalanced(page), []);
  });

  it("has the picture of each stack that changes, with the changed parts marked, and ids that are its own", async () => {
    const [prod, local, dev] = [
      await planned("prod"),
      await planned("local"),
      await planned("dev"),
    ];
    const reviews = [
      reviewOf(prod, await planned("prod", { "next-on-eks:redis.sessions": "shared" })),
      reviewOf(local, await planned("local", { "next-on-eks:app.image": "web:v2" })),
      reviewOf(dev, dev),
      aloneOf({ ...local, stack: "alone" }, "why"),
      { stack: "gone", kind: "removed" as const },
    ];
    const page = htmlOf(reviews, pictureIn);
    assert.deepEqual(unbalanced(page), []);
    const [first = "", second = "", ...others] = page.split("<svg ").slice(1);
    assert.equal(others.length, 0);
    assert.match(first, />− deleted</);
    assert.match(second, />~ 1 updated</);
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    assert.deepEqual([...new Set(ids)], ids);
    const named = [...page.matchAll(/aria-labelledby="([^"]*)"|url\(#([^)]*)\)/g)];
    const targets = named.flatMap(([, ids, id]) => (ids ?? id ?? "").split(" "));
    assert.ok(targets.length > 10);
    assert.deepEqual(
      [...new Set(targets)].filter((id) => !ids.includes(id)),
      [],
    );
    assert.doesNotMatch(htmlOf(reviews), /<svg/);
  });

  it("shows names in a picture as text, and not as markup", async () => {
    const nasty = `"><script>alert(1)</script></svg><img src=x onerror=a>]]>&amp;\u0000`;
    const local = await planned("local");
    const hostile = {
      ...local,
      stack: `x${nasty}`,
      outputs: { url: `http://${nasty}` },
      resources: local.resources.map((it) => ({ ...it, name: it.name + nasty })),
    };
    const page = htmlOf([reviewOf(undefined, hostile)], pictureIn);
    assert.match(page, /<svg /);
    assert.doesNotMatch(page, /<script|<img/);
    assert.ok(!page.includes("\u0000"));
    assert.deepEqual(unbalanced(page), []);
    const raw = htmlOf([reviewOf(undefined, hostile)], () => nasty);
    assert.match(raw, /<script/, "(control) the check would see it");
  });

  it("loads nothing, and says in one line that nothing changes", async () => {
    const dev = await planned("dev");
    const page = htmlOf([reviewOf(dev, dev)]);
    assert.match(page, /<h1>no change in dev<\/h1>/);
    assert.doesNotMatch(page, /src=|url\(|@import|https?:/);
  });

  it("is checked by rules that can fail", () => {
    assert.deepEqual(unbalanced("<p><b></p>"), ["p", "p"]);
  });
});
