import assert from "node:assert/strict";
import { ClientSideCache } from "../../src/stores/redis/client-side-cache";
import { entry } from "../lib/entry";

describe("the client-side cache", () => {
  it("a change of a key or tag takes its entries out, also one that came while Redis was asked", () => {
    const memory = new ClientSideCache(1_000_000);
    const put = (key: string, tags: string[], position = memory.position): void =>
      memory.put(key, entry(), tags, 100, position);
    put("one", ["a", "b"]);
    put("two", ["b"]);
    assert.ok(memory.get("one", ["a"], 1));
    assert.equal(memory.get("one", ["c"], 1), undefined, "a tag that was not looked at");
    memory.tagChanged("a");
    assert.equal(memory.get("one", [], 1), undefined);
    assert.ok(memory.get("two", [], 1));
    memory.keyChanged("two");
    assert.equal(memory.get("two", [], 1), undefined);
    const before = memory.position;
    memory.tagChanged("b");
    put("three", ["b"], before);
    assert.equal(
      memory.get("three", [], 1),
      undefined,
      "an old answer was kept after its tag changed",
    );
    memory.keyChanged("four");
    put("four", [], before);
    assert.equal(
      memory.get("four", [], 1),
      undefined,
      "an old answer was kept after its key changed",
    );
    put("five", []);
    memory.clear();
    put("five", [], before);
    assert.equal(
      memory.get("five", [], 1),
      undefined,
      "an answer from before a disconnect was kept",
    );
  });

  it("bounded, the least used goes first, stale by time goes", () => {
    const memory = new ClientSideCache(1_000_000);
    for (const key of ["a", "b", "c", "d", "e"])
      memory.put(key, entry({ staleAt: 50 }), ["t"], 195_000, memory.position);
    assert.ok(memory.get("a", [], 1));
    memory.put("f", entry(), [], 195_000, memory.position);
    assert.equal(memory.get("b", [], 1), undefined);
    assert.ok(memory.get("a", [], 1));
    assert.equal(memory.get("a", [], 50), undefined, "stale");
    memory.put("huge", entry(), [], 400_000, memory.position);
    assert.equal(memory.get("huge", [], 1), undefined, "larger than a quarter of it");
  });

  it("small entries are bounded too: each counts with its key and its tags", () => {
    const memory = new ClientSideCache(1_000_000);
    for (let i = 0; i < 5000; i++)
      memory.put(`key ${i}`, entry(), [`tag ${i}`], 1, memory.position);
    assert.ok(memory.size <= 1_000_000);
    assert.equal(memory.get("key 3000", [], 1), undefined);
    assert.ok(memory.get("key 4999", [], 1));
    const before = memory.size;
    memory.tagChanged("tag 4999");
    assert.ok(memory.size < before);
  });
});
