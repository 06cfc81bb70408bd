import assert from "node:assert/strict";
import { cases } from "../lib/case";
import { seen, seenOf } from "../lib/seen";

const since = { since: 16 };

/** A prerendered shell with a hole that is made for each request. */
export const ppr = cases("ppr", "components", (it) => {
  it(
    "one shell for all, a hole for each",
    async (site) => {
      const answers = await site.three("/shell/one");
      assert.equal(new Set(answers.map((answer) => answer.value("shell"))).size, 1);
      assert.equal(new Set(answers.map((answer) => answer.value("hole"))).size, 3);
      assert.equal(site.origin.count("shell-one"), 0, "the shell was made anew");
      return seenOf(answers);
    },
    since,
  );

  it(
    "an address that the build has not: its shell is kept",
    async (site) => {
      const answers = await site.three("/shell/later");
      assert.equal(new Set(answers.map((answer) => answer.value("shell"))).size, 1);
      assert.equal(site.origin.count("shell-later"), 1);
      return answers.map(({ status }) => status);
    },
    since,
  );

  it(
    "a tag: a new shell for all",
    async (site) => {
      const before = await site.same("/shell/tag", "shell");
      await site.control("tag=shell-tag");
      const first = await site.value("/shell/tag", "shell");
      assert.ok(first > before, "the old shell came once more");
      await site.settle(300);
      const after = await site.same("/shell/tag", "shell");
      assert.ok(after >= first);
      return seenOf(await site.three("/shell/tag"));
    },
    since,
  );

  it(
    "a path: a new shell for all",
    async (site) => {
      const before = await site.same("/shell/path", "shell");
      await site.control("path=/shell/path");
      await site.newer("/shell/path", "shell", before);
      await site.settle(300);
      await site.same("/shell/path", "shell");
    },
    since,
  );

  it(
    "a tag with a profile: the old shell once more",
    async (site) => {
      const before = await site.same("/shell/max", "shell");
      await site.control("tag=shell-max&profile=max");
      const answer = await site.page("/shell/max");
      assert.equal(answer.value("shell"), before, "a visitor waited");
      await site.newer("/shell/max", "shell", before);
      return seen(answer);
    },
    since,
  );

  it(
    "many visitors at once after a tag: every page is whole",
    async (site) => {
      await site.same("/shell/together", "shell");
      await site.control("tag=shell-together");
      const answers = await Promise.all(
        Array.from({ length: 9 }, () => site.page("/shell/together")),
      );
      for (const answer of answers) {
        assert.ok(answer.value("shell") > 0 && answer.value("hole") > 0);
        assert.match(answer.body, /<\/html>$/);
      }
      await site.settle(300);
      await site.same("/shell/together", "shell");
    },
    since,
  );

  it(
    "HEAD of a page with a hole",
    async (site) => seen(await site.send("/shell/head", { method: "HEAD" })),
    since,
  );

  it("a page that is kept as a whole, with its title", async (site) => {
    const answers = await site.three("/whole/one");
    assert.equal(new Set(answers.map((answer) => answer.value("whole"))).size, 1);
    assert.equal(new Set(answers.map((answer) => answer.value("title"))).size, 1);
    return seenOf(answers);
  });

  it("a page that is kept as a whole: an address that the build has not", async (site) => {
    const answers = await site.three("/whole/later");
    assert.equal(new Set(answers.map((answer) => answer.value("whole"))).size, 1);
    return seenOf(answers);
  });

  it("a page that is kept as a whole: the tags of page and title", async (site) => {
    const before = [await site.same("/whole/tag", "whole"), await site.same("/whole/tag", "title")];
    await site.control("tag=title-tag");
    await site.newer("/whole/tag", "title", before[1] ?? 0);
    await site.control("tag=whole-tag");
    await site.newer("/whole/tag", "whole", before[0] ?? 0);
    await site.settle(300);
    await site.same("/whole/tag", "whole");
    return seenOf(await site.three("/whole/tag"));
  });

  it("a page that is kept as a whole: ETag", async (site) => {
    const first = await site.page("/whole/etag");
    const again = await site.three("/whole/etag", { "if-none-match": String(first.headers.etag) });
    return seenOf([first, ...again]);
  });

  it("notFound in a page that the build made, until its tag says otherwise", async (site) => {
    const gone = await site.three("/missing/later");
    assert.deepEqual([...new Set(gone.map(({ status }) => status))], [404]);
    await site.control("tag=missing-later");
    await site.eventually("the page", async () =>
      (await site.get("/missing/later")).status === 200 ? true : undefined,
    );
    await site.settle(300);
    const there = await site.three("/missing/later");
    assert.deepEqual([...new Set(there.map(({ status }) => status))], [200]);
    return seenOf(gone);
  });

  it("notFound: an address that the build has not", async (site) => {
    const answers = await site.three("/missing/never");
    return seenOf(answers);
  });
});
