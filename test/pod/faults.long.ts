import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { join } from "node:path";
import {
  age,
  damage,
  makeBuild,
  missingInUnion,
  NAIVE,
  namesIn,
  publicFiles,
  publish,
  releasesIn,
  Scratch,
  summary,
  withPublic,
  type Build,
  type Run,
} from "./volume";

/** A sequence that is the same in each run, so that a failure can be looked at again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

describe("the release publisher under faults", function () {
  this.timeout(180_000);
  const scratch = new Scratch();
  after(() => scratch.clean());

  const builds: Record<string, Build> = {};
  before(() => {
    for (let i = 1; i <= 8; i += 1) {
      builds[`v${i}`] = withPublic(makeBuild(scratch.folder(), { deploymentId: `v${i}` }), {
        "common.txt": "in each release",
        [`v${i}.txt`]: `in v${i}`,
      });
    }
  });
  const build = (id: string): Build => builds[id] ?? assert.fail(`no build ${id}`);
  const env = { RELEASES_KEPT: "2" };

  /** A volume with v1 in use and v2 and v3 without pods: publishing v4 removes v2. */
  async function inUse(): Promise<string> {
    const volume = scratch.folder();
    for (const id of ["v1", "v2", "v3"]) {
      await publish(volume, build(id), { env: { RELEASES_KEPT: "9" } });
      age(volume, id, 180 - Number(id.slice(1)) * 10);
    }
    fs.writeFileSync(join(volume, "releases/v1/heartbeats/web-1"), "");
    return volume;
  }

  function copy(volume: string): string {
    const path = scratch.folder();
    execFileSync("cp", ["-a", `${volume}/.`, path]);
    return path;
  }

  function assertWhole(volume: string, ids: string[], about: string): void {
    assert.deepEqual(damage(volume, builds), [], about);
    for (const id of ids) {
      assert.ok(releasesIn(volume).includes(id), `${about}: ${id} is gone`);
      assert.deepEqual(missingInUnion(volume, build(id)), [], `${about}: ${id}`);
    }
  }

  async function calls(volume: string): Promise<number> {
    const count = join(scratch.folder(), "count");
    const run = await publish(copy(volume), build("v4"), { env: { ...env, FAULT_COUNT: count } });
    assert.equal(run.code, 0, run.err);
    return Number(fs.readFileSync(count, "utf8"));
  }

  it("200 kills: 0 half releases, 0 live releases lost, and the next start succeeds", async () => {
    const template = await inUse();
    const steps = await calls(template);
    assert.ok(steps > 100, `${steps} calls`);
    const next = random(1);
    const [killed, seen] = [{ kill: 0, torn: 0, timer: 0 }, new Set<number>()];
    for (let run = 0; run < 200; run += 1) {
      const how = (["kill", "torn", "timer"] as const)[run % 3] ?? "kill";
      const at = 1 + Math.floor(next() * steps);
      const volume = copy(template);
      const died =
        how === "timer"
          ? await publish(volume, build("v4"), {
              env: { ...env, FAULT_DELAY: "2" },
              killAfterMs: 40 + next() * 160,
            })
          : await publish(volume, build("v4"), {
              env: { ...env, FAULT: how, FAULT_AT: String(at) },
            });
      const about = `run ${run}, ${how} at call ${at} of ${steps}`;
      if (died.signal === "SIGKILL") {
        killed[how] += 1;
        if (how !== "timer") seen.add(at);
      }
      // What visitors and other pods have meanwhile: v1 runs, v3 may be rolled back to.
      assertWhole(volume, ["v1", "v3"], about);
      const again = await publish(volume, build("v4"), { env: { ...env, POD_NAME: "web-9" } });
      assert.equal(again.code, 0, `${about}: ${again.err}`);
      assertWhole(volume, ["v1", "v3", "v4"], `${about}, next start`);
      assert.equal(publicFiles(volume, "v4").length, 2, about);
      fs.rmSync(volume, { recursive: true });
    }
    console.log(`      killed: ${JSON.stringify(killed)}, at ${seen.size} of ${steps} calls`);
    assert.ok(killed.kill > 60 && killed.torn > 60 && killed.timer > 30, JSON.stringify(killed));
  });

  it("the same kills leave half releases where the folder is made first", async () => {
    let [half, stuck] = [0, 0];
    const v4 = build("v4");
    for (let at = 1; at <= 20; at += 1) {
      const volume = scratch.folder();
      const env = { FAULT: "torn", FAULT_AT: String(at) };
      await publish(volume, v4, { script: NAIVE, env });
      if (damage(volume, builds).length > 0) half += 1;
      const again = await publish(volume, v4, { script: NAIVE });
      assert.equal(again.code, 0);
      if (damage(volume, builds).length > 0) stuck += 1;
    }
    console.log(`      of 20: ${half} half releases, ${stuck} stay so after the next start`);
    assert.ok(half >= 10 && stuck >= 10);
  });

  it("every call on the volume that fails leaves no half release", async () => {
    const template = await inUse();
    const steps = await calls(template);
    const ends = { 0: 0, 1: 0 };
    for (let at = 1; at <= steps; at += 3) {
      const volume = copy(template);
      const fault = { FAULT: at % 2 === 0 ? "EIO" : "EACCES", FAULT_AT: String(at) };
      const run = await publish(volume, build("v4"), { env: { ...env, ...fault } });
      assert.ok(run.code === 0 || run.code === 1);
      ends[run.code] += 1;
      if (run.code === 1) assert.match(run.err, /claim 'files-cache-1a2b3c'/);
      assertWhole(volume, ["v1", "v3"], `${fault.FAULT} at call ${at}`);
      fs.rmSync(volume, { recursive: true });
    }
    console.log(`      ${steps} calls: ${ends[1]} refused, ${ends[0]} went on`);
    assert.ok(ends[1] > 10 && ends[0] > 5);
  });

  it("30 triple races: one publishes, the others find it or discard theirs", async () => {
    const outcomes: Record<string, number> = {};
    for (let race = 0; race < 30; race += 1) {
      const volume = scratch.folder();
      const runs = await Promise.all(
        ["web-1", "web-2", "web-3"].map((pod) =>
          publish(volume, build("v1"), { env: { POD_NAME: pod, FAULT_DELAY: "1" } }),
        ),
      );
      for (const run of runs) {
        assert.equal(run.code, 0, run.err);
        const outcome = String(summary(run).outcome);
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      }
      assertWhole(volume, ["v1"], `race ${race}`);
      assert.deepEqual(namesIn(join(volume, "releases/.tmp")), []);
      assert.equal(namesIn(join(volume, "releases/v1/heartbeats")).length, 3);
    }
    console.log(`      ${JSON.stringify(outcomes)}`);
    assert.equal(outcomes.published, 30);
    assert.ok((outcomes["other pod was first"] ?? 0) > 10, "they did race");
  });

  it("publishers and pruners at once: nothing that a kept release needs is missing", async () => {
    const next = random(7);
    for (let race = 0; race < 12; race += 1) {
      const volume = await inUse();
      // v2 is about to be pruned and is deployed again at that moment; v5 shares chunks with it.
      const delayed = (pod: string) => ({
        env: {
          ...env,
          POD_NAME: pod,
          FAULT_DELAY: String(Math.floor(next() * 4)),
          PRUNE_SETTLE_MS: "600",
        },
      });
      const runs: Run[] = await Promise.all([
        publish(volume, build("v4"), delayed("web-4")),
        publish(volume, build("v2"), delayed("web-2")),
        publish(volume, build("v4"), { ...delayed("web-4"), args: ["--prune"] }),
      ]);
      for (const run of runs) assert.equal(run.code, 0, run.err);
      assertWhole(volume, ["v1", "v2", "v4"], `race ${race}`);
      fs.rmSync(volume, { recursive: true });
    }
  });

  it("a pod that starts while its release is taken away gets it back whole", async () => {
    const volume = await inUse();
    const release = join(volume, "releases/v2");
    const caches = ["images/v2/KEY", "next-shared-cache/app/releases/v2/KEY"];
    for (const cache of caches) fs.mkdirSync(join(volume, cache), { recursive: true });
    // It beats and finds its files; then, as they are gone, it begins to copy again what it had not looked at yet.
    const pod = `case $1 in
      before) mkdir -p ${release}/heartbeats && touch ${release}/heartbeats/web-2 ;;
      after) mkdir -p ${release}/static && cp -r ${build("v2").directory}/.next/static/chunks ${release}/static ;;
    esac`;
    const run = await publish(volume, build("v4"), { env: { ...env, FAULT_TRASH: pod } });
    assert.equal(run.code, 0, run.err);
    assertWhole(volume, ["v1", "v2", "v4"], "v2 came alive");
    for (const cache of caches) assert.ok(fs.existsSync(join(volume, cache)), `${cache} is gone`);
  });

  describe("on volumes of the kernel (root alone can mount them)", () => {
    const mounted: string[] = [];
    afterEach(() => {
      for (const path of mounted.splice(0)) execFileSync("umount", [path]);
    });
    function mount(...args: string[]): string {
      const path = scratch.folder();
      execFileSync("mount", [...args, path]);
      mounted.push(path);
      return path;
    }

    it("a volume that is full: a clear error, and the releases that are there stay whole", async () => {
      const volume = mount("-t", "tmpfs", "-o", "size=900k", "tmpfs");
      const big = (id: string) =>
        makeBuild(scratch.folder(), { deploymentId: id, bytes: 24_000, ownFiles: 5 });
      const [one, other] = [big("one"), big("other")];
      assert.equal((await publish(volume, one)).code, 0);
      const room = fs.statfsSync(volume);
      fs.writeFileSync(join(volume, "ballast"), Buffer.alloc((room.bavail - 3) * room.bsize));
      const run = await publish(volume, other);
      assert.equal(run.code, 1);
      assert.match(run.err, /claim 'files-cache-1a2b3c' .* is full: ENOSPC.*files\.cacheSize/);
      assert.deepEqual(damage(volume, { one, other }), []);
      assert.deepEqual(releasesIn(volume), ["one"]);
      assert.deepEqual(namesIn(join(volume, "releases/.tmp")), []);
      assert.equal((await publish(volume, one)).code, 0, "its own release is there");
      fs.rmSync(join(volume, "ballast"));
      assert.equal((await publish(volume, other)).code, 0, "there is room again");
    });

    it("a volume that old releases fill: they make room", async () => {
      const volume = mount("-t", "tmpfs", "-o", "size=1200k", "tmpfs");
      const next = (id: number, kept: string) => {
        const options = { deploymentId: `r${id}`, bytes: 24_000, ownFiles: 5 };
        const env = { RELEASES_KEPT: kept };
        return publish(volume, makeBuild(scratch.folder(), options), { env });
      };
      let id = 1;
      for (; (await next(id, "99")).code === 0; id += 1) age(volume, `r${id}`, 200 - id * 10);
      assert.ok(id > 3, `${id} releases filled the volume`);
      const run = await next(id, "2");
      assert.equal(run.code, 0, run.err);
      assert.deepEqual(releasesIn(volume), [`r${id - 1}`, `r${id}`]);
    });

    it("a volume that is read-only: a clear error", async () => {
      const source = scratch.folder();
      assert.equal((await publish(source, build("v1"))).code, 0);
      const volume = mount("--bind", source);
      execFileSync("mount", ["-o", "remount,bind,ro", volume]);
      for (const id of ["v1", "v2"]) {
        const run = await publish(volume, build(id));
        assert.equal(run.code, 1, id);
        assert.match(
          run.err,
          /claim 'files-cache-1a2b3c' .* is read-only: EROFS.*mount it read-write/,
        );
      }
      assertWhole(volume, ["v1"], "read-only");
    });

    it("a folder of another user: a clear error", async () => {
      const volume = scratch.folder();
      fs.chmodSync(scratch.path, 0o755);
      fs.chmodSync(volume, 0o755);
      const run = await publish(volume, build("v1"), { uid: 1000 });
      assert.equal(run.code, 1);
      assert.match(
        run.err,
        /claim 'files-cache-1a2b3c' .* cannot be written by user 1000: .*app\.user/,
      );
    });
  });
});
