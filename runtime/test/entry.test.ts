import assert from "node:assert/strict";
import { decode, encode } from "../src/entry";
import { entry } from "./lib/entry";

describe("an entry in bytes", () => {
  it("comes back as it was, binary parts and tags included, and compressed", () => {
    const original = entry();
    const { bytes, size } = encode(original);
    assert.deepEqual(decode("p:/page", bytes), original);
    assert.ok(bytes.length < size / 4, `${bytes.length} of ${size} bytes`);
  });

  it("is kept as it is where it is small or does not compress", () => {
    const noise = Buffer.from(Array.from({ length: 4000 }, (_, i) => (i * 7919 * (i + 13)) % 251));
    const { bytes, size } = encode(entry({ value: { kind: "APP_ROUTE", body: noise } }));
    assert.ok(bytes.length <= size + 200);
    assert.deepEqual(decode("p:/page", bytes)?.value, { kind: "APP_ROUTE", body: noise });
  });

  it("is a miss where it is torn, foreign or poisoned", () => {
    const { bytes } = encode(entry());
    assert.equal(decode("p:/other", bytes), undefined, "another key's entry");
    for (const length of [0, 3, 20, 57, 58, 70, bytes.length - 1]) {
      assert.equal(decode("p:/page", bytes.subarray(0, length)), undefined, `cut at ${length}`);
    }
    let whole = 0;
    for (let at = 0; at < bytes.length; at++) {
      const poisoned = Buffer.from(bytes);
      poisoned[at] = (poisoned[at] ?? 0) ^ 0x40;
      if (decode("p:/page", poisoned) !== undefined) whole++;
    }
    assert.equal(whole, 0, "a changed entry was taken for whole");
    assert.equal(decode("p:/page", Buffer.from("hello")), undefined);
  });
});
