import assert from "node:assert/strict";
import { pathOfKey } from "../src/release";

describe("the path of a key", () => {
  it("is found in keys of both layouts", () => {
    assert.equal(pathOfKey("/route-cache/APP_PAGE/abc/$/index"), "/");
    assert.equal(pathOfKey("/route-cache/APP_PAGE/abc/$/blog/x"), "/blog/x");
    assert.equal(pathOfKey("/route-cache/PAGES/abc/$/index/index"), "/index");
    assert.equal(pathOfKey("/index"), "/");
    assert.equal(pathOfKey("/blog"), "/blog");
  });
});
