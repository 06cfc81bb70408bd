import assert from "node:assert/strict";
import { judgeTags, revalidated } from "../src/freshness";

describe("freshness", () => {
  it("expired, stale, and stale until they expire", () => {
    const never = { stale: 0, expired: 0, expireAt: 0 };
    assert.equal(judgeTags(100, [], 500), "fresh");
    assert.equal(judgeTags(100, [never], 500), "fresh");
    assert.equal(judgeTags(100, [{ ...never, expired: 99 }], 500), "fresh");
    assert.equal(judgeTags(100, [{ ...never, expired: 100 }], 500), "expired");
    assert.equal(judgeTags(100, [{ ...never, stale: 200 }], 500), "stale");
    assert.equal(judgeTags(100, [{ ...never, stale: 200, expireAt: 501 }], 500), "stale");
    assert.equal(judgeTags(100, [{ ...never, stale: 200, expireAt: 500 }], 500), "expired");
    assert.equal(
      judgeTags(300, [{ ...never, stale: 200, expireAt: 500 }], 600),
      "fresh",
      "made after the revalidation",
    );
    assert.equal(
      judgeTags(
        100,
        [
          { ...never, stale: 200 },
          { ...never, expired: 300 },
        ],
        500,
      ),
      "expired",
    );
  });

  it("a later revalidateTag(tag, profile) does not undo an updateTag", () => {
    const updated = revalidated(undefined, 1000, undefined);
    const both = revalidated(updated, 2000, { expire: 60 });
    assert.deepEqual(both, { stale: 2000, expired: 1000, expireAt: 60_002_000 });
    assert.equal(judgeTags(900, [both], 3000), "expired");
    assert.equal(judgeTags(1500, [both], 3000), "stale");
    assert.deepEqual(revalidated(undefined, 1000, { expire: Infinity }).expireAt, 0);
  });
});
