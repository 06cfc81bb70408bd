import assert from "node:assert/strict";
import { cases } from "../lib/case";
import { seen, seenOf } from "../lib/seen";

/** Server actions on their own. */
export const actions = cases("actions", "router", (it) => {
  it("gives its value to the caller, and renders no page", async (site) => {
    const path = "/act/value";
    const id = await site.actionId(path, "nothing");
    const renders = site.origin.count("act-render-value");
    const all = [];
    for (let i = 0; i < 3; i++) all.push(await site.call(path, id, ["value"]));
    assert.deepEqual(
      all.map(({ body }) => /"asked":(\d+)/.exec(body)?.[1]),
      ["1", "2", "3"],
    );
    assert.equal(site.origin.count("act-render-value"), renders);
    return seenOf(all);
  });

  it("sets a cookie", async (site) => {
    const path = "/act/cookie";
    const answer = await site.call(path, await site.actionId(path, "setCookie"), ["here"]);
    assert.match(String(answer.headers["set-cookie"]), /act=here/);
    return seen(answer);
  });

  it("redirects to a page that it has revalidated", async (site) => {
    const path = "/act/leave";
    const before = await site.same("/forever/leave", "forever");
    const answer = await site.call(path, await site.actionId(path, "leave"), ["leave"]);
    await site.settle();
    assert.ok((await site.value("/forever/leave", "forever")) > before);
    return seen(answer);
  });

  it("calls notFound", async (site) => {
    const path = "/act/missing";
    const answer = await site.call(path, await site.actionId(path, "missing"), []);
    assert.equal(answer.status, 404);
    return seen(answer);
  });

  it("fails", async (site) => {
    const path = "/act/fail";
    const answer = await site.call(path, await site.actionId(path, "fail"), ["fail"]);
    assert.equal(answer.status, 500);
    return seen(answer);
  });

  it("one that the build has not", async (site) => {
    const answer = await site.call("/act/unknown", "0".repeat(42), []);
    assert.ok(answer.status >= 400);
    return seen(answer);
  });

  it("one from another host is refused", async (site) => {
    const path = "/act/host";
    const id = await site.actionId(path, "nothing");
    const answer = await site.call(path, id, ["host"], { origin: "https://evil.example.com" });
    assert.equal(answer.status, 500);
    assert.equal(site.origin.count("act-call-host"), 0, "it was carried out");
    return seen(answer);
  });

  it("one behind a proxy: the host that the browser knows counts", async (site) => {
    const path = "/act/proxied";
    const answer = await site.call(path, await site.actionId(path, "nothing"), ["proxied"], {
      origin: "https://shop.example.com",
      "x-forwarded-host": "shop.example.com",
    });
    assert.equal(answer.status, 200);
    return seen(answer);
  });

  it("a body that is larger than allowed", async (site) => {
    const path = "/act/large";
    const id = await site.actionId(path, "nothing");
    const answer = await site.call(path, id, ["x".repeat(1_200_000)]);
    assert.ok(answer.status >= 400);
    return answer.status;
  });

  it("a POST to a static page without an action", async (site) => {
    const answer = await site.post("/forever/built", "text/plain", "nothing");
    return seen(answer);
  });
});
