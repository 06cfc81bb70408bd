import assert from "node:assert/strict";
import { isOpenToAll } from "../../example/app/api/revalidate/order";

describe("the example's revalidation", () => {
  it("without a token takes its own tags and pages alone", () => {
    const tag = (name: string): boolean => isOpenToAll({ tag: name, profile: "max" });
    for (const name of ["products", "temperature", "load"]) assert.ok(tag(name), name);
    for (const name of ["", "load2", "_N_T_/layout", "toString"]) assert.ok(!tag(name), name);
    assert.ok(isOpenToAll({ path: "/tagged" }));
    for (const path of ["/made-up", "/tagged/", "/api/pod"])
      assert.ok(!isOpenToAll({ path }), path);
  });
});
