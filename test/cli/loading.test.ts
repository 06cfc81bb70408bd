import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../helpers/configs";

/** What a program prints that Pulumi.yaml's arguments of Node load. */
function printed(program: string): string {
  const folder = mkdtempSync(join(ROOT, "node_modules", ".loading-"));
  try {
    const file = join(folder, "index.ts");
    writeFileSync(file, program);
    const loaders = ["--require", "tsx/cjs", "--require", "./cli/loading.ts"];
    return execFileSync(process.execPath, [...loaders, file], { cwd: ROOT, encoding: "utf8" });
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
});
