import assert from "node:assert/strict";
import { cases } from "../lib/case";
import { ranks, seen, seenOf } from "../lib/seen";
import { data } from "./pagesData";

/** res.revalidate. */
export const onDemand = cases("prerender, on demand", "pages", (it) => {
  it("one page for all, and the others stay", async (site) => {
    const before = await site.same("/blocking/demand", "blocking");
    const other = await site.same("/blocking/demand-2", "blocking");
    const answer = await site.get("/api/revalidate?path=/blocking/demand");
    assert.match(answer.body, /"revalidated":true/);
    await site.settle();
    const after = await site.three("/blocking/demand");
    assert.ok((after[0]?.value("blocking") ?? 0) > before);
    assert.equal(new Set(after.map((one) => one.value("blocking"))).size, 1);
    assert.match(after[0]?.body ?? "", /by on-demand/);
    assert.equal(await site.same("/blocking/demand-2", "blocking"), other);
    return seenOf([answer, ...after]);
  });

  it("a page that the build made", async (site) => {
    const before = await site.same("/true/built", "true");
    await site.get("/api/revalidate?path=/true/built");
    await site.settle();
    assert.ok((await site.same("/true/built", "true")) > before);
    const props = await site.get(await data(site, "/true/built"));
    return seen(props);
  });

  it("a page that was never made", async (site) => {
    const answer = await site.get("/api/revalidate?path=/blocking/demand-first");
    await site.settle();
    await site.same("/blocking/demand-first", "blocking");
    assert.equal(site.origin.count("blocking-en-demand-first"), 1);
    return seen(answer);
  });

  it("unstable_onlyGenerated: what was never made stays so", async (site) => {
    const answer = await site.get("/api/revalidate?only=1&path=/blocking/demand-only");
    assert.equal(site.origin.count("blocking-en-demand-only"), 0);
    const before = await site.same("/blocking/demand-made", "blocking");
    await site.get("/api/revalidate?only=1&path=/blocking/demand-made");
    await site.settle();
    assert.ok((await site.same("/blocking/demand-made", "blocking")) > before);
    return seen(answer);
  });

  it("a page that is not there, until it is", async (site) => {
    assert.equal((await site.get("/blocking/gone-demand")).status, 404);
    await site.get("/api/revalidate?path=/blocking/gone-demand");
    await site.settle();
    const answers = await site.three("/blocking/gone-demand");
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
    return seenOf(answers);
  });

  it("an address that no route has, and one without a slash", async (site) =>
    seenOf([
      await site.get("/api/revalidate?path=/no/such/page"),
      await site.get("/api/revalidate?path=no-slash"),
      await site.get("/api/revalidate?path=/false/other"),
    ]));

  it("a page whose rendering fails: refused, and the old page stays", async (site) => {
    const before = await site.same("/blocking/demand-fails", "blocking");
    site.origin.failing.add("blocking-en-demand-fails");
    const answer = await site.get("/api/revalidate?path=/blocking/demand-fails");
    site.origin.failing.delete("blocking-en-demand-fails");
    assert.equal(answer.status, 500);
    assert.equal(await site.same("/blocking/demand-fails", "blocking"), before);
    return seen(answer);
  });

  it("two pages in one request, and twice the same", async (site) => {
    const paths = ["/blocking/demand-a", "/blocking/demand-b"];
    const before = await Promise.all(paths.map((path) => site.same(path, "blocking")));
    const query = [...paths, paths[0]].map((path) => `path=${path}`).join("&");
    await site.get(`/api/revalidate?${query}`);
    await site.settle();
    const after = await Promise.all(paths.map((path) => site.same(path, "blocking")));
    assert.ok(after.every((value, i) => value > (before[i] ?? 0)));
  });

  it("a page of a catch-all with letters beyond ASCII", async (site) => {
    const path = "/all/gr%C3%B6%C3%9Fe";
    const before = await site.same(path, "all");
    await site.get(`/api/revalidate?path=${encodeURIComponent(path)}`);
    await site.settle();
    return ranks([before, await site.same(path, "all")]);
  });

  it("a header like Next.js's own does not revalidate without the build's secret", async (site) => {
    const before = await site.same("/blocking/demand-forged", "blocking");
    await site.get("/blocking/demand-forged", { "x-prerender-revalidate": "guessed" });
    assert.equal(await site.same("/blocking/demand-forged", "blocking"), before);
  });
});

/** Previews and drafts of the pages router. */
export const preview = cases("prerender-preview", "pages", (it) => {
  it("preview data: its visitor on every server, and nobody else", async (site) => {
    const before = await site.same("/preview/one", "preview");
    const cookie = await site.draftCookie("/api/preview?how=data");
    const drafts = await site.three("/preview/one", { cookie });
    for (const { body } of drafts) assert.match(body, /data:editor/);
    assert.equal(await site.same("/preview/one", "preview"), before);
    return seenOf(drafts);
  });

  it("draft mode: its visitor on every server, and nobody else", async (site) => {
    const before = await site.same("/preview/two", "preview");
    const cookie = await site.draftCookie("/api/preview?how=on");
    const drafts = await site.three("/preview/two", { cookie });
    for (const { body } of drafts) assert.match(body, /draft:true/);
    assert.equal(await site.same("/preview/two", "preview"), before);
    return seenOf(drafts);
  });

  it("the data of a draft", async (site) => {
    const cookie = await site.draftCookie("/api/preview?how=on");
    return seen(await site.get(await data(site, "/preview/three"), { cookie }));
  });

  it("switched off", async (site) => {
    const cookie = await site.draftCookie("/api/preview?how=data");
    return seen(await site.get("/api/preview?how=clear", { cookie }));
  });
});
