import assert from "node:assert/strict";
import { cases } from "../lib/case";
import { ranks, seen, seenOf } from "../lib/seen";

/** revalidateTag and revalidatePath, from a route. */
export const revalidateRoutes = cases("revalidatetag, revalidatepath", "router", (it) => {
  it("a tag: pages with it are new, others stay", async (site) => {
    const before = await site.same("/tagged/one", "tagged");
    const other = await site.same("/tagged/two", "tagged");
    await site.control("tag=tag-one");
    const after = await site.three("/tagged/one");
    assert.ok((after[0]?.value("tagged") ?? 0) > before);
    assert.equal(new Set(after.map((answer) => answer.value("tagged"))).size, 1);
    assert.equal(await site.same("/tagged/two", "tagged"), other);
    return seenOf(after);
  });

  it("a tag of a page that the build made", async (site) => {
    const before = await site.same("/tagged/built", "tagged");
    await site.control("tag=tag-built");
    const after = await site.three("/tagged/built");
    assert.ok((after[0]?.value("tagged") ?? 0) > before);
    return seenOf(after);
  });

  it("a tag that two pages have", async (site) => {
    const paths = ["/tagged/pair-a", "/tagged/pair-b"];
    const before = await Promise.all(paths.map((path) => site.same(path, "tagged")));
    await site.control("tag=group-pair");
    const after = await Promise.all(paths.map((path) => site.same(path, "tagged")));
    assert.ok(after.every((value, i) => value > (before[i] ?? 0)));
  });

  it("two tags in one request", async (site) => {
    const paths = ["/tagged/both1", "/tagged/both2"];
    const before = await Promise.all(paths.map((path) => site.same(path, "tagged")));
    await site.control("tag=tag-both1&tag=tag-both2");
    const after = await Promise.all(paths.map((path) => site.same(path, "tagged")));
    assert.ok(after.every((value, i) => value > (before[i] ?? 0)));
  });

  it("a tag with letters beyond ASCII, blanks and commas", async (site) => {
    const slug = "grün, rot";
    const path = `/tagged/${encodeURIComponent(slug)}`;
    const before = await site.same(path, "tagged");
    await site.control(`tag=${encodeURIComponent(`tag-${slug}`)}`);
    return ranks([before, await site.same(path, "tagged")]);
  });

  it("a tag in other letters, and a part of a tag, revalidate nothing", async (site) => {
    const before = await site.same("/tagged/exact", "tagged");
    await site.control("tag=TAG-EXACT&tag=tag-exac&tag=tag-exact-and-more");
    assert.equal(await site.same("/tagged/exact", "tagged"), before);
  });

  it("a tag that nothing has, and one that is too long", async (site) => {
    const known = await site.control("tag=nothing-has-this");
    const long = await site.control(`tag=${"x".repeat(300)}`);
    return seenOf([known, long]);
  });

  it("a tag again and again: each time new", async (site) => {
    const shown = [await site.same("/tagged/again", "tagged")];
    for (let i = 0; i < 3; i++) {
      await site.control("tag=tag-again");
      shown.push(await site.same("/tagged/again", "tagged"));
    }
    assert.deepEqual(ranks(shown), [0, 1, 2, 3]);
  });

  it(
    "a tag with a profile: shown once more while it is made anew",
    async (site) => {
      const path = "/tagged/profile";
      const before = await site.same(path, "tagged");
      await site.control("tag=tag-profile&profile=max");
      const stale = await site.page(path);
      assert.equal(stale.value("tagged"), before, "a visitor waited");
      const after = await site.newer(path, "tagged", before);
      await site.settle(300);
      assert.ok((await site.same(path, "tagged")) >= after);
      return seen(stale);
    },
    { since: 16 },
  );

  it(
    "a tag with a profile, of a page that the build made",
    async (site) => {
      const path = "/tagged/seed-max";
      const before = await site.same(path, "tagged");
      await site.control("tag=tag-seed-max&profile=max");
      const stale = await site.page(path);
      assert.equal(stale.value("tagged"), before, "a visitor waited");
      const after = await site.newer(path, "tagged", before);
      await site.settle(300);
      assert.ok((await site.same(path, "tagged")) >= after);
      return seen(stale);
    },
    { since: 16 },
  );

  it(
    "a tag with a profile, of a page whose rendering fails: still shown",
    async (site) => {
      const path = "/forever/profile-fails";
      const before = await site.same(path, "forever");
      site.origin.failing.add("forever-profile-fails");
      await site.control("tag=_N_T_/forever/profile-fails&profile=max");
      const shown = await site.three(path);
      for (const answer of shown) assert.equal(answer.value("forever"), before);
      site.origin.failing.delete("forever-profile-fails");
      const after = await site.newer(path, "forever", before);
      await site.settle(300);
      assert.ok((await site.same(path, "forever")) >= after);
      return seenOf(shown.slice(0, 1));
    },
    { since: 16 },
  );

  it(
    "a tag with an end: gone when it is over",
    async (site) => {
      const before = await site.same("/tagged/end", "tagged");
      await site.control("tag=tag-end&expire=1");
      await site.settle(1300);
      assert.ok((await site.value("/tagged/end", "tagged")) > before);
    },
    { since: 16 },
  );

  it(
    "a tag without a profile",
    async (site) => {
      const before = await site.same("/tagged/bare", "tagged");
      await site.control("tag=tag-bare&bare=1");
      assert.ok((await site.same("/tagged/bare", "tagged")) > before);
    },
    { since: 16 },
  );

  it("a path: the page, and not the one beside it", async (site) => {
    const before = await site.same("/forever/path", "forever");
    const other = await site.same("/forever/path-2", "forever");
    await site.control("path=/forever/path");
    const after = await site.three("/forever/path");
    assert.ok((after[0]?.value("forever") ?? 0) > before);
    assert.equal(await site.same("/forever/path-2", "forever"), other);
    return seenOf(after);
  });

  it("a path with a slash at its end", async (site) => {
    const before = await site.same("/forever/slash", "forever");
    await site.control("path=/forever/slash/");
    return ranks([before, await site.same("/forever/slash", "forever")]);
  });

  it("a path with letters beyond ASCII", async (site) => {
    const path = `/forever/${encodeURIComponent("größe")}`;
    const before = await site.same(path, "forever");
    await site.control(`path=${encodeURIComponent(path)}`);
    const encoded = await site.same(path, "forever");
    await site.control(`path=${encodeURIComponent("/forever/größe")}`);
    return ranks([before, encoded, await site.same(path, "forever")]);
  });

  it("a pattern: all pages of it", async (site) => {
    const paths = ["/wild/p1", "/wild/p2/x"];
    const before = await Promise.all(paths.map((path) => site.same(path, "wild")));
    await site.control(`path=${encodeURIComponent("/wild/[...all]")}&type=page`);
    const after = await Promise.all(paths.map((path) => site.same(path, "wild")));
    assert.ok(after.every((value, i) => value > (before[i] ?? 0)));
  });

  it("a pattern in a route group", async (site) => {
    const before = await site.same("/grouped/one", "grouped");
    await site.control(`path=${encodeURIComponent("/(group)/grouped/[slug]")}&type=page`);
    const after = await site.same("/grouped/one", "grouped");
    assert.ok(after > before);
    await site.control(`path=/grouped/one`);
    assert.ok((await site.same("/grouped/one", "grouped")) > after);
  });

  it("a layout: the pages below it", async (site) => {
    const page = await site.same("/frames/a", "frame");
    const inner = await site.same("/frames/b/inner", "inner");
    const outside = await site.same("/forever/outside", "forever");
    await site.control(`path=${encodeURIComponent("/frames/[slug]")}&type=layout`);
    assert.ok((await site.same("/frames/a", "frame")) > page);
    assert.ok((await site.same("/frames/b/inner", "inner")) > inner);
    assert.equal(await site.same("/forever/outside", "forever"), outside);
  });

  it("data of a layout and data of its page have tags of their own", async (site) => {
    const before = [await site.same("/parts/own", "layout"), await site.same("/parts/own", "page")];
    await site.control("tag=parts-layout-own");
    const after = [await site.same("/parts/own", "layout"), await site.same("/parts/own", "page")];
    assert.ok((after[0] ?? 0) > (before[0] ?? 0), "the layout's data stayed");
    assert.equal(after[1], before[1], "the page's data did not stay");
  });

  it("a path: the data of a dynamic page that is kept", async (site) => {
    const before = await site.same("/fetch/force-cache/by-path", "first");
    await site.control("path=/fetch/force-cache/by-path");
    assert.ok((await site.same("/fetch/force-cache/by-path", "first")) > before);
  });

  it("a path that no page has", async (site) => seen(await site.control("path=/no/such/page")));

  it("within a rendering it is refused", async (site) => {
    const all = [await site.get("/in-render/path"), await site.get("/in-render/tag")];
    assert.deepEqual(
      all.map(({ status }) => status),
      [500, 500],
    );
    return seenOf(all);
  });

  it(
    "updateTag and refresh are refused in a route",
    async (site) => {
      const all = [await site.get("/control?update=x"), await site.get("/control?refresh=1")];
      assert.deepEqual(
        all.map(({ status }) => status),
        [500, 500],
      );
      return seenOf(all);
    },
    { since: 16 },
  );
});
