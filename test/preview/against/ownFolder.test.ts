import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Worker } from "node:worker_threads";
import { takeFolder } from "../../../preview/against/ownFolder";

describe("a folder of one's own", () => {
  let parent: string;
  beforeEach(() => (parent = mkdtempSync(join(tmpdir(), "own-folder-"))));
  afterEach(() => rmSync(parent, { recursive: true, force: true }));

  const numberOf = (path: string) => basename(path).split("-").at(-1);

  it("is the same in each run, and gone in the end", () => {
    const first = takeFolder("/project", parent);
    first.remove();
    assert.ok(!existsSync(first.path));
    assert.equal(takeFolder("/project", parent).path, first.path);
    assert.notEqual(takeFolder("/other", parent).path, first.path);
  });

  it("is another one while somebody uses it", () => {
    const first = takeFolder("/project", parent);
    const second = takeFolder("/project", parent);
    assert.deepEqual(
      [first, second].map(({ path }) => numberOf(path)),
      ["0", "1"],
    );
  });

  it("is taken from a process that was killed, and emptied", () => {
    const { path } = takeFolder("/project", parent);
    const { pid } = spawnSync(process.execPath, ["-e", "0"]);
    writeFileSync(join(path, "pid"), String(pid));
    writeFileSync(join(path, "left"), "");
    assert.equal(takeFolder("/project", parent).path, path);
    assert.ok(!existsSync(join(path, "left")));
  });

  it("is not taken from a process that has just made it", () => {
    const { path, remove } = takeFolder("/project", parent);
    remove();
    mkdirSync(path);
    assert.equal(numberOf(takeFolder("/project", parent).path), "1");
    const old = new Date(Date.now() - 60_000);
    utimesSync(path, old, old);
    assert.equal(takeFolder("/project", parent).path, path);
  });

  it("is not taken by two that find the same one left at once", async () => {
    const { pid } = spawnSync(process.execPath, ["-e", "0"]);
    const { path } = takeFolder("/project", parent);
    const workers = [1, 2, 3].map(() => new Worker(TAKING, { eval: true, workerData: parent }));
    try {
      for (let round = 0; round < 30; round++) {
        mkdirSync(path, { recursive: true });
        for (let file = 0; file < 50; file++) writeFileSync(join(path, `left-${file}`), "");
        writeFileSync(join(path, "pid"), String(pid));
        const taken = await Promise.all(workers.map(answer));
        assert.equal(new Set(taken).size, workers.length, `round ${round}: ${taken.join(", ")}`);
        assert.ok(taken.includes(path));
        for (const one of taken) rmSync(one, { recursive: true });
      }
      assert.deepEqual(readdirSync(parent), []);
    } finally {
      await Promise.all(workers.map((worker) => worker.terminate()));
    }
  });
});

/** Takes a folder each time it is asked, and answers with its path. */
const TAKING = `
  const { parentPort, workerData } = require("node:worker_threads");
  require("tsx/cjs");
  const { takeFolder } = require(${JSON.stringify(require.resolve("../../../preview/against/ownFolder"))});
  parentPort.on("message", () => parentPort.postMessage(takeFolder("/project", workerData).path));`;

async function answer(worker: Worker): Promise<string> {
  const answered = once(worker, "message");
  worker.postMessage("");
  const [path] = (await answered) as [string];
  return path;
}
