import assert from "node:assert/strict";
import * as fs from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { type Build, makeBuild, namesIn, publish, releasesIn, Scratch, summary } from "./volume";

const TEXT = "/* lorem */ ".repeat(400);

/** Images as people build them, beside the one that the example's Dockerfile makes. */
describe("the publisher and images that are not as usual", () => {
  const scratch = new Scratch();
  after(() => scratch.clean());
  const build = (id: string, files: Record<string, string | Buffer> = {}): Build => {
    const made = makeBuild(scratch.folder(), { deploymentId: id });
    for (const [path, content] of Object.entries(files)) write(made, path, content);
    return made;
  };
  const write = ({ directory }: Build, path: string, content: string | Buffer) => {
    const file = join(directory, ".next/static", path);
    fs.mkdirSync(join(file, ".."), { recursive: true });
    fs.writeFileSync(file, content);
  };
  const union = (volume: string, path: string) => fs.readFileSync(join(volume, "static", path));
  const warnings = (run: Awaited<ReturnType<typeof publish>>) =>
    run.lines.filter(({ level }) => level === "warn").map(({ message }) => String(message));

  it("a distDir of its own: published from there, and without the setting the error names the setting", async () => {
    const volume = scratch.folder();
    const v1 = build("v1");
    fs.mkdirSync(join(v1.directory, "out"));
    fs.renameSync(join(v1.directory, ".next"), join(v1.directory, "out/build"));
    const without = await publish(volume, v1);
    assert.equal(without.code, 1);
    assert.match(
      without.err,
      /there is one in .*out\/build\. Remedy: set next-on-eks:app\.distDir to 'out\/build'/,
    );
    const run = await publish(volume, v1, { env: { APP_DIST_DIR: "out/build" } });
    assert.equal(summary(run).outcome, "published");
    assert.equal(
      fs.readlinkSync(join(v1.directory, "out/build/cache/images")),
      join(volume, "images/v1"),
    );
  });

  it("a build without a deployment id in an image with NEXT_DEPLOYMENT_ID: Next.js goes by the build, and so it is published", async () => {
    const volume = scratch.folder();
    const plain = makeBuild(scratch.folder(), { buildId: "of-the-build" });
    await publish(volume, plain, { env: { NEXT_DEPLOYMENT_ID: "of-the-pod" } });
    assert.deepEqual(releasesIn(volume), ["of-the-build"]);
    // Where Next.js was built to ask the pod, the pod's counts.
    const config = { experimental: { runtimeServerDeploymentId: true } };
    const file = join(plain.directory, ".next/required-server-files.json");
    fs.writeFileSync(file, JSON.stringify({ config }));
    await publish(volume, plain, { env: { NEXT_DEPLOYMENT_ID: "of-the-pod" } });
    assert.deepEqual(releasesIn(volume), ["of-the-build", "of-the-pod"]);
  });

  it("files of 0 bytes in the image cache are removed before the server counts it, and no others", async () => {
    const volume = scratch.folder();
    const v1 = build("v1");
    const image = join(volume, "images/v1/KEY");
    fs.mkdirSync(image, { recursive: true });
    fs.writeFileSync(join(image, "60.1700000000000.a.b.webp"), "");
    fs.writeFileSync(join(image, "60.1700000000001.a.b.webp"), "image");
    await publish(volume, v1);
    assert.deepEqual(namesIn(image), ["60.1700000000001.a.b.webp"]);
  });

  it("x.js.gz of the app's own: its bytes stay, and it is no twin of x.js unless it is x.js compressed", async () => {
    const volume = scratch.folder();
    const own = { "chunks/x.js": TEXT, "chunks/x.js.gz": "something else" };
    const same = { "chunks/y.js": TEXT, "chunks/y.js.gz": gzipSync(TEXT, { level: 1 }) };
    const v1 = build("v1", { ...own, ...same });
    for (const turn of ["published", "there"]) {
      assert.equal(summary(await publish(volume, v1)).outcome, turn);
      const release = join(volume, "releases/v1/static");
      assert.equal(fs.readFileSync(join(release, "chunks/x.js.gz"), "utf8"), "something else");
      assert.equal(String(union(volume, "chunks/x.js")), TEXT);
      // nginx would send it to whoever asks for x.js; the app has it.
      assert.ok(!fs.existsSync(join(volume, "static/chunks/x.js.gz")));
      assert.deepEqual(union(volume, "chunks/y.js.gz"), same["chunks/y.js.gz"]);
    }
  });

  it("the same name and size with other content: the newest release has it, with its twin, and a warning", async () => {
    const volume = scratch.folder();
    const [one, two] = ["1", "2"].map((digit) => TEXT.replaceAll("m", digit));
    const v1 = build("v1", { "chunks/main.js": one ?? "" });
    const v2 = build("v2", { "chunks/main.js": two ?? "" });
    await publish(volume, v1);
    const run = await publish(volume, v2);
    assert.equal(String(union(volume, "chunks/main.js")), two);
    assert.equal(String(gunzipSync(union(volume, "chunks/main.js.gz"))), two);
    assert.match(
      warnings(run).join(),
      /1 names had other content in the union \(chunks\/main\.js\)/,
    );
    // A pod of the older release that starts again does not take it back.
    await publish(volume, v1, { env: { POD_NAME: "web-2" } });
    assert.equal(String(union(volume, "chunks/main.js")), two);
    assert.equal(fs.readFileSync(join(volume, "releases/v1/static/chunks/main.js"), "utf8"), one);
  });

  it("another size under the same name: the twin of the old content goes too", async () => {
    const volume = scratch.folder();
    await publish(volume, build("v1", { "chunks/main.js": TEXT }));
    await publish(volume, build("v2", { "chunks/main.js": "short" }));
    assert.equal(String(union(volume, "chunks/main.js")), "short");
    assert.ok(!fs.existsSync(join(volume, "static/chunks/main.js.gz")));
  });

  it("names that .gz would make longer than 255 bytes: published without a twin", async () => {
    const volume = scratch.folder();
    const [long, longest] = [`${"a".repeat(249)}.js`, `${"ä".repeat(126)}.js`];
    const run = await publish(
      volume,
      build("v1", { [`chunks/${long}`]: TEXT, [`chunks/${longest}`]: TEXT }),
    );
    assert.equal(run.code, 0, run.err);
    assert.ok(fs.existsSync(join(volume, `static/chunks/${long}.gz`)));
    assert.equal(String(union(volume, `chunks/${longest}`)), TEXT);
  });

  it("files of the image that the user cannot read: the image is blamed, with the file and the Dockerfile's remedy (needs root)", async function () {
    if (process.getuid?.() !== 0) this.skip();
    for (const path of ["static/chunks/secret.js", "BUILD_ID"]) {
      const volume = scratch.folder();
      const plain = makeBuild(scratch.folder(), { buildId: "v1" });
      write(plain, "chunks/secret.js", TEXT);
      fs.chmodSync(join(plain.directory, ".next", path), 0o600);
      for (const folder of [volume, scratch.path]) fs.chmodSync(folder, 0o777);
      const run = await publish(volume, plain, { uid: 12345 });
      assert.equal(run.code, 1);
      assert.match(run.err, new RegExp(`user 12345 cannot read .*${path}, which is in the image`));
      assert.match(run.err, /COPY --chown=12345:12345/);
      assert.doesNotMatch(run.err, /claim|app\.directory/);
    }
  });

  it("links in .next/static: followed as Next.js does; those that lead nowhere are named", async () => {
    const volume = scratch.folder();
    const v1 = build("v1");
    const root = join(v1.directory, ".next/static");
    fs.mkdirSync(join(v1.directory, "shared"));
    fs.writeFileSync(join(v1.directory, "shared/logo.txt"), "logo");
    fs.symlinkSync("../../shared", join(root, "folder"));
    fs.symlinkSync("../../shared/logo.txt", join(root, "logo.txt"));
    fs.symlinkSync("nowhere", join(root, "broken.txt"));
    fs.symlinkSync("..", join(root, "chunks/loop"));
    const run = await publish(volume, v1);
    assert.equal(run.code, 0, run.err);
    for (const path of ["folder/logo.txt", "logo.txt"]) {
      assert.equal(String(union(volume, path)), "logo");
      assert.ok(fs.lstatSync(join(volume, "static", path)).isFile(), "a file, no link");
    }
    assert.match(
      warnings(run).join(),
      /1 links in .* lead nowhere and are left out, such as broken\.txt/,
    );
  });

  it("control: an image as usual has none of these warnings", async () => {
    assert.deepEqual(warnings(await publish(scratch.folder(), build("v1"))), []);
  });
});
