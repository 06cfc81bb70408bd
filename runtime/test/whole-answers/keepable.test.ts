import assert from "node:assert/strict";
import {
  isSegmentPrefetch,
  reasonNotToKeep,
  sourceOf,
  type LookupNote,
} from "../../src/whole-answers/keepable";
import { answerWith, askedBy } from "../lib/asked-by";
import { entry } from "../lib/entry";
import { lookup } from "../lib/pods";

describe("which answers are kept whole", () => {
  const page = entry();
  const note = (over: Partial<LookupNote> = {}): LookupNote => ({
    lookup: lookup("p:/page"),
    kind: "APP_PAGE",
    entry: page,
    fresh: true,
    ...over,
  });
  const postponed = entry({ value: { kind: "APP_PAGE", html: "", postponed: "state" } });

  it("of one fresh lookup of a page or a route", () => {
    for (const kind of ["APP_PAGE", "APP_ROUTE", "PAGES"])
      assert.equal(sourceOf([note({ kind })], false)?.entry, page);
  });

  const others: Readonly<Record<string, readonly LookupNote[]>> = {
    "no lookup: another request's, or none": [],
    "a miss": [note({ entry: undefined })],
    "a stale page": [note({ fresh: false })],
    "the same page twice": [note(), note()],
    "a page and data": [note(), note({ kind: "FETCH" })],
    data: [note({ kind: "FETCH" })],
    "an image": [note({ kind: "IMAGE" })],
    "a kind that is not known": [note({ kind: "" })],
    "a partially prerendered page": [note({ entry: postponed })],
  };
  for (const [what, notes] of Object.entries(others))
    it(`not ${what}`, () => assert.equal(sourceOf(notes, false), undefined));

  it("the prefetch of a segment of a partially prerendered page is", () => {
    const asked = askedBy({ rsc: "1", "next-router-segment-prefetch": "/_tree" });
    assert.equal(
      sourceOf([note({ entry: postponed })], isSegmentPrefetch(asked))?.entry,
      postponed,
    );
    const other = isSegmentPrefetch(askedBy({ rsc: "1" }));
    assert.equal(sourceOf([note({ entry: postponed })], other), undefined);
  });

  it("whatever any CDN may keep", () => {
    for (const status of [200, 301, 302, 304, 307, 308, 404])
      assert.equal(reasonNotToKeep(answerWith({}, { status }), "gzip", 1000), undefined);
    for (const headers of [
      { Vary: undefined },
      { Vary: "RSC, Next-Url" },
      { "Cache-Control": "public, max-age=0, s-maxage=31536000" },
      { "Content-Encoding": "gzip" },
    ])
      assert.equal(reasonNotToKeep(answerWith(headers), "gzip", 1000), undefined);
  });

  const not: readonly (readonly [string, Parameters<typeof answerWith>])[] = [
    ["its status", [{}, { status: 500 }]],
    ["its status", [{}, { status: 206 }]],
    ["its status", [{}, { status: 303 }]],
    ["no hit", [{ "x-nextjs-cache": "STALE" }]],
    ["no hit", [{ "x-nextjs-cache": "MISS" }]],
    ["no hit", [{ "x-nextjs-cache": undefined }]],
    ["it sets a cookie", [{ "Set-Cookie": "a=b" }]],
    ["its Cache-Control", [{ "Cache-Control": undefined }]],
    ["its Cache-Control", [{ "Cache-Control": "public, max-age=60" }]],
    ["its Cache-Control", [{ "Cache-Control": "s-maxage=0" }]],
    ["its Cache-Control", [{ "Cache-Control": "private, s-maxage=60" }]],
    ["its Cache-Control", [{ "Cache-Control": "s-maxage=60,no-store" }]],
    ["its Cache-Control", [{ "Cache-Control": "no-cache, s-maxage=60" }]],
    ["its Cache-Control", [{ "Cache-Control": "x-s-maxage=60" }]],
    ["its Vary", [{ Vary: "Accept-Language" }]],
    ["its Vary", [{ Vary: "RSC, Cookie" }]],
    ["its Vary", [{ Vary: "*" }]],
    ["its Content-Encoding", [{ "Content-Encoding": "br" }]],
    ["its size", [{}, { body: Buffer.alloc(1001) }]],
  ];
  for (const [reason, args] of not)
    it(`not for ${reason}: ${JSON.stringify(args[0])}`, () =>
      assert.equal(reasonNotToKeep(answerWith(...args), "gzip", 1000), reason));
});
