import * as assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { isCode } from "../../../preview/against/experiments";
import { importsOf, reachableFrom } from "../../helpers/imports";
import { ROOT } from "../../helpers/configs";

describe("preview --against: which files can change a plan", () => {
  it("are those of the folders that index.ts imports, whatever folders there are", () => {
    const folders = readdirSync(ROOT, { withFileTypes: true })
      .filter((it) => it.isDirectory() && !/^\.|^(node_modules|runtime|pod|example)$/.test(it.name))
      .map(({ name }) => name);
    const imports = importsOf(ROOT, ["index.ts", ...folders.filter((name) => name !== "test")]);
    const made = new Set([...reachableFrom("index.ts", imports)].map((file) => file.split("/")[0]));
    assert.ok(made.has("components") && !made.has("review"));
    assert.deepEqual(
      folders.filter((folder) => isCode(join(folder, "a.ts"))),
      folders.filter((folder) => made.has(folder)),
    );
  });

  it("are what pods run and the image is built from, and no page or setting of a tool", () => {
    for (const file of ["index.ts", "Pulumi.yaml", "package.json", "pod/agent/agent.cjs"]) {
      assert.ok(isCode(file), file);
    }
    for (const file of ["runtime/src/entry.ts", "example/app/page.tsx"]) assert.ok(isCode(file));
    for (const file of ["README.md", "pod/README.md", "Pulumi.dev.yaml", "runtime/test/main.ts"]) {
      assert.ok(!isCode(file), file);
    }
  });
});
