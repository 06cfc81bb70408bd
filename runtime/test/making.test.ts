import assert from "node:assert/strict";
import { HANGS_MS } from "../src/hanging";
import { Making } from "../src/making";
import { restore } from "../src/use-cache-handler";
import { sleep } from "./lib/processes";

/** Of 'use cache' results: before 16.3 Next.js waits for none and leaves that to the handler. */

describe("'use cache' results that hang", () => {
  it("waited for once, three at a time, and forgotten when they end", async () => {
    const making = new Making(200);
    const waits = async (): Promise<boolean> => {
      const started = performance.now();
      await making.settled("a");
      return performance.now() - started >= 150;
    };
    assert.equal(await waits(), false, "nothing is made");
    // of requests that come together each makes its own
    const together = [1, 2, 3, 4].map(() => making.begin("b"));
    assert.equal(making.isExhausted("b"), false, "none of them hangs");
    for (const end of together) end();
    const ends = [making.begin("a")];
    assert.equal(await waits(), true, "what may come any moment is waited for");
    assert.equal(await waits(), false, "it hangs");
    ends.push(making.begin("a"));
    assert.equal(await waits(), false, "another one hangs already");
    assert.equal(making.isExhausted("a"), false);
    ends.push(making.begin("a"));
    assert.equal(making.isExhausted("a"), true);
    assert.equal(making.isExhausted("b"), false);
    let over = false;
    const last = making.over("a")?.then(() => (over = true));
    for (const end of ends.slice(0, 2)) end();
    await sleep(20);
    assert.equal(over, false, "the last one was taken for over");
    assert.equal(making.isExhausted("a"), false);
    ends[2]?.();
    await last;
    assert.equal(making.over("a"), undefined);
  });
  it("what is shown meanwhile passes for new for as long as one may take, no longer", () => {
    const MONTH = 30 * 24 * 3600;
    const kept = { bytes: new Uint8Array(), tags: ["a"], stale: 300, age: 0 };
    const lifetime = { revalidate: MONTH, expire: 2 * MONTH };
    const [now, long] = [Date.now(), { ...kept, ...lifetime }];
    const shown = restore(long, now * 1000, true, true);
    assert.deepEqual([shown?.revalidate, shown?.expire], [HANGS_MS / 1000, lifetime.expire]);
    assert.ok(Math.abs((shown?.timestamp ?? 0) - now) < 5000, "Next.js would begin another one");
    assert.equal(restore({ ...long, revalidate: 2 }, now * 1000, true, true)?.revalidate, 2);
    assert.equal(restore(long, now * 1000, false)?.revalidate, MONTH, "(control) none hangs");
    assert.equal(restore(long, (now - 3 * MONTH * 1000) * 1000, false, true), undefined);
  });
});
