import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { ROOT } from "../helpers/configs";
import { copyProject } from "../helpers/copies";

const { runtime } = parse(readFileSync(join(ROOT, "Pulumi.yaml"), "utf8")) as {
  runtime: { options: { nodeargs: string } };
};
/** With which Pulumi runs the program. */
const NODE_ARGS = runtime.options.nodeargs.split(" ");

/** What a program prints, in a folder of its own. */
function printed(program: string, nodeArgs = NODE_ARGS): string {
  const folder = mkdtempSync(join(tmpdir(), "loading-"));
  try {
    copyProject([], folder);
    const file = join(folder, "index.ts");
    writeFileSync(file, program);
    return execFileSync(process.execPath, [...nodeArgs, file], { cwd: ROOT, encoding: "utf8" });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("cli/loading.ts", () => {
  it("gives what is loaded when it is used, however a program imports it", () => {
    const text = printed(`
      import * as all from "typescript";
      import one, { version } from "typescript";
      const required = require("typescript");
      console.log([all, one, required].every((it) => typeof it.createSourceFile === "function"), version);`);
    assert.match(text, /^true 5\./);
  });

  it("leaves stack traces as they are, with lines of TypeScript", () => {
    const text = printed(`
      interface Gone { readonly a: string }

      function deep(n: number): string { return n === 0 ? String(new Error("here").stack) : deep(n - 1); }
      console.log(deep(6));`);
    assert.match(text, /index\.ts:4:/);
    assert.ok(text.split("\n").length > 7, text);
  });

  /** What fails in the SDK, as Pulumi's runner would tell of it. */
  const FAILURE = `
    import "source-map-support/register";
    import { ComponentResource } from "@pulumi/pulumi";

    try {
      new ComponentResource("a:b:C", "c", {}, { get parent(): never { throw new Error("here"); } });
    } catch (error) {
      console.log((error as Error).stack);
    }`;

  it("names the SDK's files as they are, and the program's in TypeScript", () => {
    const text = printed(FAILURE);
    assert.match(text, /@pulumi[\\/]pulumi[\\/]resource\.js:/);
    assert.match(text, /index\.ts:6:/);
  });

  it("keeps traces from files that are not there, and from lines that are none (control)", () => {
    const text = printed(FAILURE, ["--require", "tsx/cjs"]);
    assert.match(text, /node_modules[\\/]@pulumi[\\/]resource\.ts:/);
    assert.match(text, /index\.ts:2:/);
  });
});
