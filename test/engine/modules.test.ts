import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { importsOf, reachableFrom } from "../helpers/imports";
import { ROOT } from "../helpers/configs";

/*
 * A comparison runs the program of a folder many times on the same modules (engine.ts, `keepLoaded`): none of them may hold
 * anything of a run.
 */

/** Variables of a module that can be assigned again, and collections that can be filled. */
function stateIn(file: string, text: string): string[] {
  const { statements } = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
  return statements.filter(ts.isVariableStatement).flatMap(({ declarationList }) =>
    declarationList.declarations.flatMap(({ name, initializer }) => {
      const constant = (declarationList.flags & ts.NodeFlags.Const) !== 0;
      const empty =
        initializer !== undefined &&
        ((ts.isNewExpression(initializer) && !initializer.arguments?.length) ||
          (ts.isArrayLiteralExpression(initializer) && initializer.elements.length === 0) ||
          (ts.isObjectLiteralExpression(initializer) && initializer.properties.length === 0));
      return constant && !empty ? [] : [`${file}: ${(name as ts.Identifier).text}`];
    }),
  );
}

describe("the program's modules", () => {
  const folders = ["components", "config", "platforms", "model"];
  const imports = importsOf(ROOT, ["index.ts", ...folders]);
  const files = ["index.ts", ...reachableFrom("index.ts", imports)];

  it("hold nothing of a run, so that the next one can have them", () => {
    assert.ok(files.length > 100, `${files.length} files`);
    const found = files.flatMap((file) => stateIn(file, readFileSync(join(ROOT, file), "utf8")));
    assert.deepEqual(found, []);
  });

  it("(control) are found out where they do", () => {
    const text = (line: string) => stateIn("a.ts", line).length;
    for (const line of ["let a = 1;", "var a;", "const a = new Map<string, string>();"]) {
      assert.equal(text(line), 1, line);
    }
    for (const line of [
      "const a: string[] = [];",
      "export const a = {};",
      "const a = new Set();",
    ]) {
      assert.equal(text(line), 1, line);
    }
    for (const line of [
      "const a = [1];",
      "const a = new Map([[1, 2]]);",
      "function f() { let a; }",
    ]) {
      assert.equal(text(line), 0, line);
    }
  });
});
