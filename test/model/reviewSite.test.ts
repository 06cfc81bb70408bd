import * as assert from "node:assert/strict";
import { milliCores } from "../../model/quantities";
import { pullRequestOf, reviewStack } from "../../model/reviewSite";

describe("the stack of a pull request's site", () => {
  it("is named after the pull request, and no other stack is taken for one", () => {
    for (const number of [1, 42, 999_999_999])
      assert.equal(pullRequestOf(reviewStack(number)), number);
    for (const name of [
      "dev",
      "pr-",
      "pr-0",
      "pr-012",
      "pr-1a",
      "pr-1 ",
      "apr-1",
      "PR-1",
      "pr-1000000000",
    ])
      assert.equal(pullRequestOf(name), undefined, name);
  });
});

describe("milliCores", () => {
  it("counts CPU as Kubernetes writes it, and never too little", () => {
    assert.deepEqual(
      ["250m", "1", "0.5", "0.0001", "2.5"].map(milliCores),
      [250, 1000, 500, 1, 2500],
    );
  });
});
