import assert from "node:assert/strict";
import * as fs from "node:fs";
import { join } from "node:path";
import {
  age,
  makeBuild,
  namesIn,
  publish,
  releasesIn,
  Scratch,
  summary,
  withPublic,
  type Build,
} from "./volume";

interface Listed {
  path: string;
  size: number;
  modified: number;
  sha256: string;
}

describe("the files of public/ that the publisher keeps", () => {
  const scratch = new Scratch();
  after(() => scratch.clean());
  const build = (deploymentId: string, files: Record<string, string | Buffer>): Build =>
    withPublic(makeBuild(scratch.folder(), { deploymentId, ownFiles: 1 }), files);

  const listIn = (volume: string, id: string): Listed[] => {
    const text = fs.readFileSync(join(volume, "releases", id, "public.json"), "utf8");
    return (JSON.parse(text) as { files: Listed[] }).files;
  };
  const fileOf = (volume: string, id: string, path: string): string => {
    const { sha256 } = listIn(volume, id).find((file) => file.path === path) ?? assert.fail(path);
    return join(volume, "releases", id, "public", sha256);
  };
  const kept = (volume: string, id: string): Record<string, string> =>
    Object.fromEntries(
      listIn(volume, id).map(({ path }) => [
        path,
        fs.readFileSync(fileOf(volume, id, path), "utf8"),
      ]),
    );
  const warnings = (run: Awaited<ReturnType<typeof publish>>): string[] =>
    run.lines.filter(({ level }) => level === "warn").map(({ message }) => String(message));

  it("are what Next.js serves, each content once, with the image's times", async () => {
    const volume = scratch.folder();
    const files = { "a.png": "a", "deep/er/å b.txt": "b", "same.txt": "b", ".well-known/x": "x" };
    const v1 = build("v1", {
      ...files,
      ".env": "s",
      ".git/config": "s",
      "_next/x": "s",
      "a\\b": "s",
    });
    const run = await publish(volume, v1);
    assert.equal(run.code, 0, run.err);
    assert.deepEqual(warnings(run), []);
    assert.deepEqual(kept(volume, "v1"), files);
    assert.equal(namesIn(join(volume, "releases/v1/public")).length, 3);
    const { mtime } = fs.statSync(join(v1.directory, "public/a.png"));
    assert.equal(listIn(volume, "v1")[1]?.modified, mtime.getTime());
    assert.deepEqual(namesIn(join(volume, "releases/.tmp")), []);
  });

  it("are an empty list where the image has none", async () => {
    const volume = scratch.folder();
    assert.equal((await publish(volume, build("v1", {}))).code, 0);
    assert.deepEqual(listIn(volume, "v1"), []);
    assert.ok(!fs.existsSync(join(volume, "releases/v1/public")));
  });

  it("take no room again for what another release has, and nothing is read again by the next pod", async () => {
    const volume = scratch.folder();
    await publish(volume, build("v1", { "old-name.mp4": "film", "logo.png": "one" }));
    const v2 = build("v2", { "new-name.mp4": "film", "logo.png": "two" });
    await publish(volume, v2);
    const inode = (id: string, path: string) => fs.statSync(fileOf(volume, id, path)).ino;
    assert.equal(inode("v1", "old-name.mp4"), inode("v2", "new-name.mp4"));
    assert.notEqual(inode("v1", "logo.png"), inode("v2", "logo.png"));

    // With time and size as they were, nobody looks into the file.
    const logo = join(v2.directory, "public/logo.png");
    const { atime, mtime } = fs.statSync(logo);
    fs.writeFileSync(logo, "TWO");
    fs.utimesSync(logo, atime, mtime);
    const again = await publish(volume, v2, { env: { POD_NAME: "web-2" } });
    assert.equal(summary(again).outcome, "there");
    assert.equal(kept(volume, "v2")["logo.png"], "two");
  });

  it("are those of the image that was published last, where two carry one id", async () => {
    const volume = scratch.folder();
    const v1 = build("v1", { "data.json": "1" });
    await publish(volume, v1);
    fs.writeFileSync(join(v1.directory, "public/data.json"), "2");
    fs.utimesSync(join(v1.directory, "public/data.json"), 1e9, 1e9);
    await publish(volume, v1);
    assert.deepEqual(kept(volume, "v1"), { "data.json": "2" });
  });

  it("are mended where they are cut off or gone", async () => {
    const volume = scratch.folder();
    const files = { "a.txt": "aaaa", "b.txt": "bbbb" };
    const v1 = build("v1", files);
    await publish(volume, v1);
    fs.truncateSync(fileOf(volume, "v1", "a.txt"), 1);
    fs.rmSync(fileOf(volume, "v1", "b.txt"));
    await publish(volume, v1);
    assert.deepEqual(kept(volume, "v1"), files);
    fs.writeFileSync(join(volume, "releases/v1/public.json"), "{");
    await publish(volume, v1);
    assert.deepEqual(kept(volume, "v1"), files);
  });

  it("are the image's: what users uploaded is not kept by way of a link to it", async () => {
    const [volume, UPLOAD_DIR] = [scratch.folder(), scratch.folder()];
    fs.writeFileSync(join(UPLOAD_DIR, "passport.png"), "passport");
    const v1 = build("v1", { "a.txt": "a" });
    fs.writeFileSync(join(v1.directory, "elsewhere.txt"), "linked");
    fs.symlinkSync(UPLOAD_DIR, join(v1.directory, "public/uploads"));
    fs.symlinkSync("../elsewhere.txt", join(v1.directory, "public/b.txt"));
    // As the server's container publishes, which has both mounted.
    const run = await publish(volume, v1, { env: { UPLOAD_DIR } });
    assert.equal(run.code, 0, run.err);
    assert.deepEqual(kept(volume, "v1"), { "a.txt": "a", "b.txt": "linked" });
  });

  it("are bounded: the smallest first, and the warning names the key", async () => {
    const volume = scratch.folder();
    const v1 = build("v1", { "big.mp4": "x".repeat(900), "a.txt": "aaaa", "b.txt": "bbbb" });
    const run = await publish(volume, v1, { env: { PUBLIC_BYTES: "800" } });
    assert.deepEqual(Object.keys(kept(volume, "v1")), ["a.txt", "b.txt"]);
    assert.match(
      warnings(run).join(),
      /^1 files of public\/ \(such as big\.mp4\) .*all 3 have 908 bytes, and next-on-eks:files\.publicSize is 800\. Remedy: raise it/,
    );
    const none = await publish(volume, v1, { env: { PUBLIC_BYTES: "0" } });
    assert.deepEqual([listIn(volume, "v1"), warnings(none)], [[], []]);
    const wrong = await publish(volume, v1, { env: { PUBLIC_BYTES: "1Gi" } });
    assert.match(wrong.err, /PUBLIC_BYTES is '1Gi'\. Remedy: set a number of bytes, or 0/);
  });

  it("go with their release, and what another one has too stays there", async () => {
    const volume = scratch.folder();
    await publish(volume, build("v1", { "film.mp4": "film", "v1.txt": "1" }));
    age(volume, "v1", 300);
    await publish(volume, build("v2", { "film.mp4": "film" }));
    age(volume, "v2", 200);
    const v3 = build("v3", {});
    const dry = await publish(volume, v3, {
      args: ["--prune", "--dry-run"],
      env: { RELEASES_KEPT: "2" },
    });
    assert.match(dry.out, /would go +v1:/);
    assert.ok(fs.existsSync(fileOf(volume, "v1", "v1.txt")));
    await publish(volume, v3, { env: { RELEASES_KEPT: "2" } });
    assert.deepEqual(releasesIn(volume), ["v2", "v3"]);
    assert.deepEqual(kept(volume, "v2"), { "film.mp4": "film" });
    assert.deepEqual(namesIn(join(volume, "releases/.trash")), []);
  });

  for (const code of ["ENOSPC", "EACCES", "EIO"]) {
    it(`keep no pod from starting: ${code}`, async () => {
      const volume = scratch.folder();
      const v1 = build("v1", { "a.txt": "a", "b.txt": "b" });
      for (let at = 1; at <= 6; at += 1) {
        const env = { FAULT: code, FAULT_WITH: "/v1/public", FAULT_AT: String(at) };
        const run = await publish(volume, v1, { env });
        assert.equal(run.code, 0, `call ${at}: ${run.err}`);
        for (const name of namesIn(volume)) fs.rmSync(join(volume, name), { recursive: true });
      }
      const full = {
        FAULT: code === "ENOSPC" ? "full" : code,
        FAULT_WITH: "/v1/public",
        FAULT_AT: "3",
      };
      const run = await publish(volume, v1, { env: full });
      assert.match(warnings(run).join(), /public\/.* are not kept for pages that are open: /);
    });
  }

  it("make room for a pod that could not start otherwise", async () => {
    const volume = scratch.folder();
    await publish(volume, build("v1", { "film.mp4": "film" }));
    const filler = join(volume, "releases/v1/public");
    const env = { FAULT: "full", FAULT_FILLER: filler };
    const run = await publish(volume, build("v2", { "film.mp4": "film" }), { env });
    assert.equal(run.code, 0, run.err);
    assert.deepEqual(releasesIn(volume), ["v1", "v2"]);
    assert.ok(!fs.existsSync(filler));
  });

  it("leave out what the pod's user cannot read, which Next.js could not serve", async function () {
    if (process.getuid?.() !== 0) this.skip();
    const volume = scratch.folder();
    const v1 = build("v1", { "a.txt": "a", "secret.txt": "s" });
    fs.chmodSync(join(v1.directory, "public/secret.txt"), 0o600);
    for (const folder of [volume, join(volume, ".."), join(volume, "../..")])
      fs.chmodSync(folder, 0o777);
    fs.chmodSync(join(v1.directory, ".next/cache"), 0o777);
    const run = await publish(volume, v1, { uid: 12345 });
    assert.equal(run.code, 0, run.err);
    assert.deepEqual(kept(volume, "v1"), { "a.txt": "a" });
    assert.match(
      warnings(run).join(),
      /1 files of public\/, such as secret\.txt, .*cannot read them in the image/,
    );
  });

  it("are shared out among pods that start together, and whole whoever is first", async () => {
    const volume = scratch.folder();
    const files = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [`${index}.txt`, `content ${index}`]),
    );
    const v1 = build("v1", files);
    const pods = ["web-1", "web-2", "web-3"].map((POD_NAME) =>
      publish(volume, v1, { env: { POD_NAME, FAULT_DELAY: "2" }, faults: true }),
    );
    for (const run of await Promise.all(pods)) assert.equal(run.code, 0, run.err);
    assert.deepEqual(kept(volume, "v1"), files);
    const begins = async (POD_NAME: string): Promise<string> => {
      const env = { POD_NAME, FAULT: "EIO", FAULT_WITH: "/v1/public/", FAULT_AT: "1" };
      const told = warnings(await publish(scratch.folder(), v1, { env })).join();
      return /\/v1\/public\/([\w-]{43})/.exec(told)?.[1] ?? assert.fail(told);
    };
    assert.notEqual(await begins("web-1"), await begins("web-2"), "all begin with the same file");
  });
});
