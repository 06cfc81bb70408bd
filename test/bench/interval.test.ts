import assert from "node:assert/strict";
import { interval } from "../../bench/interval";

describe("the interval of a median", () => {
  /** The same numbers from 0 to 1 for the same seed. */
  function random(seed: number): () => number {
    let state = seed;
    return () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32;
    };
  }

  it("has the true median in 95 of 100 cases, whatever the distribution", () => {
    const next = random(7);
    let inside = 0;
    for (let i = 0; i < 1000; i++) {
      // now and then one is far off, as where garbage is collected
      const values = Array.from({ length: 100 }, () => next() + (next() < 0.05 ? 100 : 0));
      const { low, high } = interval(values);
      const median = 0.5 / 0.95;
      if (low <= median && median <= high) inside++;
    }
    assert.ok(inside > 920 && inside < 985, `${inside} of 1000`);
  });

  it("is around the middle value, and narrower for more values", () => {
    const of = (count: number) => interval(Array.from({ length: count }, (_, i) => i / count));
    assert.deepEqual(of(100), { median: 0.495, low: 0.4, high: 0.59 });
    assert.ok(of(1000).high - of(1000).low < 0.07);
  });

  it("of a few values there is none", () =>
    assert.throws(() => interval([1, 2, 3]), /an interval of 3 values: give 20 or more/));
});
