import * as assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { PodFiles, scriptsIn } from "../../components/podFiles";
import { record } from "../helpers/recording";

const POD = resolve(__dirname, "../../pod");

describe("PodFiles", () => {
  const folder = mkdtempSync(join(tmpdir(), "pod-files-"));
  after(() => rmSync(folder, { recursive: true }));

  it("makes a ConfigMap of the folder's scripts and nothing else", async () => {
    const made = await record(() => {
      const { configMapName } = new PodFiles("pod-files", { namespace: "shop", folder: POD });
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
    const scripts = scriptsIn(POD);
    for (const [name, text] of Object.entries(scripts)) {
      for (const [, , file = ""] of text.matchAll(/(from|require\() ?"\.\/([^"]+)"/g)) {
        assert.ok(file in scripts, `${name} imports ${file}`);
      }
    }
  });

  it("is the same on every machine", () => {
    writeFileSync(join(folder, "b.mjs"), "b\r\n");
    writeFileSync(join(folder, "a.cjs"), "a\n");
    writeFileSync(join(folder, "README.md"), "");
    assert.deepEqual(Object.entries(scriptsIn(folder)), [
      ["a.cjs", "a\n"],
      ["b.mjs", "b\n"],
    ]);
  });

  it("refuses more than a ConfigMap takes", () => {
    writeFileSync(join(folder, "big.mjs"), "x".repeat(1_000_001));
    assert.throws(() => scriptsIn(folder), /have 10\d{5} bytes, and a ConfigMap takes 1000000/);
  });
});
