import * as assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./helpers/configs";

const CAMEL = /^[a-z][a-zA-Z0-9]*$/;
const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** docs/decisions/layers.md, "Names of files". Fixtures are applications, whose frameworks name their files. */
const SPELLING: readonly (readonly [style: RegExp, folders: readonly string[]])[] = [
  [
    CAMEL,
    [
      ...[
        "model",
        "config",
        "components",
        "platforms",
        "engine",
        "cli",
        "plan",
        "review",
        "preview",
        "picture",
        "release",
      ],
      ...["docs", "scripts", "bench", "test"],
    ],
  ],
  [KEBAB, ["pod", "runtime/src", "runtime/test"]],
];
const LEFT_OUT = /(^|\/)(node_modules|fixtures|app|apps|broken)\//;

/** The source files below a folder whose first part of the name is spelled in another way. */
function misspelled(style: RegExp, files: readonly string[]): string[] {
  return files
    .filter((file) => /\.[cm]?[jt]s$/.test(file) && !LEFT_OUT.test(file))
    .filter((file) => !style.test((file.split("/").at(-1) ?? "").split(".")[0] ?? ""));
}

describe("names of files", () => {
  for (const [style, folders] of SPELLING) {
    for (const folder of folders) {
      it(`are spelled in one way in ${folder}`, () => {
        const files = readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" });
        assert.deepEqual(misspelled(style, files), []);
      });
    }
  }

  it("that are spelled in another way are found (control)", () => {
    assert.deepEqual(misspelled(CAMEL, ["a/some-name.test.ts", "a/someName.ts"]), [
      "a/some-name.test.ts",
    ]);
    assert.deepEqual(misspelled(KEBAB, ["a/someName.long.ts", "a/some-name.cjs"]), [
      "a/someName.long.ts",
    ]);
  });
});
