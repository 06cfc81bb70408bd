import assert from "node:assert/strict";
import { cases } from "../lib/case";
import { seenOf } from "../lib/seen";

const since = { since: 16 };

/** The hole shows what the shell was made of. */
export const resumeDataCache = cases("resume-data-cache", "components", (it) => {
  it(
    "'use cache' and fetch: one value in shell and hole",
    async (site) => {
      for (const answer of await site.three("/resume/one")) {
        assert.equal(answer.value("static"), answer.value("dynamic"));
      }
      await site.different("/resume/one", "uncached");
      assert.equal(site.origin.count("resume-one"), 0, "it was made anew");
      return seenOf(await site.three("/resume/one"));
    },
    since,
  );

  it(
    "the RSC payload has the values of the shell",
    async (site) => {
      const shown = await site.page("/resume/rsc");
      for (let i = 0; i < 3; i++) {
        const payload = await site.rsc("/resume/rsc");
        assert.equal(payload.value("dynamic"), shown.value("static"));
      }
    },
    since,
  );

  for (const [slug, query] of [
    ["two", "tag=resume-two"],
    ["fetch", "tag=resume-fetch-fetch"],
    ["path", "path=/resume/path"],
    ["max", "tag=resume-max&profile=max"],
  ] as const) {
    it(
      `after ${query.replace(/=.*&profile=max/, " with a profile").replace(/=.*/, "")} of ${slug}: new, and one value again`,
      async (site) => {
        const path = `/resume/${slug}`;
        const name = slug === "fetch" ? "fetch" : "static";
        const before = await site.value(path, name);
        await site.control(query);
        await site.newer(path, name, before);
        await site.settle(400);
        for (const answer of await site.three(path)) {
          assert.ok(answer.value(name) > before, "the old value came back");
          assert.equal(answer.value("static"), answer.value("dynamic"));
          assert.equal(answer.value("fetch"), answer.value("dynamicfetch"));
        }
        const payload = await site.rsc(path);
        assert.ok(payload.value(slug === "fetch" ? "dynamicfetch" : "dynamic") > before);
      },
      since,
    );
  }

  it(
    "page, payload and segment at once after a tag",
    async (site) => {
      const path = "/resume/together";
      const before = await site.value(path, "static");
      await site.control("tag=resume-together");
      await Promise.all([
        site.get(path),
        site.rsc(path),
        site.segment(path, "/_tree"),
        site.get(path),
        site.rsc(path),
        site.get(path),
      ]);
      await site.newer(path, "static", before);
      await site.settle(400);
      const shown = await site.same(path, "static");
      assert.equal((await site.rsc(path)).value("dynamic"), shown);
    },
    since,
  );

  it(
    "an address that the build has not",
    async (site) => {
      for (const answer of await site.three("/resume/later")) {
        assert.equal(answer.value("static"), answer.value("dynamic"));
      }
      assert.equal(site.origin.count("resume-later"), 1);
    },
    since,
  );
});
