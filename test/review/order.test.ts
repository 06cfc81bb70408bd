import * as assert from "node:assert/strict";
import { aloneOf, ordered, reviewOf, type StackReview } from "../../review/review";
import { extra, plan, recorded } from "./helpers";

describe("review: the order of stacks", () => {
  it("puts the worst stack first, and production before others to which the same happens", () => {
    const redis = (stack: string, engine: string) => ({
      ...plan(
        recorded("aws:elasticache/replicationGroup:ReplicationGroup", "g", { inputs: { engine } }),
      ),
      stack,
    });
    const files = { ...plan(recorded("aws:efs/fileSystem:FileSystem", "files")), stack: "files" };
    const loses = (stack: string, production?: boolean) =>
      reviewOf(redis(stack, "valkey"), redis(stack, "redis"), {
        ...(production !== undefined && { production }),
      });
    const service = (stack: string, type: string) => ({
      ...plan(recorded("kubernetes:core/v1:Service", "web", { inputs: { spec: { type } } })),
      stack,
    });
    const order = (...reviews: StackReview[]) => ordered(reviews).map(({ stack }) => stack);
    const gone: StackReview = { stack: "gone", kind: "removed" };
    const broken: StackReview = { stack: "broken", kind: "failed", why: "" };
    const alone = aloneOf(redis("alone", "redis"), "");
    const fails = reviewOf(redis("fails", "redis"), redis("fails", "redis"), {
      sections: [extra({ fails: "it breaks a rule" })],
    });
    const opened = reviewOf(service("opened", "ClusterIP"), service("opened", "LoadBalancer"));
    const port = reviewOf(service("port", "1"), service("port", "2"));
    assert.deepEqual(
      order(
        gone,
        alone,
        port,
        opened,
        fails,
        loses("dev"),
        loses("prod"),
        reviewOf(files, { ...plan(), stack: "files" }),
        broken,
      ),
      ["broken", "files", "prod", "dev", "fails", "alone", "opened", "gone", "port"],
    );
    assert.deepEqual(order(loses("a"), loses("b", true)), ["b", "a"]);
    assert.deepEqual(order(loses("prod", false), loses("b", true)), ["b", "prod"]);
  });
});
