import assert from "node:assert/strict";
import { KEY_HEADERS, keyOf } from "../../src/whole-answers/key";
import { askedBy } from "../lib/asked-by";

describe("the key of a whole answer", () => {
  it("is the same for visitors whom Next.js cannot tell apart", () => {
    const one = keyOf(askedBy());
    assert.ok(one);
    for (const headers of [
      { cookie: "session=two" },
      { cookie: undefined },
      { "accept-language": "fr" },
      { "x-forwarded-for": "192.0.2.2", "x-request-id": "2" },
      { "user-agent": "curl/8" },
      { "accept-encoding": "br, GZIP" },
    ])
      assert.equal(keyOf(askedBy(headers)), one, JSON.stringify(headers));
  });

  it("differs by whatever Next.js answers by", () => {
    const asked = [
      askedBy(),
      askedBy({}, { method: "HEAD" }),
      askedBy({}, { httpVersion: "1.0" }),
      askedBy({}, { url: "/page?a=2" }),
      askedBy({}, { url: "/Page?a=1" }),
      askedBy({ "accept-encoding": "deflate" }),
      askedBy({ "accept-encoding": undefined }),
      ...KEY_HEADERS.flatMap((name) => [askedBy({ [name]: "1" }), askedBy({ [name]: "" })]),
    ];
    const keys = new Set(asked.map(keyOf));
    assert.equal(keys.size, asked.length);
    assert.ok(!keys.has(undefined));
  });

  it("no value of one header looks like another header", () => {
    assert.notEqual(keyOf(askedBy({ purpose: "x" })), keyOf(askedBy({ "sec-purpose": "x" })));
  });

  it("what is not understood, or too long, has none", () => {
    assert.equal(keyOf(askedBy({ "accept-encoding": "gzip;q=2" })), undefined);
    assert.equal(keyOf(askedBy({}, { url: `/${"a".repeat(5000)}` })), undefined);
    assert.equal(keyOf(askedBy({ "next-router-state-tree": "a".repeat(5000) })), undefined);
  });
});
