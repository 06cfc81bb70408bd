import assert from "node:assert/strict";
import { cases } from "../lib/case";
import { ranks, seenOf } from "../lib/seen";

/** What fetch keeps, by its options and by those of the route. */
export const appFetch = cases("app-static, fetch", "router", (it) => {
  for (const kind of ["plain", "no-store", "revalidate-0"]) {
    it(`${kind}: asked for anew in each request`, async (site) => {
      const path = `/fetch/${kind}/a`;
      await site.different(path, "first");
      return seenOf(await site.three(path));
    });
  }

  for (const kind of ["force-cache", "revalidate-false", "tags"]) {
    it(`${kind}: asked for once`, async (site) => {
      const path = `/fetch/${kind}/a`;
      await site.same(path, "first");
      await site.same(path, "again");
      assert.equal(site.origin.count(`fetch-${kind}-a`), 1);
      return seenOf(await site.three(path));
    });
  }

  it("one rendering asks once for the same address", async (site) => {
    for (const kind of ["plain", "no-store", "force-cache"]) {
      const answer = await site.page(`/fetch/${kind}/dedupe`);
      assert.equal(answer.value("first"), answer.value("again"), kind);
    }
  });

  it("revalidate in seconds: the old data once more, then the new", async (site) => {
    const path = "/fetch/revalidate-1/seconds";
    const before = await site.value(path, "first");
    await site.settle(1300);
    const stale = await site.value(path, "first");
    assert.equal(stale, before, "a visitor waited");
    const after = await site.newer(path, "first", before);
    return ranks([before, stale, after]);
  });

  it("revalidate in seconds: what fails leaves the old data", async (site) => {
    const path = "/fetch/revalidate-1/fails";
    const before = await site.value(path, "first");
    site.origin.failing.add("fetch-revalidate-1-fails");
    await site.settle(1300);
    for (let i = 0; i < 3; i++) {
      assert.equal(await site.value(path, "first"), before);
      await site.settle();
    }
    site.origin.failing.delete("fetch-revalidate-1-fails");
    await site.newer(path, "first", before);
  });

  it("a tag: new for all at once", async (site) => {
    const path = "/fetch/tags/tagged";
    const before = await site.same(path, "first");
    await site.control("tag=fetch-tagged");
    const after = await site.same(path, "first");
    assert.ok(after > before);
    assert.equal(site.origin.count("fetch-tags-tagged"), 2);
  });

  it("the body of a POST is part of the key", async (site) => {
    const one = await site.same("/fetch/post/key?q=one", "first");
    const two = await site.same("/fetch/post/key?q=two", "first");
    assert.notEqual(one, two);
    assert.equal(await site.same("/fetch/post/key?q=one", "first"), one);
  });

  for (const kind of ["header", "header-object"]) {
    it(`${kind}: the headers are part of the key`, async (site) => {
      const one = await site.same(`/fetch/${kind}/key?q=one`, "first");
      const two = await site.same(`/fetch/${kind}/key?q=two`, "first");
      assert.notEqual(one, two);
      assert.equal(await site.same(`/fetch/${kind}/key?q=one`, "first"), one);
    });
  }

  it("an answer that is no success is not kept", async (site) => {
    site.origin.failing.add("failing-fetch-a");
    const fails = await site.three("/failing-fetch/a");
    assert.equal(new Set(fails.map((answer) => answer.value("body"))).size, 3);
    site.origin.failing.delete("failing-fetch-a");
    await site.same("/failing-fetch/a", "body");
    return seenOf(fails);
  });

  it("data of 1.4 MB is kept", async (site) => {
    await site.same("/large/a/1400000", "length");
    assert.equal(site.origin.count("bytes-1400000"), 1);
  });

  it("data of more than 2 MB is whole", async (site) => {
    assert.equal(await site.same("/large/a/2600000", "length"), 2_600_000);
    return { readings: site.origin.count("bytes-2600000") };
  });

  it("fetchCache = force-no-store: nothing is kept", async (site) => {
    await site.different("/fetch-cache/force-no-store/a", "plain");
    await site.different("/fetch-cache/force-no-store/a", "asked");
  });

  it("fetchCache = force-cache: all is kept", async (site) => {
    await site.same("/fetch-cache/force-cache/a", "plain");
    await site.same("/fetch-cache/force-cache/a", "asked");
  });

  it("fetchCache = default-cache: kept where nothing is said", async (site) => {
    await site.same("/fetch-cache/default-cache/a", "plain");
    await site.different("/fetch-cache/default-cache/a", "asked");
  });

  it("fetchCache = default-no-store: kept where it is asked for", async (site) => {
    await site.different("/fetch-cache/default-no-store/a", "plain");
    await site.same("/fetch-cache/default-no-store/a", "asked");
  });

  it("fetchCache = only-no-store", async (site) => {
    await site.different("/fetch-cache/only-no-store/a", "plain");
    await site.different("/fetch-cache/only-no-store/a", "asked");
  });

  it("many visitors at once: the data of all of them is one", async (site) => {
    const path = "/fetch/force-cache/crowd";
    await site.value(path, "first");
    await site.settle();
    const answers = await Promise.all(Array.from({ length: 9 }, () => site.value(path, "first")));
    assert.equal(new Set(answers).size, 1);
  });
});

