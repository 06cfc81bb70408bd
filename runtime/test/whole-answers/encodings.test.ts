import assert from "node:assert/strict";
import { encodingsOf, type Accepted } from "../../src/whole-answers/encodings";

/** The form that Next.js answers with, and those that are made here, best first. */
const CASES: readonly (readonly [string | undefined, ...string[]])[] = [
  [undefined, "identity"],
  ["", "identity"],
  ["gzip, deflate, br, zstd", "gzip", "br", "zstd"],
  ["gzip, deflate", "gzip"],
  ["deflate, gzip", "gzip"],
  ["gzip, zstd, br", "gzip", "br", "zstd"],
  ["GZip, BR", "gzip", "br"],
  ["br,deflate", "deflate", "br"],
  ["br", "identity", "br"],
  ["zstd", "identity", "zstd"],
  ["identity", "identity"],
  ["x-gzip", "identity"],
  // weights
  ["gzip;q=1.0, identity; q=0.5, *;q=0", "gzip"],
  ["gzip;q=0.5, br;q=0.2", "gzip"],
  ["gzip;q=0.5, br", "gzip", "br"],
  ["br;q=0.9, zstd, gzip;q=0.8", "gzip", "zstd", "br"],
  ["gzip;q=0", "identity"],
  ["gzip;q=0, deflate", "deflate"],
  ["deflate, gzip;q=0.5", "gzip"],
  ["br;q=0, gzip", "gzip"],
  ["br;q=0.001", "identity", "br"],
  ["br;q=0", "identity"],
  // what is said about identity and all others
  ["identity, gzip", "identity"],
  ["identity, br", "identity"],
  ["gzip, identity", "gzip"],
  ["identity;q=0.5, gzip;q=0.4, br;q=0.4", "identity"],
  ["identity;q=0", "identity"],
  ["identity;q=0, br", "identity"],
  ["identity;q=0, gzip, br", "gzip", "br"],
  ["*", "gzip"],
  ["*, identity;q=0.5", "gzip"],
  ["*;q=0", "identity"],
  ["*;q=0, br", "identity", "br"],
  ["gzip;q=0, *", "deflate"],
  ["*, br;q=0", "gzip"],
];

/** Such requests are left to Next.js. */
const PAST = ["gzip\u0000", "gzip;q=2", "gzip;q=x", "gzip; level=3", "gzip, gzip;q=0", "gzip;Q=0"];

const listOf = ({ asked, better }: Accepted): readonly string[] => [asked, ...better];

describe("what an Accept-Encoding says", () => {
  for (const [text, ...expected] of CASES)
    it(`${JSON.stringify(text)}: ${expected.join(", ")}`, () => {
      for (let i = 0; i < 2; i++)
        assert.deepEqual(listOf(encodingsOf(text) ?? assert.fail()), expected);
    });

  for (const text of PAST)
    it(`${JSON.stringify(text)} is not understood`, () =>
      assert.equal(encodingsOf(text), undefined));

  it("however many forms are sent, each is read right", () => {
    for (let i = 0; i < 1000; i++) assert.equal(encodingsOf(`x${i}, gzip`)?.asked, "gzip");
    assert.equal(encodingsOf("x2000;q=2, gzip"), undefined);
  });
});
