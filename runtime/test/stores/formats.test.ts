import assert from "node:assert/strict";
import * as v8 from "node:v8";
import * as zlib from "node:zlib";
import { decode, encode, frame, serialize, type Entry } from "../../src/entry";
import { EntryFiles } from "../../src/stores/files/entry-files";
import { Gate } from "../../src/stores/files/gate";
import { Keys } from "../../src/stores/redis/keys";

/*
 * A rolling update mixes pods of two versions of this package on one Redis and one folder: what one writes the other has
 * to read. The bytes and names below were written by version 0.1.0 as it was before stores had a contract. Where one of
 * these tests fails, the format changed: pods of both versions would miss each other's entries, or worse.
 */
const TIMES = { asOf: 1700000000000001, storedAt: 1700000000000002, staleAt: 1700000060000002 };
const SMALL: Entry = {
  key: "p:/page",
  ...TIMES,
  tags: ["a", "grün", "with,comma"],
  cacheControl: { revalidate: 60, expire: 3600 },
  value: {
    kind: "APP_ROUTE",
    body: Buffer.from([0, 255, 1]),
    headers: { "x-next-cache-tags": "a" },
    status: 200,
  },
};
const SMALL_BYTES =
  "TlNDMTE3MDAwMDAwMDAwMDAwMDExNzAwMDAwMDYwMDAwMDAyMTcwMDAwMDAwMDAwMDAwMjAwMDAxOGEAZ3LDvG4Ad2l0aCxjb21tYQDgpuF+/w9BAyIHcDovcGFnZW8iCnJldmFsaWRhdGVJeCIGZXhwaXJlSaA4ewJvIgRraW5kIglBUFBfUk9VVEUiBGJvZHlcCgMA/wEiB2hlYWRlcnNvIhF4LW5leHQtY2FjaGUtdGFncyIBYXsBIgZzdGF0dXNJkAN7BCQAAw==";
const LARGE: Entry = {
  ...{ key: "d:data", ...TIMES, staleAt: 0, tags: [], cacheControl: undefined },
  value: { kind: "FETCH", data: { body: "row ".repeat(400) } },
};
const LARGE_BYTES =
  "TlNDMTE3MDAwMDAwMDAwMDAwMDEwMDAwMDAwMDAwMDAwMDAwMTcwMDAwMDAwMDAwMDAwMjAwMDAwMAGpdJvp+8/vyKzElmKVkliSGJ+vxJKdmZeixOrmGuLsocQCEsxXYknKT6lUOsBTlF+uMIpHw2A0DYymgdE0MJoGSE0D1YzVTCoMzAA=";

function fromBase64(text: string): Buffer {
  return Buffer.from(text, "base64");
}

/** An entry as the version before reads it, and Redis's scripts: by the documented layout. */
function readByLayout(bytes: Buffer): Entry {
  const digits = (from: number, to: number): number => Number(bytes.toString("latin1", from, to));
  assert.equal(bytes.toString("latin1", 0, 4), "NSC1");
  const at = 58 + digits(52, 58);
  const tags = bytes.toString("utf8", 58, at);
  const body = bytes.subarray(at + 5);
  const crc = Reflect.get(zlib, "crc32") as ((data: Buffer, before?: number) => number) | undefined;
  if (crc) assert.equal(bytes.readUInt32BE(at + 1), crc(body, crc(bytes.subarray(0, at))));
  const plain = bytes.readUInt8(at) === 1 ? zlib.inflateRawSync(body) : body;
  const [key, cacheControl, value] = v8.deserialize(plain) as [
    string,
    Entry["cacheControl"],
    unknown,
  ];
  return {
    key,
    asOf: digits(4, 20),
    staleAt: digits(20, 36),
    storedAt: digits(36, 52),
    tags: tags === "" ? [] : tags.split("\0"),
    cacheControl,
    value,
  };
}

describe("formats that pods of two versions share", () => {
  it("entries of the version before are read", () => {
    assert.deepEqual(decode("p:/page", fromBase64(SMALL_BYTES)), SMALL);
    assert.deepEqual(decode("d:data", fromBase64(LARGE_BYTES)), LARGE);
  });

  it("entries are what the version before reads", () => {
    assert.equal(encode(SMALL).bytes.toString("base64"), SMALL_BYTES);
    // compressed bytes may differ from one Node.js to the next, and are read all the same
    for (const entry of [SMALL, LARGE])
      assert.deepEqual(readByLayout(frame(entry, serialize(entry))), entry);
    assert.ok(encode(LARGE).bytes.length < 200, "it is not compressed");
  });

  it("one body in two frames is one entry with two times", () => {
    const body = serialize(LARGE);
    for (const asOf of [5, TIMES.asOf]) {
      const stamp = { ...LARGE, asOf };
      assert.deepEqual(decode("d:data", frame(stamp, body)), { ...LARGE, asOf });
    }
  });

  it("files have the same names", () => {
    const files = new EntryFiles("/shared/next-shared-cache/my%20app", new Gate("folder"));
    assert.equal(
      files.path("v1", "p:/page"),
      "/shared/next-shared-cache/my%20app/releases/v1/c7/9a5b053bf857ba1d06c641919d076a9bcf8a6c1dad5c2e4d9c8b7625d958e2",
    );
  });

  it("Redis's keys have the same names", () => {
    const keys = new Keys("my app");
    assert.deepEqual(
      [
        ...[keys.prefix, keys.tags, keys.control, keys.releases, keys.asked],
        ...[
          keys.entry("v1", "p:/page"),
          keys.lease("v1", "p:/page"),
          keys.written("v1", "p:/page"),
        ],
        ...[keys.owed("v1"), keys.superseded("v1")],
      ],
      [
        "next:{my%20app}:",
        "next:{my%20app}:tag:",
        "next:{my%20app}:control",
        "next:{my%20app}:releases",
        "next-folder:{my%20app}:asked",
        "next:{my%20app}:r:v1:p:/page",
        "next-lease:{my%20app}:v1:p:/page",
        "next-folder:{my%20app}:v1:p:/page",
        "next-folder:{my%20app}:owed:v1",
        "next:{my%20app}:r:v1:superseded",
      ],
    );
  });
});
