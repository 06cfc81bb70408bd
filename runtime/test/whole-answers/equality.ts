import assert from "node:assert/strict";
import { exchange } from "../lib/exchange";
import type { Suite } from "../lib/suite";
import {
  answer,
  asked,
  asRouterAsks,
  givenAtLeast,
  givenBy,
  isGiven,
  whole,
  type Pods,
  type Sent,
} from "./servers";
import { dataPath } from "./stock";

/** Pages and routes that are answered from the cache, of each kind. */
export const KEPT = [
  "/tagged/one",
  "/route",
  "/empty",
  "/static",
  "/legacy/one",
  "/special/shared",
] as const;
/** The same with other statuses: missing pages and redirects of both routers. */
export const OTHER_STATUSES = ["/special/gone", "/special/moved", "/legacy/moved"] as const;
/** What is never kept: a missing page of the pages router asks the cache a second time, for its page 404. */
const NOT_KEPT = ["/legacy/gone", "/dynamic", "/nowhere", "/control?metrics=1&x=1"] as const;

/** Of a browser without Brotli and zstd, whose bytes would be others than Next.js's: better.ts. */
export const GZIP: Sent = { "Accept-Encoding": "gzip, deflate" };
/** How a page is asked for. */
export const FORMS: Readonly<Record<string, Sent>> = {
  "without compression": {},
  "as a browser": GZIP,
  deflate: { "Accept-Encoding": "deflate" },
  "the payload of a navigation": { ...GZIP, RSC: "1" },
  "a prefetch": { ...GZIP, RSC: "1", "Next-Router-Prefetch": "1" },
  "a segment's prefetch": {
    ...GZIP,
    RSC: "1",
    "Next-Router-Prefetch": "1",
    "Next-Router-Segment-Prefetch": "/_tree",
  },
  "no-cache": { ...GZIP, "Cache-Control": "no-cache" },
  "if anything changed": { ...GZIP, "If-None-Match": "*" },
};

/** All requests are answered by Next.js on one server and from memory on the other, from the same entries. */
export async function equality(
  suite: Suite,
  name: string,
  { on, off, built }: Pods,
): Promise<void> {
  for (const [form, headers] of Object.entries(FORMS))
    await suite.check(`${name}: ${form}: the same answer, byte for byte`, async () => {
      for (const page of [...KEPT, ...OTHER_STATUSES, dataPath(built)]) {
        const path = await asRouterAsks(off, page, headers);
        await answer(off, path, headers);
        const expected = whole(await answer(off, path, headers));
        const count = await givenAtLeast(on, 2, async () => {
          for (let i = 0; i < 6; i++)
            assert.deepEqual(whole(await answer(on, path, headers)), expected, `${path}, ${i}`);
        });
        assert.ok(count >= 2, `${path}: ${count} of 60 answers are from memory`);
      }
    });

  await suite.check(`${name}: HEAD, HTTP/1.0 and an ETag: the same answer`, async () => {
    const etag = (await answer(off, "/tagged/one", {})).headers.find(([n]) => n === "ETag")?.[1];
    assert.ok(etag);
    for (const [method, version, headers] of [
      ["HEAD", "1.1", GZIP],
      ["HEAD", "1.1", {}],
      ["GET", "1.0", {}],
      ["GET", "1.1", { ...GZIP, "If-None-Match": etag }],
      ["GET", "1.1", { ...GZIP, "If-None-Match": etag, "Cache-Control": "no-cache" }],
      ["HEAD", "1.1", { "If-None-Match": `"other", ${etag}` }],
    ] as readonly (readonly [string, string, Sent])[]) {
      const expected = whole(await answer(off, "/tagged/one", headers, method, version));
      const count = await givenAtLeast(on, 1, async () => {
        for (let i = 0; i < 4; i++) {
          const got = await answer(on, "/tagged/one", headers, method, version);
          assert.deepEqual(whole(got), expected, `${method} ${version} ${i}`);
        }
      });
      assert.ok(count >= 1, `${method} ${version} ${JSON.stringify(headers)}: none from memory`);
    }
  });

  await suite.check(`${name}: pipelined on one connection: in order, the same`, async () => {
    const keep = { ...GZIP, Connection: "keep-alive" };
    const paths = ["/tagged/one", "/dynamic", "/route", "/tagged/one", "/static"];
    const text = paths.map((path) => asked(path, keep)).join("") + asked("/tagged/one", GZIP);
    const all = [...paths, "/tagged/one"].map(() => "GET");
    const [mine, theirs] = [
      await exchange(on.port, text, all),
      await exchange(off.port, text, all),
    ];
    for (const at of [0, 2, 3, 4, 5])
      assert.deepEqual(whole(mine[at] ?? assert.fail()), whole(theirs[at] ?? assert.fail()));
  });

  await suite.check(`${name}: what is dynamic, missing or another's is not kept`, async () => {
    for (const path of NOT_KEPT) {
      const count = await givenBy(on, async () => {
        for (let i = 0; i < 4; i++) await answer(on, path, GZIP);
      });
      assert.equal(count, 0, path);
      assert.ok(await isGiven(on, () => answer(on, "/tagged/one", GZIP)), "(control)");
    }
    for (const headers of [
      { "User-Agent": "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)" },
      { Cookie: "__prerender_bypass=x" },
      { Range: "bytes=0-9" },
    ] as readonly Sent[]) {
      const count = await givenBy(on, async () => {
        for (let i = 0; i < 4; i++) await answer(on, "/tagged/one", headers);
      });
      assert.equal(count, 0, JSON.stringify(headers));
      assert.ok(await isGiven(on, () => answer(on, "/tagged/one", {})), "(control)");
    }
  });
}
