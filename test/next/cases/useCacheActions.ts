import assert from "node:assert/strict";
import { cases } from "../lib/case";
import { seen, seenOf } from "../lib/seen";

/** Profiles of cacheLife, in what an answer says to caches and to the router. */
export const cacheLife = cases("use-cache, cacheLife", "components", (it) => {
  for (const profile of ["default", "minutes", "hours", "days", "weeks", "max", "often"]) {
    it(`profile ${profile}: Cache-Control and x-nextjs-stale-time`, async (site) => {
      const path = `/life/${profile}`;
      // the build's own page may be due
      await site.control(`tag=life-${profile}`);
      const before = await site.same(path, "life");
      await site.control(`tag=life-${profile}`);
      const made = await site.three(path);
      assert.ok((made[0]?.value("life") ?? 0) > before);
      return seenOf([...made, await site.rsc(path)]);
    });
  }
});

/** Actions with what 'use cache' keeps. */
export const useCacheActions = cases("use-cache, actions", "components", (it) => {
  it("updateTag: the action's own answer has the new result, and so have all later ones", async (site) => {
    const path = "/act/update";
    const before = await site.same(path, "act");
    const answer = await site.call(path, await site.actionId(path, "update"), ["update"]);
    const own = answer.value("act");
    assert.ok(own > before, "the action's answer has the old result");
    await site.settle();
    const later = await site.same(path, "act");
    assert.ok(later >= own);
    return seen(answer);
  });

  it(
    "updateTag: an action reads its own write",
    async (site) => {
      const path = "/act/read";
      const shown = await site.same(path, "act");
      const answer = await site.call(path, await site.actionId(path, "read"), ["read"]);
      const found = /"before":(\d+),"after":(\d+)/.exec(answer.body);
      assert.equal(Number(found?.[1]), shown);
      assert.ok(Number(found?.[2]) > shown);
      return seen(answer);
    },
    { since: 16 },
  );

  it("an action gets what is kept", async (site) => {
    const path = "/act/cached";
    const shown = await site.same(path, "act");
    const id = await site.actionId(path, "cached");
    for (let i = 0; i < 3; i++) {
      const { body } = await site.call(path, id, ["cached"]);
      assert.equal(Number(/"value":(\d+)/.exec(body)?.[1]), shown);
    }
  });

  it(
    "revalidateTag with a profile in an action",
    async (site) => {
      const path = "/act/revalidate";
      const before = await site.same(path, "act");
      const answer = await site.call(path, await site.actionId(path, "revalidate"), ["revalidate"]);
      await site.newer(path, "act", before);
      return seen(answer);
    },
    { since: 16 },
  );

  it(
    "refresh: rendered anew, and the result stays",
    async (site) => {
      const path = "/act/refresh";
      const before = await site.same(path, "act");
      const answer = await site.call(path, await site.actionId(path, "refresh"), []);
      assert.equal(answer.value("act"), before);
      return seen(answer);
    },
    { since: 16 },
  );
});
