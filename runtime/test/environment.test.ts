import assert from "node:assert/strict";
import { readEnvironment } from "../src/environment";
import { removeFolder, temporaryFolder } from "./lib/processes";

describe("the environment", () => {
  const base = temporaryFolder("units");
  after(() => removeFolder(base));

  it("what is wrong is named with key, value and remedy", () => {
    const read = (env: Record<string, string>): unknown => readEnvironment(env, base);
    assert.throws(
      () => read({ REDIS_URL: "http://user:secret@host" }),
      (cause: Error) =>
        /REDIS_URL starts with "http:"/.test(cause.message) && !cause.message.includes("secret"),
    );
    assert.throws(
      () => read({ NEXT_SHARED_CACHE_STORE: "memcached" }),
      /NEXT_SHARED_CACHE_STORE is "memcached": give/,
    );
    assert.throws(() => read({ NEXT_SHARED_CACHE_STORE: "redis" }), /set REDIS_URL/);
    assert.throws(() => read({ NEXT_SHARED_CACHE_STORE: "files" }), /set it to the shared folder/);
    assert.throws(
      () => read({ NEXT_SHARED_CACHE_TIMEOUT_MS: "soon" }),
      /NEXT_SHARED_CACHE_TIMEOUT_MS is "soon": give a number from 10 to 10000/,
    );
    for (const key of ["NEXT_SHARED_CACHE_ANSWERS", "NEXT_SHARED_CACHE_DEBUG"]) {
      assert.throws(
        () => read({ [key]: "off" }),
        new RegExp(`${key} is "off": give 1 or 0, or leave it unset`),
      );
    }
    assert.equal(readEnvironment({ REDIS_URL: "redis://h" }, base).store, "redis");
    assert.equal(
      readEnvironment(
        { REDIS_URL: "redis://h", SHARED_CACHE_DIR: "/x", NEXT_SHARED_CACHE_STORE: "files" },
        base,
      ).redisUrl,
      undefined,
    );
    assert.equal(readEnvironment({ SHARED_CACHE_DIR: "/x" }, base).store, "files");
    assert.equal(readEnvironment({}, base).store, "process");
  });

  it("whole answers take a quarter of the memory, and nothing while they are off", () => {
    const MIB = 1024 * 1024;
    const of = (env: Record<string, string>): readonly unknown[] => {
      const read = readEnvironment({ REDIS_URL: "redis://h", ...env }, base);
      return [read.memoryBytes / MIB, read.answersBytes / MIB, read.answersOff];
    };
    assert.deepEqual(of({}), [48, 16, undefined], "they are on by default");
    assert.deepEqual(of({ NEXT_SHARED_CACHE_ANSWERS: "1" }), [48, 16, undefined]);
    assert.deepEqual(of({ NEXT_SHARED_CACHE_ANSWERS: "0" }), [64, 0, "variable"]);
    assert.deepEqual(of({ NEXT_SHARED_CACHE_ANSWERS: "false" }), [64, 0, "variable"]);
    assert.deepEqual(of({ NEXT_SHARED_CACHE_ANSWERS: "" }), [48, 16, undefined]);
    assert.deepEqual(of({ NEXT_SHARED_CACHE_MEMORY_MIB: "0" }), [0, 0, "memory"]);
    const files = { NEXT_SHARED_CACHE_STORE: "files", SHARED_CACHE_DIR: "/x" };
    assert.deepEqual(of(files), [48, 16, "store"], "files of public/ need no store");
    assert.deepEqual(of({ ...files, NEXT_SHARED_CACHE_MEMORY_MIB: "0" }), [0, 0, "store"]);
    assert.equal(readEnvironment({}, base).answersOff, "store");
  });
});
