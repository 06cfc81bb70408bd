import * as assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { keepLoaded, loadProgram, run, type Earlier, type RunOptions } from "../../engine/engine";

class Group extends pulumi.ComponentResource {
  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("next-on-eks:test:Group", name, {}, opts);
  }
}
class Thing extends pulumi.CustomResource {
  constructor(name: string, props: pulumi.Inputs, opts?: pulumi.CustomResourceOptions) {
    super("test:index:Thing", name, props, opts);
  }
}

const options: RunOptions = { project: "next-on-eks", stack: "test", config: {}, preview: true };
const PROJECT = "urn:pulumi:test::next-on-eks::";

describe("the offline engine", () => {
  it("names resources as the engine does, by the types of all parents", async () => {
    const { resources } = await run(() => {
      const outer = new Group("outer");
      const inner = new Group("inner", { parent: outer });
      new Thing("thing", {}, { parent: inner });
      return {};
    }, options);
    assert.deepEqual(
      resources.map(({ urn }) => urn),
      [
        `${PROJECT}next-on-eks:test:Group::outer`,
        `${PROJECT}next-on-eks:test:Group$next-on-eks:test:Group::inner`,
        `${PROJECT}next-on-eks:test:Group$next-on-eks:test:Group$test:index:Thing::thing`,
      ],
    );
  });

  it("knows what a resource was called, by its own aliases and those of its parent", async () => {
    const { resources } = await run(() => {
      const group = new Group("disks", { aliases: [{ name: "files" }] });
      new Thing("disks-cache", {}, { parent: group });
      new Thing("other", {}, { parent: group, aliases: [{ type: "test:index:Old" }] });
      new Thing("alone", {}, { aliases: [`${PROJECT}test:index:Old::gone`] });
      return {};
    }, options);
    const aliases = new Map(resources.map(({ name, aliases: all }) => [name, all]));
    const group = `${PROJECT}next-on-eks:test:Group`;
    assert.deepEqual(aliases.get("disks"), [`${group}::files`]);
    assert.deepEqual(aliases.get("disks-cache"), [`${group}$test:index:Thing::files-cache`]);
    assert.deepEqual(aliases.get("other"), [
      `${group}$test:index:Old::other`,
      `${group}$test:index:Thing::other`,
    ]);
    assert.deepEqual(aliases.get("alone"), [`${PROJECT}test:index:Old::gone`]);
  });

  it("hands on what the state has where a change is ignored", async () => {
    const inputsWith = async (ignoreChanges: string[], earlier?: Earlier) => {
      const { resources, outputs } = await run(
        () => {
          const input = { platform: "aws", "app.build": "none" };
          const stash = new pulumi.Stash("facts", { input }, { ignoreChanges });
          return { input: stash.input };
        },
        { ...options, ...(earlier && { earlier }) },
      );
      assert.deepEqual(outputs.input, resources[0]?.inputs.input);
      return outputs.input;
    };
    const urn = `${PROJECT}pulumi:index:Stash::facts`;
    const earlier = new Map([[urn, { input: { platform: "existing", "app.build": "built" } }]]);
    const key = 'input["app.build"]';
    assert.deepEqual(await inputsWith([key], earlier), { platform: "aws", "app.build": "built" });
    assert.deepEqual(await inputsWith([], earlier), { platform: "aws", "app.build": "none" });
    assert.deepEqual(await inputsWith([key]), { platform: "aws", "app.build": "none" });
  });

  it("loads a program again after its first run, which takes what is loaded", async () => {
    const folder = mkdtempSync(join(tmpdir(), "program-"));
    try {
      const file = (name: string, text: string) => writeFileSync(join(folder, name), text);
      file("counter.js", "let runs = 0; module.exports = () => ++runs;");
      file(
        "index.js",
        'const count = require("./counter"); module.exports = () => ({ run: count() });',
      );
      const loaded = require(join(folder, "counter.js")) as () => number;
      assert.equal(loaded(), 1);
      const outputs = async () =>
        (await run(loadProgram(join(folder, "index.js")), options)).outputs.run;
      assert.deepEqual([await outputs(), await outputs(), await outputs()], [2, 1, 1]);
      assert.equal(loaded(), 3);
      keepLoaded(folder);
      assert.deepEqual([await outputs(), await outputs()], [2, 3]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
