import assert from "node:assert/strict";
import * as fs from "node:fs";
import { join } from "node:path";
import {
  age,
  damage,
  filesBelow,
  makeBuild,
  MINUTE,
  missingInUnion,
  namesIn,
  publish,
  releasesIn,
  Scratch,
  type Build,
} from "./volume";

describe("the pruner", () => {
  const scratch = new Scratch();
  after(() => scratch.clean());
  const builds: Record<string, Build> = {};
  before(() => {
    for (let i = 1; i <= 8; i += 1) {
      builds[`v${i}`] = makeBuild(scratch.folder(), { deploymentId: `v${i}`, ownFiles: 2 });
    }
  });
  const build = (id: string): Build => builds[id] ?? assert.fail(`no build ${id}`);

  /** Releases v1 to vN, each published two hours after the one before, all without pods but the last. */
  async function history(count: number, env: Record<string, string> = {}): Promise<string> {
    const volume = scratch.folder();
    for (let i = 1; i <= count; i += 1) {
      await publish(volume, build(`v${i}`), { env: { RELEASES_KEPT: "100", ...env } });
      age(volume, `v${i}`, (count - i) * 120);
    }
    return volume;
  }

  const prune = (volume: string, id: string, env = {}, ...flags: string[]) =>
    publish(volume, build(id), { args: ["--prune", ...flags], env });

  it("keeps the last releases, removes what is older with its images, pages and own chunks", async () => {
    const volume = await history(7);
    for (const id of ["v1", "v7"]) {
      fs.mkdirSync(join(volume, "images", id, "KEY"), { recursive: true });
      fs.mkdirSync(join(volume, "next-shared-cache/app/releases", id), { recursive: true });
    }
    const run = await prune(volume, "v7");
    assert.equal(run.code, 0, run.err);
    assert.deepEqual(releasesIn(volume), ["v3", "v4", "v5", "v6", "v7"]);
    assert.deepEqual(damage(volume, builds), []);
    for (const id of ["v3", "v7"]) assert.deepEqual(missingInUnion(volume, build(id)), []);
    // What v1 shares with the others stays, what only v1 had goes.
    const common = Object.keys(build("v1").files).filter((path) => path in build("v7").files);
    const gone = missingInUnion(volume, build("v1"));
    assert.equal(gone.length, 3);
    assert.ok(gone.every((path) => !common.includes(path)));
    assert.deepEqual(
      filesBelow(join(volume, "static")).filter((path) => gone.includes(path.replace(/\.gz$/, ""))),
      [],
    );
    assert.ok(!namesIn(join(volume, "images")).includes("v1"));
    assert.ok(namesIn(join(volume, "images")).includes("v7"));
    assert.deepEqual(namesIn(join(volume, "next-shared-cache/app/releases")), ["v7"]);
    assert.deepEqual(namesIn(join(volume, "releases/.trash")), []);
  });

  it("runs after publishing", async () => {
    const volume = await history(3);
    age(volume, "v3", 90);
    const run = await publish(volume, build("v4"), { env: { RELEASES_KEPT: "2" } });
    assert.equal(run.code, 0, run.err);
    assert.deepEqual(releasesIn(volume), ["v3", "v4"]);
    assert.match(run.out, /"removed":2/);
  });

  it("keeps releases with a heartbeat of the last hour, by the file server's clock", async () => {
    const volume = await history(6);
    const beat = join(volume, "releases/v1/heartbeats/web-old");
    fs.writeFileSync(beat, "");
    fs.utimesSync(beat, new Date(), new Date(Date.now() - 59 * MINUTE));
    const late = join(volume, "releases/v2/heartbeats/web-old");
    fs.writeFileSync(late, "");
    fs.utimesSync(late, new Date(), new Date(Date.now() - 61 * MINUTE));
    await prune(volume, "v6", { RELEASES_KEPT: "2" });
    // v2 has no pods any more, but was seen later than v3, v4 and v5: it is the one before the last.
    assert.deepEqual(releasesIn(volume), ["v1", "v2", "v6"]);
  });

  it("keeps a release whose heartbeat is in the future: a clock that was set", async () => {
    const volume = await history(5);
    const beat = join(volume, "releases/v1/heartbeats/web-old");
    fs.writeFileSync(beat, "");
    fs.utimesSync(beat, new Date(), new Date(Date.now() + 600 * MINUTE));
    await prune(volume, "v5", { RELEASES_KEPT: "2" });
    assert.ok(releasesIn(volume).includes("v1"));
  });

  it("knows which release was in use last, although its pods took their heartbeats with them", async () => {
    const volume = await history(4);
    const beats = join(volume, "releases/v1/heartbeats");
    fs.writeFileSync(join(beats, "web-old"), "");
    await prune(volume, "v4", { RELEASES_KEPT: "9" });
    fs.rmSync(beats, { recursive: true });
    await prune(volume, "v4", { RELEASES_KEPT: "2" });
    assert.deepEqual(releasesIn(volume), ["v1", "v4"]);
  });

  it("keeps the release to roll back to, and always the one before", async () => {
    const volume = await history(6);
    await prune(volume, "v6", { RELEASES_KEPT: "1", ROLLBACK_RELEASE: "v2" });
    assert.deepEqual(releasesIn(volume), ["v2", "v5", "v6"]);
  });

  it("keeps the release of its own image, however old", async () => {
    const volume = await history(6);
    await prune(volume, "v1", { RELEASES_KEPT: "2" });
    assert.deepEqual(releasesIn(volume), ["v1", "v5", "v6"]);
  });

  it("says in a dry run what would go, and removes nothing", async () => {
    const volume = await history(4);
    fs.mkdirSync(join(volume, "releases/.tmp/v9.dead"));
    const then = new Date(Date.now() - 90 * MINUTE);
    fs.utimesSync(join(volume, "releases/.tmp/v9.dead"), then, then);
    const before = filesBelow(volume);
    const dry = await prune(volume, "v4", { RELEASES_KEPT: "2" }, "--dry-run");
    assert.equal(dry.code, 0, dry.err);
    assert.deepEqual(dry.out.trim().split("\n"), [
      "kept      v4: the release of this image",
      "kept      v3: one of the last 2",
      "would go  v2: no pod, and not one of the last",
      "would go  v1: no pod, and not one of the last",
      "would go  .tmp/v9.dead: left by a publisher that is gone",
      "would go: 2 releases, 10 static files, 1 leftovers",
    ]);
    assert.deepEqual(filesBelow(volume), before);
    const count = filesBelow(join(volume, "static")).length;
    await prune(volume, "v4", { RELEASES_KEPT: "2" });
    assert.equal(count - filesBelow(join(volume, "static")).length, 10, "as the dry run said");
  });

  it("follows no symbolic link", async () => {
    const volume = await history(3);
    const precious = scratch.folder();
    fs.writeFileSync(join(precious, "upload.jpg"), "x");
    fs.symlinkSync(precious, join(volume, "releases/v1/static/out"));
    fs.symlinkSync(precious, join(volume, "static/out"));
    fs.symlinkSync(precious, join(volume, "releases/v0"));
    fs.symlinkSync(precious, join(volume, "releases/.tmp/v0"));
    fs.lutimesSync(join(volume, "releases/.tmp/v0"), 1, 1);
    fs.mkdirSync(join(volume, "images"), { recursive: true });
    fs.rmSync(join(volume, "images/v1"), { recursive: true });
    fs.symlinkSync(precious, join(volume, "images/v1"));
    const run = await prune(volume, "v3", { RELEASES_KEPT: "2" });
    assert.equal(run.code, 0, run.err);
    assert.ok(!releasesIn(volume).includes("v1"));
    assert.ok(!namesIn(join(volume, "images")).includes("v1"));
    assert.deepEqual(namesIn(precious), ["upload.jpg"]);
  });

  it("does nothing where one of its own folders leads elsewhere", async () => {
    for (const own of ["static", "releases/.trash", "releases/.tmp"]) {
      const volume = await history(3);
      const precious = scratch.folder();
      fs.writeFileSync(join(precious, "upload.jpg"), "x");
      fs.rmSync(join(volume, own), { recursive: true });
      fs.symlinkSync(precious, join(volume, own));
      const run = await prune(volume, "v3", { RELEASES_KEPT: "2" });
      assert.equal(run.code, 1);
      assert.match(run.err, /is a symbolic link/);
      assert.deepEqual(namesIn(precious), ["upload.jpg"]);
      assert.deepEqual(releasesIn(volume), ["v1", "v2", "v3"]);
    }
  });

  it("touches nothing beside its own folders", async () => {
    const volume = await history(3);
    fs.mkdirSync(join(volume, "other/v1"), { recursive: true });
    fs.writeFileSync(join(volume, "other/v1/file"), "x");
    fs.mkdirSync(join(volume, "next-shared-cache/app/tags"), { recursive: true });
    fs.writeFileSync(join(volume, "next-shared-cache/app/tags/v1"), "x");
    await prune(volume, "v3", { RELEASES_KEPT: "2" });
    assert.ok(fs.existsSync(join(volume, "other/v1/file")));
    assert.ok(fs.existsSync(join(volume, "next-shared-cache/app/tags/v1")));
  });

  it("takes no id of a release for a way out of its folder", async () => {
    const volume = await history(6);
    for (const [folder, release] of [
      ["v1", ".."],
      ["v2", "."],
      ["v3", ""],
    ] as const) {
      const path = join(volume, "releases", folder, "manifest.json");
      const manifest = JSON.parse(fs.readFileSync(path, "utf8")) as object;
      fs.writeFileSync(path, JSON.stringify({ ...manifest, release }));
      age(volume, folder, 1000);
    }
    const app = join(volume, "next-shared-cache/app");
    for (const name of ["tags", "releases/v6", "releases/%2E%2E"]) {
      fs.mkdirSync(join(app, name), { recursive: true });
    }
    const run = await prune(volume, "v6", { RELEASES_KEPT: "2" });
    assert.equal(run.code, 0, run.err);
    assert.deepEqual(releasesIn(volume), ["v5", "v6"]);
    assert.deepEqual(namesIn(app), ["releases", "tags"]);
    assert.deepEqual(namesIn(join(app, "releases")), ["v6"]);
  });

  it("removes what crashed publishers left after an hour, not what is being written", async () => {
    const volume = await history(2);
    const tmp = join(volume, "releases/.tmp");
    const then = new Date(Date.now() - 90 * MINUTE);
    for (const name of ["v9.dead", "v9.slow", "v9.new"]) fs.mkdirSync(join(tmp, name));
    fs.writeFileSync(join(tmp, "v9.slow/.writing"), "web-7");
    fs.writeFileSync(join(tmp, "file.dead"), "x");
    for (const name of ["v9.dead", "v9.slow", "file.dead"]) {
      fs.utimesSync(join(tmp, name), then, then);
    }
    await prune(volume, "v2");
    assert.deepEqual(namesIn(tmp), ["v9.new", "v9.slow"]);
  });

  it("finishes what a pruner that was killed began, and not what another one is at", async () => {
    const volume = await history(2);
    const trash = join(volume, "releases/.trash");
    fs.mkdirSync(join(trash, `${Date.now() - 90 * MINUTE}.v0.aaa`));
    fs.mkdirSync(join(trash, `${Date.now()}.v0.bbb`));
    const then = new Date(Date.now() - 90 * MINUTE);
    for (const name of namesIn(trash)) fs.utimesSync(join(trash, name), then, then);
    await prune(volume, "v2");
    assert.equal(namesIn(trash).length, 1);
    assert.match(namesIn(trash)[0] ?? "", /bbb$/);
  });

  it("removes the caches of what it finds in the trash, but not those of a release that is back", async () => {
    const volume = await history(3);
    const caches = (id: string) => [
      join(volume, "images", id),
      join(volume, "next-shared-cache/app/releases", id),
    ];
    const trash = join(volume, "releases/.trash");
    const old = Date.now() - 90 * MINUTE;
    for (const id of ["v1", "v2"]) {
      for (const cache of caches(id)) fs.mkdirSync(join(cache, "KEY"), { recursive: true });
      const trashed = join(trash, `${old}.${id}.aaa`);
      fs.cpSync(join(volume, "releases", id), trashed, { recursive: true });
      fs.utimesSync(trashed, new Date(old), new Date(old));
    }
    fs.rmSync(join(volume, "releases/v1"), { recursive: true });
    const run = await prune(volume, "v3");
    assert.equal(run.code, 0, run.err);
    assert.deepEqual(namesIn(trash), []);
    for (const cache of caches("v1")) assert.ok(!fs.existsSync(cache), cache);
    for (const cache of caches("v2")) assert.ok(fs.existsSync(join(cache, "KEY")), cache);
  });

  it("forgets heartbeats of pods that are long gone, but not the last one", async () => {
    const volume = await history(2);
    const beats = join(volume, "releases/v1/heartbeats");
    for (const [name, hours] of [
      ["web-a", 25],
      ["web-b", 26],
      ["web-1", 30],
    ] as const) {
      const then = new Date(Date.now() - hours * 60 * MINUTE);
      fs.writeFileSync(join(beats, name), "");
      fs.utimesSync(join(beats, name), then, then);
    }
    await prune(volume, "v2");
    assert.deepEqual(namesIn(beats), ["web-a"]);
  });

  it("leaves the union alone while a release cannot say what it needs", async () => {
    const volume = await history(4);
    fs.writeFileSync(join(volume, "releases/v3/manifest.json"), "{");
    const before = filesBelow(join(volume, "static"));
    const run = await prune(volume, "v4", { RELEASES_KEPT: "2" });
    assert.equal(run.code, 0, run.err);
    assert.ok(!releasesIn(volume).includes("v1"));
    assert.deepEqual(filesBelow(join(volume, "static")), before);
  });

  it("does not fail a pod whose release is published", async () => {
    const volume = await history(3);
    const count = join(scratch.folder(), "calls");
    await publish(volume, build("v3"), { env: { FAULT_COUNT: count } });
    fs.rmSync(join(volume, "releases/.pruned"));
    // The last calls are the pruner's.
    const calls = Number(fs.readFileSync(count, "utf8"));
    const env = { FAULT: "EIO", FAULT_AT: String(calls - 3) };
    const run = await publish(volume, build("v3"), { env });
    assert.equal(run.code, 0, run.err);
    assert.match(run.out, /not pruned: .*EIO: injected/);
  });
});