/** unstable_cache in pages and routes. */
export const unstableCache = cases("unstable-cache", "router", (it) => {
  it("kept for all, by its arguments", async (site) => {
    await site.same("/store/a", "forever");
    await site.same("/store/a", "other");
    assert.equal(site.origin.count("store-a"), 1);
    assert.equal(site.origin.count("store-other-a"), 1);
  });

  it("a tag: new for all at once, and others stay", async (site) => {
    const before = await site.same("/store/tag", "tagged");
    const other = await site.same("/store/tag", "forever");
    await site.control("tag=store-tag");
    assert.ok((await site.same("/store/tag", "tagged")) > before);
    assert.equal(await site.same("/store/tag", "forever"), other);
  });

  it("revalidate in seconds: the old data once more, then the new", async (site) => {
    const before = await site.value("/store/seconds", "short");
    await site.settle(1300);
    const stale = await site.value("/store/seconds", "short");
    assert.equal(stale, before, "a visitor waited");
    return ranks([before, stale, await site.newer("/store/seconds", "short", before)]);
  });

  it("what it gives back is what JSON keeps", async (site) => {
    const answers = await site.three("/store-types/a");
    const all = answers.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
    for (const one of all) assert.deepEqual(one, all[0]);
    assert.equal(site.origin.count("nothing-a"), 1, "undefined was not kept");
    return { ...all[0], typed: typeof all[0]?.typed };
  });

  it("what throws is not kept", async (site) => {
    site.origin.failing.add("typesfail-b");
    const fails = await site.three("/store-types/b");
    for (const { body } of fails) assert.match(body, /no data of typesfail-b/);
    site.origin.failing.delete("typesfail-b");
    const works = await site.three("/store-types/b");
    for (const { body } of works) assert.doesNotMatch(body, /no data/);
  });

  it("a static page takes its tags", async (site) => {
    const path = "/isr-store/built";
    const before = [await site.same(path, "data"), await site.same(path, "page")];
    await site.control("tag=isr-store-built");
    const after = [await site.same(path, "data"), await site.same(path, "page")];
    assert.ok((after[0] ?? 0) > (before[0] ?? 0) && (after[1] ?? 0) > (before[1] ?? 0));
    return seenOf(await site.three(path));
  });
});

/** Route handlers: static, timed, tagged, dynamic. */
export const appRoutes = cases("app-routes", "router", (it) => {
  it("a static route: status, headers and body are kept", async (site) => {
    const answers = await site.three("/api/static?q=1");
    assert.equal(new Set(answers.map((answer) => answer.value("api"))).size, 1);
    assert.equal(answers[0]?.headers["x-fixture"], "kept");
    return seenOf(answers);
  });

  it("revalidate in seconds", async (site) => {
    const path = "/api/timed/seconds";
    const before = await site.same(path, "api");
    await site.settle(2300);
    assert.equal(await site.value(path, "api"), before, "a visitor waited");
    await site.newer(path, "api", before);
    return seenOf(await site.three("/api/timed/headers"));
  });

  it("a tag, and a path", async (site) => {
    const path = "/api/tagged/one";
    const before = await site.same(path, "api");
    await site.control("tag=api-one");
    const after = await site.same(path, "api");
    assert.ok(after > before);
    await site.control(`path=${path}`);
    assert.ok((await site.same(path, "api")) > after);
    return seenOf(await site.three(path));
  });

  it("a body that is no text is kept byte for byte", async (site) => {
    const answers = await site.three("/api/bytes/one");
    assert.equal(site.origin.count("bytes-of-one"), 1);
    assert.equal(new Set(answers.map(({ body }) => body)).size, 1);
    return seenOf(answers);
  });

  it("GET, POST and DELETE of a dynamic route are never kept", async (site) => {
    const all = [];
    for (const method of ["GET", "POST", "DELETE", "GET"]) {
      all.push(await site.send("/api/dynamic/one", { method }));
    }
    assert.deepEqual(
      all.map((answer) => answer.value("api")),
      [1, 2, 3, 4],
    );
    return seenOf(all);
  });

  it("a method that a route has not, and OPTIONS", async (site) => {
    const all = [];
    for (const method of ["PUT", "OPTIONS"]) {
      all.push(
        await site.send("/api/static", { method }),
        await site.send("/forever/built", { method }),
      );
    }
    return seenOf(all);
  });
});
