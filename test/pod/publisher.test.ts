import assert from "node:assert/strict";
import * as fs from "node:fs";
import { join } from "node:path";
import { POD } from "../helpers/podFolder";
import {
  age,
  type Build,
  damage,
  filesBelow,
  makeBuild,
  missingInUnion,
  namesIn,
  publish,
  releasesIn,
  Scratch,
  summary,
} from "./volume";

const release = require(join(POD, "pod-contract.cjs")) as { folderName(id: string): string };

describe("the release publisher", () => {
  const scratch = new Scratch();
  after(() => scratch.clean());
  const build = (options: Parameters<typeof makeBuild>[1]) => makeBuild(scratch.folder(), options);

  it("publishes into an empty volume and says so in one line", async () => {
    const volume = scratch.folder();
    const v1 = build({ deploymentId: "v1" });
    const run = await publish(volume, v1);
    assert.equal(run.code, 0, run.err);
    assert.deepEqual(damage(volume, { v1 }), []);
    assert.deepEqual(missingInUnion(volume, v1), []);
    assert.equal(run.lines.length, 1);
    const { outcome, files, bytes, added, removed, ms } = summary(run);
    assert.deepEqual({ outcome, files, removed }, { outcome: "published", files: 11, removed: 0 });
    const size = Object.values(v1.files).reduce((sum, content) => sum + content.length, 0);
    assert.equal(bytes, size);
    assert.equal(typeof ms, "number");
    assert.equal(added, filesBelow(join(volume, "static")).length);
    assert.deepEqual(namesIn(join(volume, "releases", "v1", "heartbeats")), ["web-1"]);
    assert.deepEqual(namesIn(join(volume, "releases", ".tmp")), []);
  });

  it("warns of a build whose pods share no cache, and of no other", async () => {
    const warned = async (cacheHandler?: string): Promise<unknown[]> => {
      const run = await publish(scratch.folder(), build({ deploymentId: "v1", cacheHandler }));
      assert.equal(run.code, 0, run.err);
      return run.lines.filter(({ level }) => level === "warn").map(({ message }) => message);
    };
    const [message, ...more] = await warned("");
    assert.match(
      String(message),
      /no shared cache: each pod keeps its own pages.*Remedy: build with NEXT_ADAPTER_PATH/,
    );
    assert.deepEqual(more, []);
    assert.deepEqual(await warned("../lib/own-handler.js"), []);
    assert.deepEqual(await warned(), []);
  });

  it("copies nothing when the release is there", async () => {
    const volume = scratch.folder();
    const v1 = build({ deploymentId: "v1" });
    await publish(volume, v1);
    const stamps = () =>
      filesBelow(volume)
        .filter((path) => !/heartbeats|\.pruned/.test(path))
        .map((path) => `${path} ${fs.statSync(join(volume, path)).ino}`);
    const before = stamps();
    const run = await publish(volume, v1, { env: { POD_NAME: "web-2" } });
    assert.equal(summary(run).outcome, "there");
    assert.deepEqual(stamps(), before);
    assert.deepEqual(namesIn(join(volume, "releases", "v1", "heartbeats")), ["web-1", "web-2"]);
  });

  it("keeps the chunks of the last release in the union", async () => {
    const volume = scratch.folder();
    const [v1, v2] = [build({ deploymentId: "v1" }), build({ deploymentId: "v2" })];
    await publish(volume, v1);
    const run = await publish(volume, v2);
    assert.deepEqual(damage(volume, { v1, v2 }), []);
    assert.deepEqual([...missingInUnion(volume, v1), ...missingInUnion(volume, v2)], []);
    // Two chunks and their compressed twins are common to both.
    assert.equal(summary(run).added, 2 * 6 + 1);
  });

  it("leaves the folder of the constant build id out of the union: its names mean other files in each release", async () => {
    const volume = scratch.folder();
    const [v1, v2] = [build({ deploymentId: "v1" }), build({ deploymentId: "v2" })];
    await publish(volume, v1);
    await publish(volume, v2);
    assert.deepEqual(namesIn(join(volume, "static")), ["chunks", "media"]);
    const manifest = "build-TfctsWXpff2fKS/_buildManifest.js";
    for (const [id, own] of [
      ["v1", v1],
      ["v2", v2],
    ] as const) {
      const there = fs.readFileSync(join(volume, "releases", id, "static", manifest), "utf8");
      assert.equal(there, own.files[manifest]);
    }
  });

  it("takes BUILD_ID where there is no deployment id, and its folder is part of the union", async () => {
    const volume = scratch.folder();
    const v1 = build({ buildId: "x-Y_z.1" });
    await publish(volume, v1);
    assert.deepEqual(releasesIn(volume), ["x-Y_z.1"]);
    assert.deepEqual(namesIn(join(volume, "static")), ["chunks", "media", "x-Y_z.1"]);
  });

  it("makes a folder's name of any id, a different one for each", () => {
    for (const id of ["v1", "a.b-c_d", "_x", "-x", "0".repeat(100)]) {
      assert.equal(release.folderName(id), id);
    }
    const bad = ["..", ".", ".tmp", "a/b", "a\\b", "../../data", "ä", "a b", "", "0".repeat(101)];
    const names = bad.map((id) => release.folderName(id));
    assert.equal(new Set(names).size, bad.length);
    for (const name of names) assert.match(name, /^[A-Za-z0-9_-][A-Za-z0-9_-]*$/);
  });

  it("keeps a build id with slashes inside its folder", async () => {
    const volume = scratch.folder();
    const hostile = build({ buildId: "../../escape", own: "x" });
    const run = await publish(volume, hostile);
    assert.equal(run.code, 0, run.err);
    assert.equal(releasesIn(volume).length, 1);
    assert.match(releasesIn(volume)[0] ?? "", /^escape-[0-9a-f]{12}$/);
    assert.deepEqual(namesIn(volume), ["images", "releases", "static"]);
  });

  it("refuses another build under the same id and changes nothing", async () => {
    const volume = scratch.folder();
    const constant = "build-TfctsWXpff2fKS";
    const [one, other] = [
      build({ buildId: constant, own: "one" }),
      build({ buildId: constant, own: "other" }),
    ];
    await publish(volume, one);
    const before = filesBelow(volume);
    const run = await publish(volume, other, { env: { POD_NAME: "web-1" } });
    assert.equal(run.code, 1);
    assert.match(
      run.err,
      /release 'build-TfctsWXpff2fKS' is not published: another build with this id is on the volume/,
    );
    assert.match(run.err, /Next.js gives this build id to every build with a deployment id/);
    assert.match(run.err, /Remedy: give each build its own id \(deploymentId in next.config/);
    assert.deepEqual(filesBelow(volume), before);
    assert.deepEqual(damage(volume, { [constant]: one }), []);
    const again = await publish(volume, one);
    assert.equal(again.code, 0, "the build that was first still starts");
  });

  it("sees another build by content where names and sizes are the same", async () => {
    const volume = scratch.folder();
    const one = build({ deploymentId: "v1", own: "a" });
    await publish(volume, one);
    const [path] = Object.keys(one.files).filter((name) => name.startsWith("chunks"));
    const file = join(one.directory, ".next/static", path ?? "");
    fs.writeFileSync(file, fs.readFileSync(file, "utf8").replace("lorem", "LOREM"));
    const run = await publish(volume, one);
    assert.equal(run.code, 1);
    assert.match(run.err, /: 1 static files differ, such as chunks\/app/);
  });

  it("mends a release whose files were cut off, lost or whose manifest is gone", async () => {
    const volume = scratch.folder();
    const v1 = build({ deploymentId: "v1" });
    await publish(volume, v1);
    const folder = join(volume, "releases", "v1");
    const paths = Object.keys(v1.files).filter((path) => path.startsWith("chunks"));
    const [cut, lost, inUnion] = paths.map(String);
    // Links share content: what cuts one off cuts off both, as a lost write of the file server does.
    fs.truncateSync(join(folder, "static", cut ?? ""), 10);
    fs.rmSync(join(folder, "static", lost ?? ""));
    fs.rmSync(join(volume, "static", inUnion ?? ""));
    fs.rmSync(join(folder, "static", `${lost}.gz`));
    assert.notDeepEqual(damage(volume, { v1 }), []);
    const run = await publish(volume, v1);
    assert.equal(run.code, 0, run.err);
    assert.equal(summary(run).outcome, "mended");
    assert.deepEqual(damage(volume, { v1 }), []);
    assert.deepEqual(missingInUnion(volume, v1), []);
    assert.ok(fs.existsSync(join(folder, "static", `${lost}.gz`)));

    fs.writeFileSync(join(folder, "manifest.json"), '{"format":1');
    assert.equal(summary(await publish(volume, v1)).outcome, "mended");
    assert.equal(summary(await publish(volume, v1)).outcome, "there");
  });

  it("fills a folder that has nothing but heartbeats", async () => {
    const volume = scratch.folder();
    const v1 = build({ deploymentId: "v1" });
    fs.mkdirSync(join(volume, "releases", "v1", "heartbeats"), { recursive: true });
    const run = await publish(volume, v1);
    assert.equal(run.code, 0, run.err);
    assert.deepEqual(damage(volume, { v1 }), []);
    assert.equal(summary(await publish(volume, v1)).outcome, "there");
  });

  it("comes back after everything on the volume was deleted", async () => {
    const volume = scratch.folder();
    const v1 = build({ deploymentId: "v1" });
    await publish(volume, v1);
    for (const name of namesIn(volume)) fs.rmSync(join(volume, name), { recursive: true });
    const run = await publish(volume, v1);
    assert.equal(run.code, 0, run.err);
    assert.deepEqual([...damage(volume, { v1 }), ...missingInUnion(volume, v1)], []);
    assert.ok(fs.statSync(join(v1.directory, ".next/cache/images")).isDirectory());
  });

  it("leads Next.js's image cache to the release's folder, whatever was there", async () => {
    const volume = scratch.folder();
    const [v1, v2] = [build({ deploymentId: "v1" }), build({ deploymentId: "v2" })];
    const link = join(v1.directory, ".next/cache/images");
    fs.mkdirSync(join(link, "KEY"), { recursive: true });
    await publish(volume, v1);
    assert.equal(fs.readlinkSync(link), join(volume, "images", "v1"));
    await publish(volume, v1);
    assert.equal(fs.readlinkSync(link), join(volume, "images", "v1"));
    fs.rmSync(link);
    fs.symlinkSync("/nowhere", link);
    await publish(volume, v1);
    assert.equal(fs.readlinkSync(link), join(volume, "images", "v1"));
    assert.deepEqual(namesIn(join(v1.directory, ".next/cache")), ["images"]);

    fs.rmSync(join(v2.directory, ".next/cache"), { recursive: true });
    const without = await publish(volume, v2);
    assert.equal(without.code, 0);
    assert.match(without.out, /images are not shared: .*\.next\/cache/);
  });

  it("warns of names without a hash, and the last release has them", async () => {
    const volume = scratch.folder();
    const [one, other] = [build({ buildId: "one" }), build({ buildId: "other" })];
    for (const [own, content] of [
      [one, "first"],
      [other, "second one"],
    ] as const) {
      fs.writeFileSync(join(own.directory, ".next/static/chunks/main.js"), content);
    }
    await publish(volume, one);
    const run = await publish(volume, other);
    assert.equal(run.code, 0);
    assert.match(run.out, /1 names had other content in the union \(chunks\/main.js\)/);
    assert.equal(fs.readFileSync(join(volume, "static/chunks/main.js"), "utf8"), "second one");
    const own = join(volume, "releases/one/static/chunks/main.js");
    assert.equal(fs.readFileSync(own, "utf8"), "first");
  });

  it("runs from the links of a ConfigMap", async () => {
    const mount = scratch.folder();
    fs.cpSync(POD, join(mount, "..2026_11_23"), { recursive: true });
    fs.symlinkSync("..2026_11_23", join(mount, "..data"));
    for (const name of namesIn(POD)) fs.symlinkSync(join("..data", name), join(mount, name));
    const volume = scratch.folder();
    const v1 = build({ deploymentId: "v1" });
    const run = await publish(volume, v1, { script: join(mount, "publish.mjs") });
    assert.equal(summary(run).outcome, "published");
  });

  it("refuses to write behind a symbolic link", async () => {
    const volume = scratch.folder();
    const elsewhere = scratch.folder();
    fs.symlinkSync(elsewhere, join(volume, "static"));
    const run = await publish(volume, build({ deploymentId: "v1" }));
    assert.equal(run.code, 1);
    assert.match(run.err, /static is a symbolic link/);
    assert.deepEqual(namesIn(elsewhere), []);
  });

  const refused: [string, RegExp, (volume: string) => Parameters<typeof publish>][] = [
    [
      "a volume that is not mounted",
      /claim 'files-cache-1a2b3c' is not mounted: there is no folder .*files\.required to false/,
      (volume) => [join(volume, "nowhere"), build({ deploymentId: "v1" })],
    ],
    [
      "an image without a build",
      /there is no build of Next\.js in .*app\.directory/,
      (volume) => [volume, { directory: scratch.folder(), files: {} }],
    ],
    [
      "an image without static files",
      /the image has no static files in .*COPY --from=build/,
      (volume) => {
        const v1 = build({ deploymentId: "v1" });
        fs.rmSync(join(v1.directory, ".next/static"), { recursive: true });
        return [volume, v1];
      },
    ],
    [
      "a number of releases that is none",
      /RELEASES_KEPT is 'many'/,
      (volume) => [volume, build({ deploymentId: "v1" }), { env: { RELEASES_KEPT: "many" } }],
    ],
    [
      "a word that it does not know",
      /usage: node publish\.mjs \[--no-prune \| --prune \[--dry-run\]\], not '--force'/,
      (volume) => [volume, build({ deploymentId: "v1" }), { args: ["--force"] }],
    ],
    [
      "a dry run of publishing",
      /usage: node publish\.mjs .*, not '--dry-run'/,
      (volume) => [volume, build({ deploymentId: "v1" }), { args: ["--dry-run"] }],
    ],
  ];
  for (const [what, message, args] of refused) {
    it(`says what to do about ${what}`, async () => {
      const run = await publish(...args(scratch.folder()));
      assert.equal(run.code, 1);
      assert.match(run.err, message);
    });
  }

  for (const [code, message] of [
    [
      "ENOSPC",
      /claim 'files-cache-1a2b3c' .* is full: .* the NFS server or the node.*files\.storageClass raise .*files\.cacheSize/,
    ],
    ["EROFS", /claim 'files-cache-1a2b3c' .* is read-only: /],
    ["EACCES", /claim 'files-cache-1a2b3c' .* cannot be written by user .*app\.user/],
    ["EIO", /claim 'files-cache-1a2b3c' .* does not answer: /],
  ] as const) {
    it(`names the claim and the remedy on ${code}`, async () => {
      const volume = scratch.folder();
      const v1 = build({ deploymentId: "v1" });
      for (const at of [2, 9, 20, 34]) {
        // A volume that is full once is pruned and tried again.
        const env: Record<string, string> =
          code === "ENOSPC" ? { FAULT: "full" } : { FAULT: code, FAULT_AT: String(at) };
        const run = await publish(volume, v1, { env });
        assert.equal(run.code, 1, `call ${at}: ${run.out}`);
        assert.match(run.err, message);
        assert.match(run.err, /files\.required to false/);
        assert.deepEqual(damage(volume, { v1 }), []);
        for (const name of namesIn(volume)) fs.rmSync(join(volume, name), { recursive: true });
      }
    });
  }

  it("starts a pod of a release that is there on a full volume, and no other", async () => {
    const volume = scratch.folder();
    const [v1, v2] = [build({ deploymentId: "v1" }), build({ deploymentId: "v2" })];
    await publish(volume, v1);
    const env = { POD_NAME: "web-2", FAULT: "full" };
    const run = await publish(volume, v1, { env });
    assert.equal(run.code, 0, run.err);
    assert.match(run.out, /the volume is full: no heartbeat, no new pages or images/);
    const other = await publish(volume, v2, { env });
    assert.equal(other.code, 1);
    assert.match(other.err, /claim 'files-cache-1a2b3c' .* is full/);
    assert.deepEqual(releasesIn(volume), ["v1"]);
  });

  it("makes room on a full volume by removing what is not needed, and tries again", async () => {
    const volume = scratch.folder();
    const builds: Record<string, Build> = {};
    for (const id of ["v1", "v2", "v3"]) {
      builds[id] = build({ deploymentId: id });
      await publish(volume, builds[id], { env: { RELEASES_KEPT: "9" } });
      age(volume, id, 120);
    }
    const v4 = (builds.v4 = build({ deploymentId: "v4" }));
    const env = { RELEASES_KEPT: "2", FAULT: "ENOSPC", FAULT_AT: "20" };
    const run = await publish(volume, v4, { env });
    assert.equal(run.code, 0, run.err);
    assert.equal(releasesIn(volume).length, 2);
    assert.deepEqual([...damage(volume, builds), ...missingInUnion(volume, v4)], []);
  });

  it("makes room by removing pages, its own release's last, and never what tags are known by", async () => {
    for (const [filler, left] of [
      ["v1", ["v2"]],
      ["v2", []],
    ] as const) {
      const volume = scratch.folder();
      const [v1, v2] = [build({ deploymentId: "v1" }), build({ deploymentId: "v2" })];
      await publish(volume, v1);
      const app = join(volume, "next-shared-cache/app");
      for (const path of ["releases/v1/00", "releases/v2/00", "tags"]) {
        fs.mkdirSync(join(app, path), { recursive: true });
        fs.writeFileSync(join(app, path, "file"), "x");
      }
      const env = { FAULT: "full", FAULT_FILLER: join(app, "releases", filler) };
      const run = await publish(volume, v2, { env });
      assert.equal(run.code, 0, run.err);
      assert.deepEqual(releasesIn(volume), ["v1", "v2"]);
      assert.deepEqual(namesIn(join(app, "releases")), left);
      assert.ok(fs.existsSync(join(app, "tags/file")));
    }
  });
});
