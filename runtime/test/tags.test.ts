import assert from "node:assert/strict";
import { tagsOf } from "../src/tags";

describe("tags", () => {
  it("of an app page come from its headers", () => {
    assert.deepEqual(
      tagsOf(
        { kind: "APP_PAGE", headers: { "x-next-cache-tags": "_N_T_/layout,a" } },
        { tags: ["b"] },
      ),
      ["b", "_N_T_/layout", "a"],
    );
    assert.deepEqual(tagsOf({ kind: "PAGES", headers: {} }, undefined), []);
    assert.deepEqual(tagsOf(null, undefined), []);
  });
});
