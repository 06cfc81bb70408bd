import * as assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PodFiles } from "../../components/podFiles";
import { POD_FOLDERS, scriptsIn } from "../../components/podScripts";
import { ROOT } from "../helpers/configs";
import { record } from "../helpers/recording";

describe("PodFiles", () => {
  const folder = mkdtempSync(join(tmpdir(), "pod-files-"));
  after(() => rmSync(folder, { recursive: true }));

  it("makes a ConfigMap of the scripts of pod/ and nothing else", async () => {
    const made = await record(() => {
      const { configMapName } = new PodFiles("pod-files", { namespace: "shop" });
      return { configMapName };
    });
    assert.deepEqual(made.childrenOf("PodFiles", "pod-files"), [
      "kubernetes:core/v1:ConfigMap pod-files",
    ]);
    assert.deepEqual(made.outputs, { configMapName: "pod-files" });
    const { data, immutable, metadata } = made.inputs("ConfigMap", "pod-files");
    assert.equal(immutable, true);
    assert.equal((metadata as { name?: string }).name, undefined, "another content, another name");
    const names = Object.keys(data as object);
    for (const name of ["publish.mjs", "publisher.mjs", "release.cjs", "image-cache.cjs"]) {
      assert.ok(names.includes(name), name);
    }
    assert.deepEqual(
      names.filter((name) => !/^[\w-]+\.[cm]js$/.test(name)),
      [],
    );
  });

  it("has everything that the scripts import", () => {
    const scripts = scriptsIn(POD_FOLDERS);
    for (const [name, text] of Object.entries(scripts)) {
      for (const [, , file = ""] of text.matchAll(/(from|require\() ?"\.\/([^"]+)"/g)) {
        assert.ok(file in scripts, `${name} imports ${file}`);
      }
    }
  });

  it("is named file by file in the README of its folder", () => {
    for (const folder of POD_FOLDERS) {
      const readme = [join(folder, "README.md"), join(ROOT, "pod/README.md")].find(existsSync);
      const text = readFileSync(readme ?? "", "utf8");
      for (const name of Object.keys(scriptsIn([folder]))) {
        assert.match(
          text,
          new RegExp("[`/]" + name.replace(".", "\\.") + "`"),
          `${name} in ${readme}`,
        );
      }
    }
  });

  it("is the same on every machine", () => {
    writeFileSync(join(folder, "b.mjs"), "b\r\n");
    writeFileSync(join(folder, "a.cjs"), "a\n");
    writeFileSync(join(folder, "README.md"), "");
    assert.deepEqual(Object.entries(scriptsIn([folder])), [
      ["a.cjs", "a\n"],
      ["b.mjs", "b\n"],
    ]);
  });

  it("refuses two scripts of one name, which pods would have in one folder", () => {
    const other = mkdtempSync(join(folder, "other-"));
    writeFileSync(join(other, "a.cjs"), "");
    assert.throws(
      () => scriptsIn([folder, other]),
      /other-\w+\/a\.cjs has the name of a script in another folder, .* Rename one of the two\./,
    );
  });

  it("refuses more than a ConfigMap takes", () => {
    writeFileSync(join(folder, "big.mjs"), "x".repeat(1_000_001));
    assert.throws(() => scriptsIn([folder]), /have 10\d{5} bytes, and a ConfigMap takes 1000000/);
  });
});
