import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UsageError } from "../../../cli/stackConfig";
import { withBaseTree } from "../../../preview/against/baseTree";

describe("the base in a folder of its own", () => {
  let root: string;
  const run = (...args: string[]): string => {
    const who = ["-c", "user.name=test", "-c", "user.email=test@example.com"];
    const { status, stdout, stderr } = spawnSync("git", [...who, ...args], {
      cwd: root,
      encoding: "utf8",
    });
    assert.equal(status, 0, stderr);
    return stdout.trim();
  };
  const text = () =>
    withBaseTree(root, "HEAD", ({ folder }) =>
      Promise.resolve(readFileSync(join(folder, "a.txt"), "utf8")),
    );

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "base-tree-"));
    mkdirSync(join(root, "node_modules"));
    run("init", "--quiet");
    writeFileSync(join(root, "a.txt"), "as it was");
    run("add", "a.txt");
    run("commit", "--quiet", "--message", "first");
    writeFileSync(join(root, "a.txt"), "as it is");
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  /** As another run's work tree is registered while Git makes or removes it. */
  function halfRegistered(): string {
    const half = join(root, ".git", "worktrees", "half");
    mkdirSync(half, { recursive: true });
    writeFileSync(join(half, "gitdir"), "/nowhere/.git\n");
    writeFileSync(join(half, "HEAD"), "ref: refs/heads/x\n");
    writeFileSync(join(half, "commondir"), "");
    return half;
  }

  it("is as it was at the commit, and gone in the end", async () => {
    assert.equal(await text(), "as it was");
    assert.equal(run("worktree", "list").split("\n").length, 1);
  });

  it("waits for another run that Git makes or removes a work tree for", async () => {
    const half = halfRegistered();
    const found = text();
    setTimeout(() => rmSync(half, { recursive: true }), 150);
    assert.equal(await found, "as it was");
  });

  it("says what Git says where that does not end", async () => {
    halfRegistered();
    await assert.rejects(
      text(),
      (error) =>
        error instanceof UsageError && /^--against: git: fatal: .*half/.test(error.message),
    );
  });
});
