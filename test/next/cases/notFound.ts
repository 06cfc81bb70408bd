import assert from "node:assert/strict";
import { cases } from "../lib/case";
import { seenOf } from "../lib/seen";

/** Pages that are not there, or somewhere else. */
export const notFound = cases("not-found", "router", (it) => {
  it("an address that no route has", async (site) => {
    const answers = await site.three("/no/such/page");
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [404]);
    return seenOf(answers);
  });

  it("notFound in a static page: kept like a page, with its own not-found", async (site) => {
    const answers = await site.three("/missing/one");
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [404]);
    assert.equal(site.origin.count("missing-one"), 1, "it was made more than once");
    return seenOf(answers);
  });

  it("notFound in a page that the build made", async (site) => {
    const answers = await site.three("/missing/built");
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [404]);
    return seenOf(answers);
  });

  it("notFound in a static page: revalidated by its path", async (site) => {
    await site.three("/missing/path");
    const reads = site.origin.count("missing-path");
    await site.control("path=/missing/path");
    const answers = await site.three("/missing/path");
    assert.equal(site.origin.count("missing-path") - reads, 1);
    return seenOf(answers);
  });

  it("not there, and some seconds later there", async (site) => {
    const path = "/gone/later";
    const first = await site.get(path);
    assert.equal(first.status, 404);
    await site.settle(1300);
    await site.eventually("the page", async () =>
      (await site.get(path)).status === 200 ? true : undefined,
    );
    await site.settle();
    const answers = await site.three(path);
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
    return seenOf([first]);
  });

  it("notFound in a dynamic page", async (site) => {
    const answers = await site.three("/missing-dynamic/one");
    assert.equal(site.origin.count("missing-dynamic-one"), 3);
    return seenOf(answers);
  });

  it("notFound in a route", async (site) => seenOf(await site.three("/missing-route/one")));

  it("the RSC payload of a page that is not there", async (site) => {
    const all = [await site.rsc("/missing/payload"), await site.rsc("/missing/payload")];
    return seenOf(all);
  });

  it("redirect in a static page: kept like a page", async (site) => {
    const answers = await site.three("/moved/one");
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [307]);
    assert.equal(new Set(answers.map(({ headers }) => headers.location)).size, 1);
    assert.equal(site.origin.count("moved-one"), 1);
    return seenOf(answers);
  });

  it("permanentRedirect in a static page, and its RSC payload", async (site) => {
    const answers = await site.three("/moved/for-good");
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [308]);
    return seenOf([...answers, await site.rsc("/moved/for-good")]);
  });

  it("redirect in a page that the build made", async (site) =>
    seenOf(await site.three("/moved/built")));
});
