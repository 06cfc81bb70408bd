import assert from "node:assert/strict";
import { cases } from "../lib/case";
import { ranks, seen, seenOf } from "../lib/seen";

/** Results of functions and components with 'use cache'. */
export const useCache = cases("use-cache", "components", (it) => {
  it("kept for all, by its arguments", async (site) => {
    const one = await site.same("/use/long/a", "value");
    assert.equal(site.origin.count("long-a"), 1);
    await site.same("/use/long/b", "value");
    assert.equal(site.origin.count("long-b"), 1);
    return [one, seenOf(await site.three("/use/long/a"))];
  });

  it("without cacheLife: the default profile", async (site) => {
    await site.same("/use/plain/a", "value");
    assert.equal(site.origin.count("plain-a"), 1);
  });

  it("the same in a route, and for both", async (site) => {
    const page = await site.same("/use/long/both", "value");
    assert.equal(await site.same("/api/use/long/both", "value"), page);
    return seenOf(await site.three("/api/use/long/both"));
  });

  it("one rendering makes it once, also side by side", async (site) => {
    for (const kind of ["twice", "together"]) {
      const answer = await site.page(`/use/${kind}/once-${kind}`);
      assert.equal(answer.value("value"), answer.value("again"), kind);
      assert.equal(site.origin.count(`long-once-${kind}`), 1, kind);
    }
  });

  it("arguments: objects, dates, undefined and the number of them", async (site) => {
    const one = await site.same("/use/arguments/a", "value");
    const other = await site.same("/use/other-arguments/a", "value");
    assert.notEqual(one, other);
    assert.equal(await site.same("/use/arguments/a", "value"), one);
    assert.equal(site.origin.count("many-a"), 2);
  });

  it("results: Map, Set, Date, BigInt, bytes, undefined, promises", async (site) => {
    const answers = await site.three("/use/types/a");
    assert.deepEqual(
      answers.map((answer) => answer.value("right") >= 6),
      [true, true, true],
    );
    assert.equal(site.origin.count("types-a"), 1);
    return answers.map((answer) => answer.value("right"));
  });

  it("what it closes over is part of the key", async (site) => {
    const short = await site.same("/use/bound/a", "value");
    await site.same("/use/bound/abc", "value");
    assert.equal(await site.same("/use/bound/a", "value"), short);
  });

  it("undefined is a result", async (site) => {
    await site.three("/use/nothing/a");
    assert.equal(site.origin.count("nothing-a"), 1);
  });

  it("a result of 400 kB", async (site) => {
    const answers = await site.three("/use/large/a");
    assert.equal(new Set(answers.map((answer) => answer.value("value"))).size, 1);
    for (const answer of answers) assert.equal(answer.value("end"), 1);
  });

  it("what throws is not kept", async (site) => {
    const path = "/api/use/failing/a";
    const fails = [await site.get(path), await site.get(path)];
    assert.deepEqual(
      fails.map(({ status }) => status),
      [500, 500],
    );
    assert.equal(await site.same(path, "value"), 3);
  });

  it("cookies in it are refused", async (site) => {
    const answers = await site.three("/api/use/cookies/a");
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [500]);
  });

  it("fetches in it: kept with it, and revalidated by their tags and by its own", async (site) => {
    const path = "/use/fetches/a";
    const before = await site.same(path, "value");
    await site.control("tag=fetches-a&tag=fetched-a");
    const after = await site.same(path, "value");
    assert.ok(after > before);
    await site.control("tag=fetched-a");
    return ranks([before, after, await site.same(path, "value")]);
  });

  it("a fetch with no-store in it is kept with it", async (site) => {
    await site.same("/use/no-store/a", "value");
    assert.equal(site.origin.count("no-store-a"), 1);
  });

  it("a fetch with revalidate 0 in it: made for each request", async (site) =>
    ranks(await site.values("/use/zero/a", "value")));

  it("in one another: the inner tag reaches the outer result", async (site) => {
    const path = "/use/outer/a";
    const before = [await site.same(path, "value"), await site.same(path, "inner")];
    await site.control("tag=inner-a");
    const after = [await site.same(path, "value"), await site.same(path, "inner")];
    assert.ok((after[1] ?? 0) > (before[1] ?? 0), "the inner result stayed");
    await site.control("tag=outer-a");
    const last = [await site.same(path, "value"), await site.same(path, "inner")];
    assert.equal(last[1], after[1], "the inner result did not stay");
    return ranks([before[0] ?? 0, after[0] ?? 0, last[0] ?? 0]);
  });

  it("React's cache in it", async (site) => {
    const answer = await site.page("/use/react/a");
    assert.equal(answer.value("value"), answer.value("again"));
    await site.same("/use/react/a", "value");
  });

  it("a tag: new for all at once, and others stay", async (site) => {
    const path = "/use/long/tag";
    const before = await site.same(path, "value");
    const other = await site.same("/use/long/tag-2", "value");
    await site.control("tag=long-tag");
    const after = await site.same(path, "value");
    assert.ok(after > before);
    assert.equal(await site.same("/use/long/tag-2", "value"), other);
    assert.equal(site.origin.count("long-tag"), 2, "it was made more than once");
  });

  it("one hundred tags: the last of them", async (site) => {
    const before = await site.same("/use/many-tags/a", "value");
    await site.control("tag=many-a-99");
    assert.ok((await site.same("/use/many-tags/a", "value")) > before);
  });

  it(
    "a tag with a profile: shown once more while it is made anew",
    async (site) => {
      const path = "/use/long/max";
      const before = await site.same(path, "value");
      await site.control("tag=long-max&profile=max");
      assert.equal(await site.value(path, "value"), before, "a visitor waited");
      const after = await site.newer(path, "value", before);
      await site.settle(300);
      assert.ok((await site.value(path, "value")) >= after);
    },
    { since: 16 },
  );

  it("revalidatePath of the page that uses it", async (site) => {
    const path = "/use/long/path";
    const before = await site.same(path, "value");
    await site.control(`path=${path}`);
    assert.ok((await site.same(path, "value")) > before);
  });

  it("cacheLife in seconds: new when they are over", async (site) => {
    const path = "/use/short/a";
    const before = await site.value(path, "value");
    await site.settle(1300);
    const first = await site.value(path, "value");
    return ranks([before, first, await site.newer(path, "value", before)]);
  });

  it("cacheLife in seconds: the result that fails to be made anew", async (site) => {
    const path = "/use/short/fails";
    const before = await site.value(path, "value");
    site.origin.failing.add("short-fails");
    await site.settle(1300);
    const { body } = await site.get(path);
    await site.settle(300);
    site.origin.failing.delete("short-fails");
    await site.newer(path, "value", before);
    return { old: body.includes(`[[value:${before}]]`) };
  });

  it("'use cache: remote'", async (site) => {
    const before = await site.same("/use/remote/a", "value");
    assert.equal(site.origin.count("remote-a"), 1);
    await site.control("tag=remote-a");
    assert.ok((await site.same("/use/remote/a", "value")) > before);
  });

  it(
    "'use cache: private': nobody's but the visitor's, and nothing is kept",
    async (site) => {
      const ann = await site.three("/private/a", { cookie: "who=ann" });
      const bob = await site.page("/private/a", { cookie: "who=bob" });
      for (const { body } of ann) assert.match(body, /of ann/);
      assert.match(bob.body, /of bob/);
      return [seenOf([...ann, bob]), ranks(ann.map((answer) => answer.value("private")))];
    },
    { since: 16 },
  );

  it("unstable_cache beside it", async (site) => {
    await site.same("/use/stored/a", "value");
    assert.equal(site.origin.count("stored-a"), 1);
  });

  it("headers outside of it choose its key", async (site) => {
    const one = await site.same("/use/header/a", "value", { "x-fixture": "one" });
    await site.same("/use/header/a", "value", { "x-fixture": "two" });
    assert.equal(await site.same("/use/header/a", "value", { "x-fixture": "one" }), one);
  });

  it("children that pass through it are made for each request", async (site) => {
    const answers = await site.three("/children/a");
    assert.equal(new Set(answers.map((answer) => answer.value("frame"))).size, 1);
    assert.equal(new Set(answers.map((answer) => answer.value("child"))).size, 3);
  });

  it("a draft: made for its visitor, and not kept", async (site) => {
    const path = "/use/draft/a";
    const before = await site.same(path, "value");
    const cookie = await site.draftCookie();
    const drafts = await site.three(path, { cookie });
    assert.deepEqual(
      drafts.map((answer) => answer.value("enabled")),
      [1, 1, 1],
    );
    const after = await site.same(path, "value");
    assert.equal(after, before, "the draft was kept");
    return ranks(drafts.map((answer) => answer.value("value")));
  });

  it("sitemap: kept, and revalidated by tag", async (site) => {
    const before = await site.three("/sitemap.xml");
    await site.control("tag=sitemap");
    const after = await site.three("/sitemap.xml");
    assert.notEqual(after[0]?.body, before[0]?.body);
    assert.equal(new Set(after.map(({ body }) => body)).size, 1);
    return [...before, ...after].map((answer) => seen(answer).headers);
  });

  it("after() beside it", async (site) => {
    const answer = await site.page("/after/one");
    await site.asked("after-one", 1);
    return seen(answer);
  });
});
