import * as assert from "node:assert/strict";
import { objectLabels, selectorLabels } from "../../components/labels";

describe("labels", () => {
  it("select pods by one label, since a selector can never be changed", () => {
    assert.deepEqual(selectorLabels("web"), { "app.kubernetes.io/name": "web" });
  });

  it("of an object include those that select it", () => {
    assert.deepEqual(objectLabels("web"), {
      "app.kubernetes.io/name": "web",
      "app.kubernetes.io/part-of": "next-on-eks",
    });
  });
});
