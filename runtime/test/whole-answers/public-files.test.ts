import assert from "node:assert/strict";
import {
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileSource, PublicFiles } from "../../src/whole-answers/public-files";

describe("files of public/", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "public-"));
    mkdirSync(join(folder, "icons"));
    writeFileSync(join(folder, "robots.txt"), "User-agent: *");
    writeFileSync(join(folder, "icons/logo.svg"), "<svg/>");
    writeFileSync(join(folder, "ein Bild.png"), "png");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const listed = async (base = ""): Promise<PublicFiles> => {
    const files = new PublicFiles(folder, base);
    await files.list();
    return files;
  };

  it("are those that are there at the start, by their plain names", async () => {
    const files = await listed();
    writeFileSync(join(folder, "later.txt"), "later");
    assert.equal(files.fileOf("/robots.txt"), join(folder, "robots.txt"));
    assert.equal(files.fileOf("/icons/logo.svg?v=1"), join(folder, "icons/logo.svg"));
    for (const url of [
      "/",
      "/icons",
      "/later.txt",
      "/robots.txt/",
      "/ROBOTS.txt",
      "/icons/../robots.txt",
      "/%72obots.txt",
      "/ein%20Bild.png",
      "/ein Bild.png",
      "//robots.txt",
    ])
      assert.equal(files.fileOf(url), undefined, url);
  });

  it("are below basePath, and nowhere else", async () => {
    const files = await listed("/base");
    assert.equal(files.fileOf("/base/robots.txt"), join(folder, "robots.txt"));
    assert.equal(files.fileOf("/robots.txt"), undefined);
  });

  it("without the folder there are none", async () => {
    const files = new PublicFiles(join(folder, "missing"), "");
    await files.list();
    assert.equal(files.fileOf("/robots.txt"), undefined);
  });

  it("an answer holds until the file is written, replaced, touched or gone", async () => {
    const files = await listed();
    const file = join(folder, "robots.txt");
    const { atime, mtime } = statSync(file);
    const kept = async (): Promise<FileSource> =>
      new FileSource(files, file, (await files.stateOf(file))?.change ?? assert.fail());
    const changes: Readonly<Record<string, () => void>> = {
      touched: () => utimesSync(file, atime, new Date(mtime.getTime() + 1000)),
      written: () => writeFileSync(file, "User-agent: other"),
      "written with the same size and time": () => {
        writeFileSync(file, "User-agent: OTHER");
        utimesSync(file, atime, mtime);
      },
      replaced: () => {
        writeFileSync(`${file}.new`, "User-agent: ANOTH");
        utimesSync(`${file}.new`, atime, mtime);
        renameSync(`${file}.new`, file);
      },
      gone: () => rmSync(file),
    };
    for (const [what, change] of Object.entries(changes)) {
      const source = await kept();
      assert.equal(source.holds(), "unproven");
      assert.equal(source.holds(await source.prove()), "yes", `(control) ${what}`);
      await new Promise((done) => setTimeout(done, 10));
      change();
      assert.equal(source.holds(await source.prove()), "changed", what);
    }
  });

  it("its ETag is the one that Next.js gives", async () => {
    const file = join(folder, "robots.txt");
    const { size, mtime } = statSync(file);
    const etag = `W/"${size.toString(16)}-${mtime.getTime().toString(16)}"`;
    assert.equal((await (await listed()).stateOf(file))?.etag, etag);
  });

  it("who asks after a change sees it, whoever asked before", async () => {
    const files = await listed();
    const file = join(folder, "robots.txt");
    const before = await files.stateOf(file);
    const asked: Promise<unknown>[] = [];
    for (let i = 0; i < 20; i++) asked.push(files.stateOf(file));
    await new Promise((done) => setImmediate(done));
    writeFileSync(file, `User-agent: ${"changed"}`);
    const after = await files.stateOf(file);
    assert.notDeepEqual(after, before);
    await Promise.all(asked);
    assert.deepEqual(await files.stateOf(file), after);
  });
});
