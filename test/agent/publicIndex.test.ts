import assert from "node:assert/strict";
import * as fs from "node:fs";
import { join } from "node:path";
import { POD } from "../helpers/podFolder";
import { makeBuild, publish, Scratch, withPublic } from "../pod/volume";

interface Index {
  refresh(): Promise<void>;
  find(url: string): { readonly url: string } | undefined;
}
const { PublicIndex } = require(join(POD, "public-index.cjs")) as {
  PublicIndex: new (releases: string, own: object, root: string) => Index;
};
const { readRelease } = require(join(POD, "release.cjs")) as {
  readRelease: (directory: string, env: object) => object | undefined;
};

/** What the agent knows of the files that the publisher kept, without a server. */
describe("the index of public/ of older releases", () => {
  const scratch = new Scratch();
  after(() => scratch.clean());

  const build = (deploymentId: string, files: Record<string, string>) =>
    withPublic(makeBuild(scratch.folder(), { deploymentId, ownFiles: 1 }), files);

  it("has no file that the image has, though nothing of the image's is kept", async () => {
    const volume = scratch.folder();
    const files = { "guarded.pdf": "1", "old.svg": "1", page: "1" };
    assert.equal((await publish(volume, build("v1", files))).code, 0);
    const v2 = build("v2", { "guarded.pdf": "2", "page/part.txt": "2" });
    assert.equal((await publish(volume, v2, { env: { PUBLIC_BYTES: "0" } })).code, 0);
    const own = readRelease(v2.directory, {}) ?? assert.fail();
    const index = new PublicIndex(join(volume, "releases"), own, join(v2.directory, "public"));
    await index.refresh();
    assert.equal(index.find("/guarded.pdf"), undefined);
    assert.equal(index.find("/old.svg")?.url, "/old.svg?dpl=v1");
    assert.equal(index.find("/page")?.url, "/page?dpl=v1", "a folder is no file");
  });

  it("has the others' files where one list cannot be read, and that one's later", async () => {
    const volume = scratch.folder();
    for (const id of ["v1", "v2"])
      assert.equal((await publish(volume, build(id, { [`${id}.svg`]: id }))).code, 0);
    const list = join(volume, "releases", "v2", "public.json");
    const text = fs.readFileSync(list);
    fs.rmSync(list);
    // As a file that cannot be read: EISDIR.
    fs.mkdirSync(list);
    const v3 = build("v3", {});
    const own = readRelease(v3.directory, {}) ?? assert.fail();
    const index = new PublicIndex(join(volume, "releases"), own, join(v3.directory, "public"));
    await index.refresh();
    assert.equal(index.find("/v1.svg")?.url, "/v1.svg?dpl=v1");
    assert.equal(index.find("/v2.svg"), undefined);
    fs.rmdirSync(list);
    fs.writeFileSync(list, text);
    await index.refresh();
    assert.equal(index.find("/v2.svg")?.url, "/v2.svg?dpl=v2");
  });
});
