import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { join, resolve } from "node:path";
import { Scratch } from "../pod/volume";

const SCRIPT = resolve(__dirname, "../../scripts/actionKey.mjs");

describe("npm run action-key", () => {
  const scratch = new Scratch();
  after(() => scratch.clean());
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [SCRIPT, ...args], { encoding: "utf8" });

  it("prints a key of 256 bits, another each time", () => {
    const keys = [run(), run()].map(({ stdout }) => stdout.trim());
    assert.equal(new Set(keys).size, 2);
    for (const key of keys) assert.equal(Buffer.from(key, "base64").length, 32);
  });

  it("writes a new file for its owner alone, and never over one that is there", () => {
    const file = join(scratch.folder(), "key");
    assert.equal(run(file).status, 0);
    assert.equal(fs.statSync(file).mode & 0o777, 0o600);
    const key = fs.readFileSync(file, "utf8");
    assert.equal(Buffer.from(key, "base64").length, 32);
    const again = run(file);
    assert.equal(again.status, 1);
    assert.match(again.stderr, /is there already; a new key would make forms of all earlier/);
    assert.equal(fs.readFileSync(file, "utf8"), key);
  });

  it("says what is wrong", () => {
    for (const [args, message] of [
      [["--help"], /^usage: /],
      [["a", "b"], /^usage: /],
      [[join(scratch.path, "no/such/folder")], /cannot be written: ENOENT/],
    ] as const) {
      const { status, stderr } = run(...args);
      assert.equal(status, 1);
      assert.match(stderr, message);
    }
  });
});
