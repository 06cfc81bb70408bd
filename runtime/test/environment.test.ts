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
});
