import assert from "node:assert/strict";
import { botsOf } from "../../src/whole-answers/bots";
import { reasonToGoPast } from "../../src/whole-answers/past";
import { askedBy } from "../lib/asked-by";

describe("requests that go past whole answers", () => {
  const isBot = (agent: string): boolean => /Googlebot/.test(agent);
  const reason = (...args: Parameters<typeof askedBy>): string | undefined =>
    reasonToGoPast(askedBy(...args), isBot);

  it("(control) a browser's do not", () => {
    assert.equal(reason(), undefined);
    assert.equal(reason({}, { method: "HEAD" }), undefined);
    assert.equal(reason({ "user-agent": undefined, cookie: undefined }), undefined);
    assert.equal(
      reason({ rsc: "1", "next-router-prefetch": "1", "next-url": "/", "x-deployment-id": "one" }),
      undefined,
    );
    assert.equal(reason({ "x-real-ip": "::1", "x-amzn-trace-id": "Root=1" }), undefined);
    assert.equal(reason({ "if-none-match": '"abc"', "cache-control": "no-cache" }), undefined);
  });

  for (const method of ["POST", "PUT", "OPTIONS", "DELETE", "get"])
    it(`method ${method}`, () => assert.equal(reason({}, { method }), "its method"));

  for (const url of ["//other.example/x", "http://other.example/x", "*", "/a\\b", ""])
    it(`URL ${JSON.stringify(url)}`, () => assert.equal(reason({}, { url }), "its URL"));

  for (const name of [
    "authorization",
    "content-length",
    "expect",
    "if-range",
    "range",
    "transfer-encoding",
    "upgrade",
    "x-prerender-revalidate",
    "x-prerender-revalidate-if-generated",
    "x-middleware-prefetch",
    "x-middleware-subrequest",
    "x-matched-path",
    "x-now-route-matches",
    "x-next-resume-state-length",
    "x-nextjs-request-id",
    "x-invocation-id",
    "x-invoke-path",
    "next-resume",
    "next-action",
    "next-html-request-id",
  ])
    it(`header ${name}`, () => assert.equal(reason({ [name]: "1" }), `its header ${name}`));

  for (const cookie of [
    "__prerender_bypass=x",
    "a=b; __next_preview_data=x",
    "next-instant-navigation-testing=1",
  ])
    it(`cookie ${cookie}`, () => assert.equal(reason({ cookie }), "a cookie of draft mode"));

  it("a bot, by Next.js's list and by the app's", () => {
    assert.equal(reason({ "user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1)" }), "a bot");
    const bots = botsOf(isBot, "MySpider|Other");
    for (const agent of ["Googlebot/2.1", "myspider 1", "MySpider"]) {
      assert.equal(bots(agent), true);
      assert.equal(bots(agent), true, "asked before");
    }
    assert.equal(bots("Firefox"), false);
    assert.equal(bots(`${"x".repeat(600)} Googlebot`), true);
  });
});
