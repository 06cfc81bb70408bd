import assert from "node:assert/strict";
import { cases } from "../lib/case";
import { seen, seenOf } from "../lib/seen";

/** Drafts, in an application with middleware. */
export const draftMode = cases("draft-mode-middleware", "router", (it) => {
  it("its visitor sees the draft on every server, and nobody else does", async (site) => {
    const path = "/draft/one";
    const before = await site.same(path, "draft");
    const cookie = await site.draftCookie();
    const drafts = await site.three(path, { cookie });
    assert.deepEqual(
      drafts.map((answer) => answer.value("enabled")),
      [1, 1, 1],
    );
    assert.equal(new Set(drafts.map((answer) => answer.value("draft"))).size, 3);
    const others = await site.three(path);
    assert.deepEqual(
      others.map((answer) => [answer.value("draft"), answer.value("enabled")]),
      [0, 1, 2].map(() => [before, 0]),
    );
    return seenOf([...drafts, ...others]);
  });

  it("a draft of a page that was never made is not kept", async (site) => {
    const path = "/draft/first";
    const cookie = await site.draftCookie();
    const draft = await site.page(path, { cookie });
    await site.settle();
    const other = await site.page(path);
    assert.equal(other.value("enabled"), 0);
    assert.ok(other.value("draft") > draft.value("draft"));
    return seenOf([draft, other]);
  });

  it("a draft reads and leaves nothing in the data cache", async (site) => {
    const path = "/draft/data";
    const cookie = await site.draftCookie();
    const kept = [await site.same(path, "fetch"), await site.same(path, "store")];
    const drafts = await site.three(path, { cookie });
    for (const name of ["fetch", "store"]) {
      assert.equal(new Set(drafts.map((answer) => answer.value(name))).size, 3, name);
    }
    await site.control(`path=${path}`);
    const after = [await site.same(path, "fetch"), await site.same(path, "store")];
    return after.map((value, i) => value > (kept[i] ?? 0));
  });

  it("a cookie that is none of this build", async (site) => {
    const cookie = "__prerender_bypass=0123456789abcdef0123456789abcdef";
    const answers = await site.three("/draft/forged", { cookie });
    assert.deepEqual(
      answers.map((answer) => answer.value("enabled")),
      [0, 0, 0],
    );
    return seenOf(answers);
  });

  it("it is switched off", async (site) => {
    const cookie = await site.draftCookie();
    const off = await site.get("/control?draft=0", { cookie });
    assert.match(String(off.headers["set-cookie"]), /__prerender_bypass=;/);
    return seen(off);
  });

  it("the RSC payload of a draft", async (site) => {
    const path = "/draft/payload";
    const cookie = await site.draftCookie();
    await site.same(path, "draft");
    const payload = await site.rsc(path, { cookie });
    assert.match(payload.body, /\[\[enabled:1\]\]/);
    return seen(payload);
  });

  it("a static route", async (site) => {
    const path = "/draft-route/one";
    const before = await site.same(path, "draft");
    const drafts = await site.three(path, { cookie: await site.draftCookie() });
    const after = await site.same(path, "draft");
    assert.equal(after, before, "the draft was kept");
    return seenOf(drafts);
  });

  it("a page that is revalidated by a visitor with drafts", async (site) => {
    const path = "/draft/revalidated";
    const cookie = await site.draftCookie();
    const before = await site.same(path, "draft");
    await site.get(`/control?path=${path}`, { cookie });
    await site.settle();
    const after = await site.three(path);
    assert.ok((after[0]?.value("draft") ?? 0) > before);
    return seenOf(after);
  });
});

/** Middleware before pages that are kept. */
export const middleware = cases("middleware", "router", (it) => {
  it("a rewrite to a static page: the same page as under its own address", async (site) => {
    const before = await site.same("/forever/rewritten", "forever");
    const answers = await site.three("/mw/to/forever/rewritten");
    assert.deepEqual([...new Set(answers.map((answer) => answer.value("forever")))], [before]);
    return seenOf(answers);
  });

  it("a rewrite: revalidated by the address that it leads to", async (site) => {
    const before = await site.same("/mw/to/forever/rewritten-2", "forever");
    await site.control("path=/forever/rewritten-2");
    assert.ok((await site.same("/mw/to/forever/rewritten-2", "forever")) > before);
  });

  it("a rewrite: the RSC payload", async (site) =>
    seen(await site.rsc("/mw/to/forever/rewritten-3")));

  it("a redirect, and an answer of its own", async (site) =>
    seenOf([await site.get("/mw/away/forever/built"), await site.get("/mw/answer/x")]));
});
