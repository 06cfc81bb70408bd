import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UsageError } from "../../../cli/stackConfig";
import { changedFiles, git as ask, mergeBase } from "../../../preview/against/git";

describe("preview --against: git", () => {
  const folder = mkdtempSync(join(tmpdir(), "git-"));
  const [origin, clone] = [join(folder, "origin"), join(folder, "clone")];
  after(() => rmSync(folder, { recursive: true, force: true }));

  function git(at: string, ...args: string[]): string {
    const own = ["-C", at, "-c", "user.name=t", "-c", "user.email=t@t.test", ...args];
    const { status, stdout, stderr } = spawnSync("git", own, { encoding: "utf8" });
    assert.equal(status, 0, stderr);
    return stdout.trim();
  }
  function commit(at: string, file: string): string {
    writeFileSync(join(at, file), file);
    git(at, "add", "--all");
    git(at, "commit", "--quiet", "-m", file);
    return git(at, "rev-parse", "HEAD");
  }
  const refused = (at: string, ref?: string) => {
    let told = "";
    assert.throws(
      () => mergeBase(at, ref),
      (error: unknown) => {
        told = (error as Error).message;
        return error instanceof UsageError;
      },
    );
    return told;
  };

  let fork = "";
  before(() => {
    mkdirSync(origin);
    git(origin, "init", "--quiet", "--initial-branch", "main");
    commit(origin, "a");
    fork = commit(origin, "b");
    git(origin, "checkout", "--quiet", "-b", "change");
    commit(origin, "c");
    git(origin, "checkout", "--quiet", "main");
    commit(origin, "d");
    git(origin, "checkout", "--quiet", "change");
  });

  it("finds where a branch left main, or what is named", () => {
    assert.equal(mergeBase(origin), fork);
    assert.equal(mergeBase(origin, "main"), fork);
    assert.equal(mergeBase(origin, "HEAD"), git(origin, "rev-parse", "HEAD"));
  });

  it("finds a branch that a clone knows as origin's alone", () => {
    const whole = join(folder, "whole");
    git(folder, "clone", "--quiet", "--branch", "change", `file://${origin}`, whole);
    assert.throws(() => git(whole, "rev-parse", "--verify", "--quiet", "main"));
    assert.equal(mergeBase(whole, "main"), fork);
    assert.equal(mergeBase(whole), fork);
  });

  it("knows what is changed and not committed, and what is new", () => {
    writeFileSync(join(origin, "a"), "other");
    writeFileSync(join(origin, "fresh"), "");
    assert.deepEqual(changedFiles(origin, fork), ["a", "c", "fresh"]);
    git(origin, "checkout", "--quiet", "a");
    rmSync(join(origin, "fresh"));
  });

  it("is about the folder's own repository in a hook of another, whose index it leaves alone", () => {
    const index = join(folder, "index of a commit");
    const told = { GIT_DIR: join(folder, "nowhere"), GIT_INDEX_FILE: index, GIT_PREFIX: "a/" };
    Object.assign(process.env, told);
    try {
      assert.equal(mergeBase(origin), fork);
      const tree = join(folder, "tree");
      assert.ok(ask(origin, "worktree", "add", "--no-checkout", "--detach", tree, fork).ok);
      assert.ok(ask(tree, "checkout", "--quiet", "HEAD", "--", ".").ok);
      assert.ok(existsSync(join(tree, "b")));
      assert.ok(!existsSync(index));
      assert.ok(ask(origin, "worktree", "remove", "--force", tree).ok);
    } finally {
      for (const name of Object.keys(told)) Reflect.deleteProperty(process.env, name);
    }
  });

  it("runs no hook of the user", () => {
    const hook = join(origin, ".git", "hooks", "post-checkout");
    writeFileSync(hook, "#!/bin/sh\ntouch hook-has-run\n", { mode: 0o755 });
    git(origin, "checkout", "--quiet", "change");
    assert.ok(existsSync(join(origin, "hook-has-run")), "(control) git runs it");
    rmSync(join(origin, "hook-has-run"));
    assert.ok(ask(origin, "checkout", "--quiet", "HEAD", "--", ".").ok);
    assert.ok(!existsSync(join(origin, "hook-has-run")));
    rmSync(hook);
  });

  it("says how to deepen a shallow clone, and that histories have nothing in common", () => {
    git(
      folder,
      "clone",
      "--quiet",
      "--depth",
      "1",
      "--no-single-branch",
      `file://${origin}`,
      clone,
    );
    assert.match(
      refused(clone, "origin/main"),
      /too shallow to know where HEAD left origin\/main; git fetch --unshallow origin/,
    );
    git(origin, "checkout", "--quiet", "--orphan", "alone");
    commit(origin, "e");
    assert.equal(refused(origin, "main"), "--against: HEAD and main have no common history.");
  });

  it("says what is not known, and where there is no repository", () => {
    assert.match(
      refused(origin, "nope"),
      /^--against: 'nope' is no branch, tag or commit that is known here; git fetch origin nope:refs\/remotes\/origin\/nope may get it\.$/,
    );
    assert.match(refused(origin, "1234567"), /; git fetch origin 1234567 may get it\.$/);
    // No command is made of what is no name.
    for (const ref of ["--all", "a; b", "a"]) {
      assert.equal(
        refused(origin, ref).includes("git fetch"),
        ref === "a",
        `${ref}: ${refused(origin, ref)}`,
      );
    }
    const bare = join(folder, "none");
    mkdirSync(bare);
    assert.match(refused(bare), /is not in a git repository\.$/);
  });
});
