import assert from "node:assert/strict";
import { cases } from "../lib/case";
import { seen, seenOf } from "../lib/seen";

/** updateTag, revalidateTag, revalidatePath and refresh in server actions. */
export const updateTag = cases("update-tag, refresh", "router", (it) => {
  it("updateTag: the action's own answer has the new data, and so have all later ones", async (site) => {
    const path = "/act/update";
    const before = await site.same(path, "act");
    const answer = await site.call(path, await site.actionId(path, "update"), ["update"]);
    assert.equal(answer.status, 200);
    const own = answer.value("act");
    assert.ok(own > before, "the action's answer has the old data");
    await site.settle();
    assert.ok((await site.value(path, "act")) >= own);
    return seen(answer);
  });

  it(
    "revalidateTag with a profile: the action's answer may have the old data, later ones the new",
    async (site) => {
      const path = "/act/revalidate";
      const before = await site.same(path, "act");
      const answer = await site.call(path, await site.actionId(path, "revalidate"), ["revalidate"]);
      assert.equal(answer.status, 200);
      await site.newer(path, "act", before);
      return seen(answer);
    },
    { since: 16 },
  );

  it("revalidatePath: the action's own answer has the new data", async (site) => {
    const path = "/act/by-path";
    const before = await site.same(path, "act");
    const answer = await site.call(path, await site.actionId(path, "revalidatePage"), ["by-path"]);
    assert.ok(answer.value("act") > before);
    await site.settle();
    assert.ok((await site.value(path, "act")) > before);
    return seen(answer);
  });

  it(
    "refresh: rendered anew, and what is kept stays",
    async (site) => {
      const path = "/act/refresh";
      const before = await site.same(path, "act");
      const answer = await site.call(path, await site.actionId(path, "refresh"), []);
      assert.equal(answer.value("act"), before);
      assert.ok(answer.value("render") > 1);
      return seen(answer);
    },
    { since: 16 },
  );

  it("what an action closes over comes back on any server", async (site) => {
    const path = "/act/closure";
    const before = await site.same(path, "act");
    const page = await site.page(path);
    const answer = await site.submit(path, page.body);
    assert.equal(answer.status, 200);
    assert.equal(site.origin.count(`closed-over-closure-${before}`), 1);
    await site.settle();
    assert.ok((await site.value(path, "act")) > before);
    return seen(answer);
  });

  it("a form in a static page", async (site) => {
    const path = "/act-static/built";
    const before = await site.same(path, "act");
    const answer = await site.submit(path);
    await site.settle();
    const after = await site.three(path);
    assert.ok((after[0]?.value("act") ?? 0) > before);
    assert.equal(new Set(after.map((one) => one.value("act"))).size, 1);
    return seenOf([answer, ...after]);
  });
});
