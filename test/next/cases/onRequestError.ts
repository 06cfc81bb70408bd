import assert from "node:assert/strict";
import { cases } from "../lib/case";

/** What the instrumentation is told of failures. */
export const onRequestError = cases("on-request-error", "router", (it) => {
  it("a page", async (site) => {
    await site.get("/fails/page/page");
    const errors = await site.errors("/fails/page/page");
    assert.equal(errors.length, 1);
    assert.match(String(errors[0]?.message), /page page fails/);
    return errors;
  });

  it("a route", async (site) => {
    await site.get("/fails/route/route");
    const errors = await site.errors("/fails/route/route");
    assert.equal(errors.length, 1);
    return errors;
  });

  it("an action", async (site) => {
    const path = "/act/told";
    await site.call(path, await site.actionId(path, "fail"), ["told"]);
    const errors = await site.errors(path);
    assert.equal(errors.length, 1);
    return errors;
  });

  it("a static page that is made for a visitor", async (site) => {
    site.origin.failing.add("forever-told");
    await site.get("/forever/told");
    site.origin.failing.delete("forever-told");
    const errors = await site.errors("/forever/told");
    assert.ok(errors.length > 0);
    return errors;
  });

  it(
    "a static page that is due",
    async (site) => {
      const path = "/timed/told";
      await site.same(path, "timed");
      site.origin.failing.add("timed-told");
      await site.settle(2300);
      await site.get(path);
      await site.settle(300);
      site.origin.failing.delete("timed-told");
      const errors = await site.errors(path);
      assert.ok(errors.length > 0);
      assert.equal(errors[0]?.revalidateReason, "stale");
      return errors[0];
    },
    { since: 16 },
  );

  it("a static page that was revalidated", async (site) => {
    const path = "/forever/told-demand";
    await site.same(path, "forever");
    site.origin.failing.add("forever-told-demand");
    await site.control(`path=${path}`);
    await site.get(path);
    site.origin.failing.delete("forever-told-demand");
    const errors = await site.errors(path);
    assert.ok(errors.length > 0);
    return errors[0];
  });

  it("notFound and redirect are no failures", async (site) => {
    for (const path of ["/missing/told", "/moved/told"]) {
      await site.get(path);
      assert.deepEqual(await site.errors(path), [], path);
    }
  });
});
