import assert from "node:assert/strict";
import type { Answer } from "../../../runtime/test/lib/next";
import { cases } from "../lib/case";
import { ranks, seen, seenOf } from "../lib/seen";
import type { Site } from "../lib/site";

const since = { since: 16 };

/** What the router fetches before a visitor clicks. */
export const segmentCache = cases("segment-cache", "components", (it) => {
  it(
    "the tree of a page",
    async (site) => {
      const all: Answer[] = [];
      for (const path of ["/shell/segment", "/whole/segment"]) {
        for (let i = 0; i < 3; i++) all.push(await site.segment(path, "/_tree"));
      }
      assert.deepEqual([...new Set(all.map(({ status }) => status))], [200]);
      return [...seenOf(all), all.map(({ body }) => body === all[0]?.body)];
    },
    since,
  );

  it(
    "every segment that the build made",
    async (site) => {
      const all: unknown[] = [];
      for (const segment of segmentsOf("whole")) {
        for (let i = 0; i < 3; i++)
          all.push([segment, seen(await site.segment("/whole/one", segment))]);
      }
      return all;
    },
    since,
  );

  it(
    "a segment that no page has",
    async (site) => seenOf(await three(site, "/whole/one", "/no/such/segment")),
    since,
  );

  it(
    "the segment of a page has its data, also after a tag",
    async (site) => {
      const segment = segmentsOf("whole").at(-1) ?? "";
      const before = await site.same("/whole/rsc", "whole");
      assert.equal((await site.segment("/whole/rsc", segment)).value("whole"), before);
      await site.control("tag=whole-rsc");
      const after = await site.newer("/whole/rsc", "whole", before);
      await site.settle(300);
      const later = await three(site, "/whole/rsc", segment);
      for (const answer of later) assert.ok(answer.value("whole") >= after);
      return seenOf(later);
    },
    since,
  );

  it(
    "the first that comes after a tag is a segment",
    async (site) => {
      const segment = segmentsOf("whole").at(-1) ?? "";
      const before = await site.same("/whole/seed", "whole");
      await site.control("tag=whole-seed");
      await site.eventually("the new segment", async () =>
        (await site.segment("/whole/seed", segment)).value("whole") > before ? true : undefined,
      );
      await site.settle(300);
      assert.ok((await site.same("/whole/seed", "whole")) > before);
    },
    since,
  );

  it(
    "a prefetch of a page with a hole has the shell and not the hole",
    async (site) => {
      const all = [];
      for (let i = 0; i < 3; i++) {
        all.push(await site.rsc("/shell/prefetch", { "next-router-prefetch": "1" }));
      }
      for (const { body } of all) assert.doesNotMatch(body, /\[\[hole:/);
      return seenOf(all);
    },
    since,
  );

  it("the RSC payload of a page that is kept as a whole", async (site) => {
    const shown = await site.same("/whole/one", "whole");
    const all = [
      await site.rsc("/whole/one"),
      await site.rsc("/whole/one"),
      await site.rsc("/whole/one"),
    ];
    const values = all.map((answer) => answer.value("whole"));
    assert.equal(new Set(values).size, 1);
    // 16.0 and 16.1 render the payload at run time, and ask for its data again, with stock Next.js too
    if (site.version === 15.5 || site.version >= 16.2) assert.equal(values[0], shown);
    return [seenOf(all), ranks([shown, ...values])];
  });

  it(
    "the RSC payload of a page with a hole",
    async (site) => {
      const all = [];
      for (let i = 0; i < 3; i++) all.push(await site.rsc("/shell/two"));
      assert.equal(new Set(all.map((answer) => answer.value("hole"))).size, 3);
      assert.equal(new Set(all.map((answer) => answer.value("shell"))).size, 1);
      return seenOf(all);
    },
    since,
  );

  it(
    "a prefetch at run time",
    async (site) => {
      const all = [];
      for (let i = 0; i < 3; i++) {
        all.push(await site.rsc("/shell/runtime", { "next-router-prefetch": "2" }));
      }
      return seenOf(all);
    },
    since,
  );
});

async function three(site: Site, path: string, segment: string) {
  const all = [];
  for (let i = 0; i < 3; i++) all.push(await site.segment(path, segment));
  return all;
}

/** Names of the segments of /NAME/[slug]; the last one is the page. */
function segmentsOf(name: string): readonly string[] {
  return ["/_index", `/${name}`, `/${name}/$d$slug`, `/${name}/$d$slug/__PAGE__`];
}
