import assert from "node:assert/strict";
import { cases } from "../lib/case";
import { ranks, seen, seenOf } from "../lib/seen";

/** Static, dynamic and in between: what is made when, and kept how long. */
export const appStatic = cases("app-static", "router", (it) => {
  it("a static page is the build's on every request", async (site) => {
    const reads = site.origin.count("home");
    const answers = await site.three("/");
    assert.equal(new Set(answers.map((answer) => answer.value("home"))).size, 1);
    assert.equal(site.origin.count("home"), reads, "it was made anew");
    return seenOf(answers);
  });

  it("an address of generateStaticParams is made in the build", async (site) => {
    const answers = await site.three("/forever/built");
    assert.equal(site.origin.count("forever-built"), 0, "it was made anew");
    return seenOf(answers);
  });

  it("an address of generateStaticParams with a blank in it", async (site) =>
    seenOf(await site.three("/forever/built%20two")));

  it("another address is made when it is asked for, and kept", async (site) => {
    const answers = await site.three("/forever/later");
    assert.equal(new Set(answers.map((answer) => answer.value("forever"))).size, 1);
    assert.equal(site.origin.count("forever-later"), 1);
    return seenOf(answers);
  });

  it("the search of an address is no part of what is kept", async (site) => {
    const one = await site.value("/forever/search?a=1", "forever");
    await site.settle();
    assert.equal(await site.value("/forever/search?a=2", "forever"), one);
  });

  it("dynamicParams = false: the other addresses are not found", async (site) => {
    const known = await site.three("/closed/one");
    const unknown = await site.three("/closed/three");
    assert.deepEqual([...new Set(unknown.map(({ status }) => status))], [404]);
    assert.equal(site.origin.count("closed-three"), 0);
    return seenOf([...known, ...unknown]);
  });

  it("dynamic = error: what needs a request fails", async (site) => {
    const fails = await site.three("/strict/cookies-here");
    assert.deepEqual([...new Set(fails.map(({ status }) => status))], [500]);
    const works = await site.three("/strict/later");
    assert.equal(new Set(works.map((answer) => answer.value("strict"))).size, 1);
    return seenOf([...fails, ...works]);
  });

  it("a static page that turns dynamic at run time fails", async (site) => {
    const fails = await site.three("/turns/dynamic-one");
    assert.deepEqual([...new Set(fails.map(({ status }) => status))], [500]);
    return seenOf([...fails, ...(await site.three("/turns/static-one"))]);
  });

  it("dynamic = force-static: no cookies, headers or search", async (site) => {
    const headers = { cookie: "a=1", "x-fixture": "1" };
    const answers = await site.three("/force-static/one?q=1", headers);
    for (const { body } of answers) assert.match(body, /sees 0-0-0/);
    assert.equal(new Set(answers.map((answer) => answer.value("force-static"))).size, 1);
    return seenOf(answers);
  });

  it("dynamic = force-dynamic: made for each request, with the data that asks to be kept", async (site) => {
    const answers = await site.three("/force-dynamic/built");
    for (const name of ["force-dynamic", "plain"]) {
      assert.equal(new Set(answers.map((answer) => answer.value(name))).size, 3, name);
    }
    assert.equal(new Set(answers.map((answer) => answer.value("kept"))).size, 1);
    return seenOf(answers);
  });

  for (const how of ["cookies", "headers", "query", "connection", "nostore"]) {
    it(`a page that uses ${how} is made for each request`, async (site) => {
      const answers = await site.three(`/bail/${how}?q=here`);
      assert.equal(new Set(answers.map((answer) => answer.value("bail"))).size, 3);
      return seenOf(answers);
    });
  }

  it("revalidate in seconds: shown once more when they are over, then new", async (site) => {
    const path = "/timed/seconds";
    const before = await site.same(path, "timed");
    await site.settle(2300);
    const stale = await site.page(path);
    assert.equal(stale.value("timed"), before, "a visitor waited for the new one");
    const after = await site.newer(path, "timed", before);
    await site.settle();
    const fresh = await site.page(path);
    return [seen(stale), ranks([before, stale.value("timed"), after]), fresh.status];
  });

  it("revalidate in seconds of a page that the build made", async (site) => {
    const path = "/timed/built";
    const before = await site.value(path, "timed");
    await site.settle(2300);
    await site.newer(path, "timed", before - 1);
    await site.newer(path, "timed", before);
  });

  it("revalidate in seconds: many visitors at once, one new page", async (site) => {
    const path = "/timed/crowd";
    await site.same(path, "timed");
    await site.settle(2300);
    const reads = site.origin.count("timed-crowd");
    const answers = await Promise.all(Array.from({ length: 12 }, () => site.get(path)));
    await site.settle(400);
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
    assert.equal(site.origin.count("timed-crowd") - reads, 1, "it was made more than once");
  });

  it("a page that is not made yet: many visitors at once, one page", async (site) => {
    const path = "/forever/crowd";
    await Promise.all(Array.from({ length: 12 }, () => site.get(path)));
    await site.settle();
    const shown = await site.same(path, "forever");
    assert.ok(site.origin.count("forever-crowd") <= site.parts.servers.length);
    return shown > 0;
  });

  it("a revalidation that fails leaves the old page, and the next one mends it", async (site) => {
    const path = "/timed/fails";
    const before = await site.same(path, "timed");
    site.origin.failing.add("timed-fails");
    await site.settle(2300);
    for (let i = 0; i < 4; i++) {
      const answer = await site.page(path);
      assert.equal(answer.value("timed"), before);
      await site.settle();
    }
    site.origin.failing.delete("timed-fails");
    await site.settle(2300);
    await site.newer(path, "timed", before);
  });

  it("a page that fails when it is made is not kept", async (site) => {
    site.origin.failing.add("forever-fails");
    const fails = await site.three("/forever/fails");
    assert.deepEqual([...new Set(fails.map(({ status }) => status))], [500]);
    site.origin.failing.delete("forever-fails");
    const works = await site.three("/forever/fails");
    assert.deepEqual([...new Set(works.map(({ status }) => status))], [200]);
    return seenOf([...fails, ...works]);
  });

  it("generateStaticParams on two levels", async (site) => {
    const paths = ["/levels/en/first-en", "/levels/fr/second", "/levels/fr/later", "/levels/de/x"];
    const all = [];
    for (const path of paths) all.push(...seenOf(await site.three(path)));
    assert.equal(site.origin.count("levels-en-first-en"), 0, "it was made anew");
    assert.equal(site.origin.count("levels-de-x"), 1);
    return all;
  });

  it("a catch-all: each path of it is a page of its own", async (site) => {
    const answers = [...(await site.three("/catch/a/b")), ...(await site.three("/catch/a%2Fb/c"))];
    await site.same("/catch/x/y/z", "catch");
    return seenOf(answers);
  });

  it("addresses with letters beyond ASCII and with signs", async (site) => {
    const all = [];
    for (const slug of ["grün/blau", "日本", "a+b&c=d", "a b", "ö%C3"].slice(0, 4)) {
      const path = `/tagged/${encodeURIComponent(slug)}`;
      await site.same(path, "tagged");
      all.push(seen(await site.page(path)));
    }
    return all;
  });

  it("HEAD has the headers of GET and no body", async (site) => {
    const all = [];
    for (const path of ["/forever/built", "/forever/head", "/force-dynamic/head", "/api/static"]) {
      await site.get(path);
      await site.settle();
      const answer = await site.send(path, { method: "HEAD" });
      assert.equal(answer.body, "");
      all.push(seen(answer));
    }
    return all;
  });

  it("ETag: what the browser has is not sent again, until it is another", async (site) => {
    const path = "/forever/etag";
    await site.get(path);
    await site.settle();
    const first = await site.page(path);
    const etag = String(first.headers.etag);
    const again = await site.three(path, { "if-none-match": etag });
    assert.deepEqual([...new Set(again.map(({ status }) => status))], [304]);
    await site.control(`path=${path}`);
    const changed = await site.three(path, { "if-none-match": etag });
    assert.deepEqual([...new Set(changed.map(({ status }) => status))], [200]);
    return seenOf([...again, ...changed]);
  });

  it("the RSC payload and the page are of one rendering", async (site) => {
    const shown = await site.same("/forever/payload", "forever");
    const payload = await site.rsc("/forever/payload");
    assert.match(payload.body, new RegExp(`\\[\\[forever:${shown}\\]\\]`));
    assert.match(String(payload.headers["content-type"]), /^text\/x-component/);
    return seen(payload);
  });

  it("a prefetch of a static page, and one of a dynamic page", async (site) => {
    const all = [];
    for (const path of ["/forever/built", "/force-dynamic/built", "/act/prefetched"]) {
      all.push(seen(await site.rsc(path, { "next-router-prefetch": "1" })));
    }
    return all;
  });

  it("tags are told to nobody", async (site) => {
    for (const path of ["/tagged/built", "/tagged/told", "/api/tagged/told", "/isr-store/told"]) {
      for (const { headers } of await site.three(path)) {
        assert.equal(headers["x-next-cache-tags"], undefined, path);
      }
    }
  });

  it("sitemap, robots and manifest are kept, and revalidated by tag", async (site) => {
    const all = [];
    for (const path of ["/sitemap.xml", "/robots.txt", "/manifest.webmanifest"]) {
      const answers = await site.three(path);
      assert.equal(new Set(answers.map(({ body }) => body)).size, 1, path);
      all.push(...answers.map((answer) => [answer.status, seen(answer).headers]));
    }
    const before = (await site.page("/sitemap.xml")).body;
    await site.control("tag=sitemap");
    const after = await site.three("/sitemap.xml");
    assert.notEqual(after[0]?.body, before);
    assert.equal(new Set(after.map(({ body }) => body)).size, 1);
    return all;
  });

  it("an image of a page's metadata is revalidated by tag", async (site) => {
    const page = await site.page("/cards/built");
    const image = /property="og:image" content="[^"]*?(\/cards\/built\/opengraph-image[^"]*)"/.exec(
      page.body,
    )?.[1];
    assert.ok(image, "the page names no image");
    const path = image.replaceAll("&amp;", "&");
    const before = await site.same(path, "card");
    await site.control("tag=card-built");
    assert.ok((await site.same(path, "card")) > before);
    return seenOf(await site.three(path));
  });

  it("generateMetadata: its data has the page revalidated", async (site) => {
    const before = await site.same("/cards/title", "title");
    await site.control("tag=title-title");
    assert.ok((await site.same("/cards/title", "title")) > before);
  });
});
