import assert from "node:assert/strict";
import { cases } from "../lib/case";
import { seen } from "../lib/seen";

/** Work behind the answer. */
export const after = cases("next-after-app", "router", (it) => {
  it("of a page, and one after() in another", async (site) => {
    const answer = await site.page("/after/page/page");
    for (const key of ["after-page", "after-second-page", "after-nested-page"]) {
      await site.asked(key, 1);
    }
    return seen(answer);
  });

  it("of a page that fails", async (site) => {
    const answer = await site.get("/after/page/fails-page");
    assert.equal(answer.status, 500);
    await site.asked("after-fails-page", 1);
    return seen(answer);
  });

  it("of a static page: when it is made, and not when it is shown", async (site) => {
    await site.same("/after/isr/isr", "isr");
    await site.asked("after-isr", 1);
    await site.same("/after/isr/isr", "isr");
    assert.equal(site.origin.count("after-isr"), 1);
  });

  it("of a route", async (site) => {
    await site.page("/after/route/route");
    await site.asked("after-route", 1);
  });

  it("of a route: what throws leaves the answer as it is", async (site) =>
    seen(await site.page("/after/route/throws?throws=1")));

  it("of a route: revalidateTag", async (site) => {
    const before = await site.same("/tagged/after", "tagged");
    await site.page("/after/route/revalidates?tag=tag-after");
    await site.asked("after-revalidates", 1);
    await site.settle();
    assert.ok((await site.same("/tagged/after", "tagged")) > before);
  });

  it("of a route: revalidatePath", async (site) => {
    const before = await site.same("/forever/after", "forever");
    await site.page("/after/route/path?path=/forever/after");
    await site.asked("after-path", 1);
    await site.settle();
    assert.ok((await site.same("/forever/after", "forever")) > before);
  });

  it("of an action: revalidatePath", async (site) => {
    const before = await site.same("/forever/acted", "forever");
    const answer = await site.submit("/after/act/acted");
    await site.asked("after-acted", 1);
    await site.settle();
    assert.ok((await site.same("/forever/acted", "forever")) > before);
    return seen(answer);
  });
});
