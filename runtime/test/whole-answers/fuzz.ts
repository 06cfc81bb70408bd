import assert from "node:assert/strict";
import type { RawAnswer } from "../lib/exchange";
import { random } from "../lib/random";
import type { Suite } from "../lib/suite";
import { answer, givenBy, whole, type Pods } from "./servers";
import { buildIdOf, common } from "./stock";

/** Names and values of what is tried, also twice and in other spellings. */
const FUZZ: Readonly<Record<string, readonly string[]>> = {
  Host: ["shop.example", "one.example", "two.example", "other", "shop.example:8080"],
  Cookie: [
    "a=b",
    "beta=1",
    "known=1; beta=1",
    "NEXT_LOCALE=fr",
    "session=1; NEXT_LOCALE=fr",
    "__prerender_bypass=x",
    "__next_preview_data=x",
  ],
  "X-Leave": ["1"],
  "Accept-Encoding": [
    "gzip",
    "deflate",
    "br",
    "gzip;q=0",
    "identity, gzip",
    "*",
    "x-gzip",
    "",
    "deflate, gzip;q=0.5",
    "*;q=0",
    "gzip;q=0, *",
    "identity;q=0, deflate",
    "gzip;q=0.1, *;q=0.5",
  ],
  "Accept-Language": ["de", "fr"],
  RSC: ["1", "0", ""],
  "Next-Router-Prefetch": ["1", "2"],
  "Next-Router-Segment-Prefetch": ["/_tree", "/_full", "/x"],
  "Next-Router-State-Tree": ["%5B%22%22%5D"],
  "Next-Url": ["/", "/tagged"],
  "X-Forwarded-Host": ["evil.example"],
  "X-Forwarded-Proto": ["https"],
  "X-Nextjs-Data": ["1"],
  "X-Prerender-Revalidate": ["x"],
  "X-Middleware-Prefetch": ["1"],
  Purpose: ["prefetch"],
  "Sec-Fetch-Dest": ["document", "image", "empty"],
  "User-Agent": ["Mozilla/5.0 Firefox/140.0", "Googlebot/2.1", "Twitterbot"],
  "If-None-Match": ["*", '"x"'],
  "If-Modified-Since": ["Mon, 01 Jan 2029 00:00:00 GMT"],
  "Cache-Control": ["no-cache", "max-age=0"],
  Authorization: ["Basic eDp5"],
  Range: ["bytes=0-9"],
};
const QUERIES = ["", "?", "?a=1", "?a=2", "?_rsc=1abc", "?dpl=one", "?__nextLocale=x"] as const;

/**
 * No visitor gets what was made for another: each answer is what a server without the feature gives, and what stock
 * Next.js gives.
 * @param least how many of the 600 requests have to be answered from memory
 */
export async function fuzz(
  suite: Suite,
  name: string,
  { on, off, stock, built, builtStock }: Pods,
  paths: readonly string[],
  least: number,
): Promise<void> {
  await suite.check(`${name}: 100 made-up requests, six times: what Next.js answers`, async () => {
    assert.ok(stock && builtStock);
    const [ours, stocks] = [buildIdOf(built), buildIdOf(builtStock)];
    const below = random(14);
    const names = Object.keys(FUZZ);
    const requests = Array.from({ length: 50 }, () => {
      const headers: Record<string, string> = {};
      for (let i = below(4); i >= 0; i--) {
        const header = names[below(names.length)] ?? assert.fail();
        const values = FUZZ[header] ?? assert.fail();
        headers[header] = values[below(values.length)] ?? "";
      }
      const path = `${paths[below(paths.length)] ?? assert.fail()}${QUERIES[below(QUERIES.length)] ?? ""}`;
      // and a visitor who differs in one of them
      const others = Object.fromEntries(Object.entries(headers).slice(1));
      return [
        { path, headers },
        { path, headers: others },
      ];
    }).flat();
    // renders what is not there yet
    for (const { path, headers } of requests)
      for (const server of [on, off, stock]) await answer(server, path, headers);
    const count = await givenBy(on, async () => {
      for (let round = 0; round < 2; round++)
        for (const { path, headers } of requests)
          // what was answered twice is kept, and would be the next visitor's
          for (let i = 0; i < 3; i++) {
            const what = `${path} ${JSON.stringify(headers)}`;
            const [mine, theirs, ofStock]: readonly RawAnswer[] = await Promise.all([
              answer(on, path, headers),
              answer(off, path, headers),
              answer(stock, path, headers),
            ]);
            assert.ok(mine && theirs && ofStock);
            assert.deepEqual(whole(mine), whole(theirs), what);
            const expected = common(ofStock, stocks);
            assert.deepEqual(common(mine, ours), expected, `${what}, beside stock`);
          }
    });
    console.log(`        ${count} of 600 from memory`);
    assert.ok(count >= least, `${count} from memory: this proves little`);
  });
}
