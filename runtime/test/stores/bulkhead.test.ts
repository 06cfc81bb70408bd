import assert from "node:assert/strict";
import { Bulkhead, BulkheadRejected } from "../../src/stores/bulkhead";

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

describe("bulkhead", () => {
  it("runs as many operations at a time as it has slots, in the order of their coming", async () => {
    const bulkhead = new Bulkhead({ slots: 2, maxWaitMs: 1000 });
    const order: number[] = [];
    let [running, most] = [0, 0];
    const work = Array.from({ length: 6 }, (_, i) =>
      bulkhead.run(async () => {
        most = Math.max(most, ++running);
        order.push(i);
        await pause(5);
        running--;
        return i;
      }),
    );
    assert.deepEqual(await Promise.all(work), [0, 1, 2, 3, 4, 5]);
    assert.deepEqual([most, order], [2, [0, 1, 2, 3, 4, 5]]);
  });

  it("fails as the operation does, and gives its slot back", async () => {
    const bulkhead = new Bulkhead({ slots: 1, maxWaitMs: 1000 });
    await assert.rejects(
      bulkhead.run(() => Promise.reject(new Error("as it is"))),
      /as it is/,
    );
    await assert.rejects(
      bulkhead.run(() => {
        throw new Error("at once");
      }),
      /at once/,
    );
    assert.equal(await bulkhead.run(async () => "next"), "next");
  });

  it("rejects what has waited too long when its turn comes, without running it", async () => {
    const bulkhead = new Bulkhead({ slots: 1, maxWaitMs: 10 });
    const first = bulkhead.run(() => pause(40));
    let ran = false;
    const late = bulkhead.run(async () => void (ran = true));
    await assert.rejects(late, BulkheadRejected);
    await first;
    assert.equal(ran, false);
  });

  it("rejects all that wait, and leaves what runs alone", async () => {
    const bulkhead = new Bulkhead({ slots: 1, maxWaitMs: 1000 });
    const first = bulkhead.run(() => pause(20).then(() => "first"));
    const waiting = [1, 2].map(() =>
      assert.rejects(bulkhead.run(pause.bind(0, 1)), BulkheadRejected),
    );
    bulkhead.rejectQueue();
    await Promise.all(waiting);
    assert.equal(await first, "first");
  });

  it("says for how long its oldest operation is under way", async () => {
    const bulkhead = new Bulkhead({ slots: 2, maxWaitMs: 1000 });
    assert.equal(bulkhead.oldestMs, 0);
    const end: (() => void)[] = [];
    const operation = (): Promise<void> => new Promise((done) => end.push(done));
    const first = bulkhead.run(operation);
    await pause(30);
    const second = bulkhead.run(operation);
    assert.ok(bulkhead.oldestMs >= 28, `${bulkhead.oldestMs} ms`);
    end[0]?.();
    await first;
    end[1]?.();
    await second;
    assert.equal(bulkhead.oldestMs, 0);
  });
});
