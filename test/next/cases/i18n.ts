import assert from "node:assert/strict";
import { cases } from "../lib/case";
import { seen, seenOf } from "../lib/seen";

/** Pages in more than one language. */
export const i18n = cases("i18n", "pages", (it) => {
  it("the default language has no prefix, and is reached with one too", async (site) =>
    seenOf([...(await site.three("/")), ...(await site.three("/en"))]));

  it("each language has its own page", async (site) => {
    const all = [];
    for (const path of ["/fr", "/nl-NL", "/fr/plain", "/nl-NL/plain"]) {
      all.push(...(await site.three(path)));
    }
    return seenOf(all);
  });

  it("the language of a visitor's browser, and of a cookie", async (site) =>
    seenOf([
      await site.get("/", { "accept-language": "fr" }),
      await site.get("/", { "accept-language": "nl" }),
      await site.get("/", { "accept-language": "fr", cookie: "NEXT_LOCALE=en" }),
      await site.get("/", { cookie: "NEXT_LOCALE=fr" }),
      await site.get("/plain", { "accept-language": "fr" }),
    ]));

  it("the same slug in two languages is two pages", async (site) => {
    const en = await site.three("/blocking/both");
    const fr = await site.three("/fr/blocking/both");
    assert.equal(site.origin.count("blocking-en-both"), 1);
    assert.equal(site.origin.count("blocking-fr-both"), 1);
    return seenOf([...en, ...fr]);
  });

  it("a page that the build made in one language alone", async (site) =>
    seenOf([
      ...(await site.three("/fr/false/construit")),
      await site.get("/false/construit"),
      await site.get("/fr/false/built"),
    ]));

  it("a language in other letters", async (site) => {
    const all = [];
    for (const path of ["/FR", "/NL-nl/plain", "/fR/blocking/letters"])
      all.push(await site.get(path));
    return seenOf(all);
  });

  it("an address that no page has, by language", async (site) =>
    seenOf([
      await site.get("/none"),
      await site.get("/fr/none"),
      await site.get("/fr/blocking/never-fr"),
    ]));

  it("res.revalidate of one language leaves the others", async (site) => {
    const en = await site.same("/blocking/demand-lang", "blocking");
    const fr = await site.same("/fr/blocking/demand-lang", "blocking");
    await site.get("/api/revalidate?path=/fr/blocking/demand-lang");
    await site.settle();
    assert.ok((await site.same("/fr/blocking/demand-lang", "blocking")) > fr);
    assert.equal(await site.same("/blocking/demand-lang", "blocking"), en);
  });

  it("res.revalidate of the default language, with its prefix and without", async (site) => {
    const path = "/blocking/demand-default";
    const before = await site.same(path, "blocking");
    await site.get(`/api/revalidate?path=/en${path}`);
    await site.settle();
    const prefixed = await site.same(path, "blocking");
    await site.get(`/api/revalidate?path=${path}`);
    await site.settle();
    const plain = await site.same(path, "blocking");
    return [prefixed > before, plain > prefixed];
  });

  it("data by language", async (site) => {
    const id = /"buildId":"([^"]+)"/.exec((await site.page("/fr")).body)?.[1];
    const all = [];
    for (const path of ["en", "fr", "nl-NL", "de", "fr/blocking/data", "en/blocking/data"]) {
      all.push(await site.get(`/_next/data/${id}/${path}.json`));
    }
    return seenOf(all);
  });

  it("revalidate in seconds, in one language", async (site) => {
    const path = "/fr/blocking/timed-fr";
    const before = await site.value(path, "blocking");
    await site.settle(1300);
    assert.equal(await site.value(path, "blocking"), before, "a visitor waited");
    await site.newer(path, "blocking", before);
  });
});

/** Middleware and rules before pages that are kept. */
export const pagesMiddleware = cases("middleware-rewrites", "pages", (it) => {
  it("it sees the language, and the page is kept behind it", async (site) =>
    seenOf([...(await site.three("/blocking/mw")), ...(await site.three("/fr/blocking/mw"))]));

  it("a rewrite: the same page as under its own address", async (site) => {
    const shown = await site.same("/blocking/rewritten", "blocking");
    const answers = await site.three("/mw/to/blocking/rewritten");
    for (const answer of answers) assert.equal(answer.value("blocking"), shown);
    return seenOf(answers);
  });

  it("a rewrite: revalidated by the address that it leads to", async (site) => {
    const before = await site.same("/mw/to/blocking/rewritten-2", "blocking");
    await site.get("/api/revalidate?path=/blocking/rewritten-2");
    await site.settle();
    assert.ok((await site.same("/mw/to/blocking/rewritten-2", "blocking")) > before);
  });

  it("a rewrite by a rule of next.config", async (site) => {
    const shown = await site.same("/blocking/ruled", "blocking");
    const answers = await site.three("/by-rule/ruled");
    for (const answer of answers) assert.equal(answer.value("blocking"), shown);
    return seenOf([...answers, await site.get("/fr/by-rule/ruled")]);
  });

  it("a redirect", async (site) =>
    seenOf([
      await site.get("/mw/away/blocking/built"),
      await site.get("/fr/mw/away/blocking/built"),
    ]));

  it("data behind a rewrite and a redirect, as the router asks for it", async (site) => {
    const id = /"buildId":"([^"]+)"/.exec((await site.page("/")).body)?.[1];
    const all = [];
    for (const path of ["mw/to/blocking/built", "mw/away/blocking/built", "blocking/built"]) {
      all.push(await site.get(`/_next/data/${id}/en/${path}.json`, { "x-nextjs-data": "1" }));
    }
    return seenOf(all);
  });

  it("a prefetch of data, as the router asks for it", async (site) => {
    const id = /"buildId":"([^"]+)"/.exec((await site.page("/")).body)?.[1];
    const headers = { "x-nextjs-data": "1", "x-middleware-prefetch": "1", purpose: "prefetch" };
    const all = [];
    for (const path of ["blocking/built", "server/one"]) {
      all.push(seen(await site.get(`/_next/data/${id}/en/${path}.json`, headers)));
    }
    return all;
  });
});
