import * as assert from "node:assert/strict";
import { exitCodeOf, labelOf } from "../../review/gate";
import { aloneOf, isUnchanged, reviewOf, type StackReview } from "../../review/review";
import { extra, plan, recorded } from "./helpers";

const group = (engine: string) =>
  plan(
    recorded("aws:elasticache/replicationGroup:ReplicationGroup", "sessions", {
      inputs: { engine },
    }),
  );
const same = reviewOf(group("redis"), group("redis"));
const changed = reviewOf(group("redis"), group("valkey"));
const lost = reviewOf(group("valkey"), group("redis"));
const failed: StackReview = { stack: "a", kind: "failed", why: "" };
const alone = aloneOf(group("redis"), "");
const checked = (more: Parameters<typeof extra>[0]) =>
  reviewOf(group("redis"), group("redis"), { sections: [extra(more)] });

describe("review: labels and exit codes", () => {
  it("labels by the worst", () => {
    assert.equal(labelOf([]), "no-changes");
    assert.equal(labelOf([same, same]), "no-changes");
    assert.equal(labelOf([same, changed]), "changes");
    assert.equal(labelOf([lost, changed]), "destroys-state");
    assert.equal(labelOf([alone]), "changes");
    assert.equal(labelOf([failed]), "changes");
  });

  it("calls state lost where a Redis without a disk is restarted", () => {
    const redis = (image: string) =>
      plan(
        recorded("kubernetes:apps/v1:Deployment", "pages-redis", {
          parent: "urn:pulumi:test::next-on-eks::next-on-eks:kubernetes:InClusterRedis::pages",
          inputs: { spec: { template: { spec: { image } } } },
        }),
      );
    const restarted = reviewOf(redis("a"), redis("b"));
    assert.equal(labelOf([restarted]), "destroys-state");
    assert.equal(exitCodeOf([restarted], "replaced-state"), 2);
  });

  it("takes a section without news for no change, and one that fails for an error", () => {
    assert.ok(isUnchanged(checked({ changed: false })));
    assert.ok(!isUnchanged(checked({ changed: true })));
    assert.equal(exitCodeOf([checked({ changed: true })], "changes"), 2);
    assert.ok(!isUnchanged(checked({ changed: false, fails: "a waiver is over" })));
    assert.equal(exitCodeOf([checked({ fails: "a waiver is over" })], undefined), 1);
    const base = aloneOf(group("redis"), "", [extra({ fails: "a waiver is over" })]);
    assert.equal(exitCodeOf([base], undefined), 1);
  });

  it("fails on what is asked for, and where nothing can be planned any more", () => {
    assert.deepEqual(
      [[same], [changed], [lost], [alone], [failed]].map((reviews) =>
        [undefined, "changes" as const, "replaced-state" as const].map((gate) =>
          exitCodeOf(reviews, gate),
        ),
      ),
      [
        [0, 0, 0],
        [0, 2, 0],
        [0, 2, 2],
        [0, 2, 0],
        [1, 1, 1],
      ],
    );
  });
});
