import * as assert from "node:assert/strict";
import { picturesOf } from "../../picture/reviews";
import { reviewOf, type StackReview } from "../../review/review";
import { changing, type Inputs } from "../policies/helpers";
import { planNamed, withoutParts } from "./helpers";

function texts(svg: string): string[] {
  return [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, text = ""]) => text);
}

describe("the pictures of what a pull request changes", () => {
  it("has the worst stack first, with its sentence, and unchanged ones on one line", async () => {
    const [prod, dev, local] = [
      await planNamed("prod"),
      await planNamed("dev"),
      await planNamed("local"),
    ];
    const svg = picturesOf([
      reviewOf(dev, dev),
      reviewOf(local, local),
      reviewOf(prod, withoutParts(prod, "RedisCache sessions")),
    ]);
    const all = texts(svg);
    assert.match(
      all.slice(0, 2).join(" "),
      /^prod: the sessions' Redis is DELETED: all visitors are logged out/,
    );
    assert.ok(all.includes("− deleted"));
    assert.equal(all.at(-1), "no change: dev, local");
    assert.equal(svg.match(/<g /g)?.length, 1);
    assert.equal(svg.match(/<style>/g)?.length, 1);
  });

  it("has a sentence alone for a stack without two plans", () => {
    const reviews: StackReview[] = [
      { stack: "prod", kind: "failed", why: "no" },
      { stack: "old", kind: "removed" },
    ];
    const all = texts(picturesOf(reviews)).join(" ");
    assert.match(all, /prod: cannot be planned with this change/);
    assert.match(all, /old: its file is removed/);
    assert.doesNotMatch(all, /visitors/);
  });

  it("marks a part that stays and loses what it holds", async () => {
    const plan = await planNamed("local");
    const image = (name: string) => (it: { inputs: Inputs }) =>
      (it.inputs.spec.template.spec.containers[0].image = name);
    const between = (name: string) => {
      const after = changing(plan, { [name]: image("registry.test/other:1") });
      return texts(picturesOf([reviewOf(plan, after)]));
    };
    assert.ok(between("Deployment pages-redis").includes("! loses its data"));
    assert.ok(!between("Deployment web").includes("! loses its data"));
    assert.ok(between("Deployment web").includes("~ 1 updated"));
  });

  it("says that nothing changes", async () => {
    const plan = await planNamed("local");
    assert.deepEqual(texts(picturesOf([reviewOf(plan, plan)])), ["no change: local"]);
    assert.deepEqual(texts(picturesOf([])), []);
  });
});
