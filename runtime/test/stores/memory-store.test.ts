import assert from "node:assert/strict";
import { serialize } from "../../src/entry";
import { MemoryStore } from "../../src/stores/memory-store";
import { describeStore } from "./describe-store";
import { lookup } from "./store-cases";

describeStore("the memory of this process", async () => {
  const store = new MemoryStore(32 * 1024 * 1024);
  return { store, close: async () => store.stop() };
});

describe("the memory of this process", () => {
  it("is bounded: what was written first goes, and what is larger than a quarter is not taken", async () => {
    const store = new MemoryStore(8000);
    const write = async (key: string, bytes: number): Promise<string> => {
      const value = Buffer.from(Array.from({ length: bytes }, () => Math.random() * 256));
      const body = serialize({ key, cacheControl: undefined, value });
      const stamp = { key, asOf: 1, storedAt: 1, staleAt: 0, tags: [] };
      const rest = { seeded: false, ttlMs: undefined, replace: false };
      return (await store.write({ release: "r", stamp, body, ...rest })).result;
    };
    for (let i = 0; i < 6; i++) assert.equal(await write(`d:${i}`, 1500), "stored");
    const there: string[] = [];
    for (let i = 0; i < 6; i++)
      if ((await store.read(lookup({ key: `d:${i}` }))).entry) there.push(`d:${i}`);
    assert.deepEqual(there, ["d:1", "d:2", "d:3", "d:4", "d:5"]);
    assert.equal(await write("d:large", 2500), "failed");
  });
});
