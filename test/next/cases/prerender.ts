import assert from "node:assert/strict";
import { cases } from "../lib/case";
import { ranks, seen, seenOf } from "../lib/seen";
import { data } from "./pagesData";

/** Pages of the pages router that are made in the build, or for the first visitor. */
export const prerender = cases("prerender", "pages", (it) => {
  it("a page without revalidate is the build's on every request", async (site) => {
    const answers = await site.three("/");
    assert.equal(new Set(answers.map((answer) => answer.value("home"))).size, 1);
    assert.equal(site.origin.count("home-en"), 0);
    return seenOf(answers);
  });

  it("a page without data, and one of public/", async (site) => seenOf(await site.three("/plain")));

  it("fallback blocking: made for the first visitor, and kept", async (site) => {
    const answers = await site.three("/blocking/one");
    assert.equal(new Set(answers.map((answer) => answer.value("blocking"))).size, 1);
    assert.equal(site.origin.count("blocking-en-one"), 1);
    return seenOf([...answers, ...(await site.three("/blocking/built"))]);
  });

  it("fallback true: the first visitor gets the fallback, and its data makes the page", async (site) => {
    const first = await site.get("/true/one");
    assert.match(first.body, /not here yet/);
    const props = await site.get(await data(site, "/true/one"));
    assert.equal(props.status, 200);
    await site.settle();
    const answers = await site.three("/true/one");
    for (const { body } of answers) assert.doesNotMatch(body, /not here yet/);
    return seenOf([first, props, ...answers]);
  });

  it("fallback true: a page that the build made", async (site) =>
    seenOf(await site.three("/true/built")));

  it("fallback true: a robot waits for the page", async (site) => {
    const headers = { "user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1)" };
    const answer = await site.get("/true/robot", headers);
    assert.doesNotMatch(answer.body, /not here yet/);
    return seen(answer);
  });

  it("fallback false: another address is not found", async (site) => {
    const answers = await site.three("/false/other");
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [404]);
    assert.equal(site.origin.count("false-en-other"), 0);
    return seenOf([...answers, ...(await site.three("/false/built"))]);
  });

  it("page and data are of one rendering", async (site) => {
    const shown = await site.same("/blocking/data", "blocking");
    const path = await data(site, "/blocking/data");
    const answers = await site.three(path);
    for (const { body } of answers) assert.match(body, new RegExp(`"value":"${shown}"`));
    return seenOf(answers);
  });

  it("data first, then the page", async (site) => {
    const first = await site.get(await data(site, "/blocking/data-first"));
    await site.settle();
    const shown = await site.same("/blocking/data-first", "blocking");
    assert.match(first.body, new RegExp(`"value":"${shown}"`));
    return seen(first);
  });

  it("data of another build is not found", async (site) =>
    seen(await site.get("/_next/data/no-such-build/en/blocking/built.json")));

  it("notFound: kept like a page", async (site) => {
    const answers = await site.three("/blocking/never-there");
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [404]);
    assert.equal(site.origin.count("blocking-en-never-there"), 1);
    const props = await site.get(await data(site, "/blocking/never-there"));
    return seenOf([...answers, props]);
  });

  it("not there, and a second later there", async (site) => {
    const first = await site.get("/blocking/gone-first");
    assert.equal(first.status, 404);
    await site.settle(1300);
    await site.eventually("the page", async () =>
      (await site.get("/blocking/gone-first")).status === 200 ? true : undefined,
    );
    await site.settle();
    const later = await site.three("/blocking/gone-first");
    assert.deepEqual([...new Set(later.map(({ status }) => status))], [200]);
    return seenOf([first, ...later]);
  });

  it("redirect: kept like a page", async (site) => {
    const answers = await site.three("/blocking/moved-one");
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [307]);
    assert.equal(new Set(answers.map(({ headers }) => headers.location)).size, 1);
    assert.equal(site.origin.count("blocking-en-moved-one"), 1);
    const props = await site.get(await data(site, "/blocking/moved-one"));
    return seenOf([...answers, props]);
  });

  it("revalidate in seconds: shown once more when they are over, then new", async (site) => {
    const path = "/blocking/timed-one";
    const before = await site.value(path, "blocking");
    await site.settle(1300);
    const stale = await site.page(path);
    assert.equal(stale.value("blocking"), before, "a visitor waited");
    const after = await site.newer(path, "blocking", before);
    return [seen(stale), ranks([before, after])];
  });

  it("revalidate in seconds: the reason that getStaticProps is told", async (site) => {
    const path = "/blocking/timed-reason";
    const reasons = [/by ([\w-]+)/.exec((await site.page(path)).body)?.[1]];
    const before = await site.value(path, "blocking");
    await site.settle(1300);
    await site.newer(path, "blocking", before);
    reasons.push(/by ([\w-]+)/.exec((await site.page(path)).body)?.[1]);
    return reasons;
  });

  it("revalidate = false: kept for good", async (site) =>
    seenOf(await site.three("/blocking/forever-one")));

  it("a revalidation that fails leaves the old page", async (site) => {
    const path = "/blocking/timed-fails";
    const before = await site.value(path, "blocking");
    site.origin.failing.add("blocking-en-timed-fails");
    await site.settle(1300);
    for (let i = 0; i < 3; i++) {
      assert.equal((await site.page(path)).value("blocking"), before);
      await site.settle();
    }
    site.origin.failing.delete("blocking-en-timed-fails");
    await site.settle(1300);
    await site.newer(path, "blocking", before);
  });

  it("a page that fails when it is made is not kept", async (site) => {
    site.origin.failing.add("blocking-en-fails");
    const fails = await site.three("/blocking/fails");
    assert.deepEqual([...new Set(fails.map(({ status }) => status))], [500]);
    site.origin.failing.delete("blocking-en-fails");
    return seenOf([...fails, ...(await site.three("/blocking/fails"))]);
  });

  it("the search of an address is no part of what is kept", async (site) => {
    const one = await site.page("/blocking/search?b=1");
    await site.settle();
    const two = await site.page("/blocking/search?c=2");
    assert.equal(two.value("blocking"), one.value("blocking"));
    return seenOf([one, two]);
  });

  it("a catch-all with letters beyond ASCII and slashes in a part", async (site) => {
    const all = [];
    for (const path of [
      "/all/gr%C3%BCn",
      "/all/a%2Fb/c",
      "/all/%E6%97%A5%E6%9C%AC/x",
      "/all/a%20b",
    ]) {
      await site.same(path, "all");
      all.push(seen(await site.page(path)));
    }
    return all;
  });

  it("many visitors at once: one page", async (site) => {
    await Promise.all(Array.from({ length: 12 }, () => site.get("/blocking/crowd")));
    await site.settle();
    await site.same("/blocking/crowd", "blocking");
    assert.ok(site.origin.count("blocking-en-crowd") <= site.parts.servers.length);
  });

  it("HEAD and ETag", async (site) => {
    await site.get("/blocking/head");
    await site.settle();
    const page = await site.page("/blocking/head");
    const head = await site.send("/blocking/head", { method: "HEAD" });
    const etag = { "if-none-match": String(page.headers.etag) };
    const again = await site.three("/blocking/head", etag);
    assert.deepEqual([...new Set(again.map(({ status }) => status))], [304]);
    return seenOf([page, head, ...again]);
  });

  it("getServerSideProps: made for each request, with the headers that it sets", async (site) => {
    const plain = await site.three("/server/one");
    assert.equal(new Set(plain.map((answer) => answer.value("server"))).size, 3);
    const kept = await site.three("/server/two?cached=1");
    const props = await site.get(`${await data(site, "/server/one")}?slug=one`);
    return seenOf([...plain, ...kept, props]);
  });

  it("getServerSideProps: notFound, redirect and failure", async (site) =>
    seenOf([
      await site.get("/server/gone-one"),
      await site.get("/server/moved-one"),
      await site.get("/server/fails-one"),
      await site.get(await data(site, "/server/gone-one")),
      await site.get(await data(site, "/server/moved-one")),
    ]));

  it("an API route is never kept, and unstable_cache in it is", async (site) => {
    const answers = await site.three("/api/number/one");
    assert.equal(new Set(answers.map((answer) => answer.value("api"))).size, 3);
    assert.equal(new Set(answers.map((answer) => answer.value("kept"))).size, 1);
    return seenOf(answers);
  });

  it("failures of props and API are told to the instrumentation", async (site) => {
    await site.get("/server/fails-told");
    await site.get("/api/number/fails-told");
    return [await site.errors("/server/fails-told"), await site.errors("/api/number/fails-told")];
  });

  it("files of public/ and of the build", async (site) => {
    // standalone servers have these where the image copies them, and these servers have none
    const answers = [await site.get("/file.txt"), await site.get("/_next/static/none.js")];
    return seenOf(answers);
  });
});
