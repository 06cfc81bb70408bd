import * as assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ESLint, Linter } from "eslint";
import tseslint from "typescript-eslint";
import { ROOT } from "../helpers/configs";
import { cyclesOf, importsOf } from "../helpers/imports";

const { LAYERS, plugin } = require("../../scripts/layers.cjs") as {
  LAYERS: Readonly<Record<string, readonly string[]>>;
  plugin: { rules: Record<string, never> };
};

/** What the lint says of one line in a file of the project. */
function said(file: string, line: string): string[] {
  const config: Linter.Config = {
    files: ["**/*.ts"],
    languageOptions: { parser: tseslint.parser as Linter.Parser },
    plugins: { layers: plugin },
    rules: { "layers/go-down": "error" },
  };
  const linter = new Linter({ cwd: ROOT });
  return linter.verify(line, [config], join(ROOT, file)).map(({ message }) => message);
}

const upward: readonly [file: string, line: string, message: string][] = [
  [
    "model/made-up.ts",
    'import type { Config } from "../config";',
    "'model/' does not import 'config': imports go down (runtime/src/contract).",
  ],
  [
    "model/made-up.ts",
    'import { decode } from "../runtime/src/entry";',
    "'model/' does not import 'runtime': imports go down (runtime/src/contract).",
  ],
  [
    "model/made-up.ts",
    'import type { Input } from "@pulumi/pulumi";',
    "'model/' does not import the package '@pulumi/pulumi'.",
  ],
  [
    "config/rules/made-up.ts",
    'import { selectorLabels } from "../../components/labels";',
    "'config/' does not import 'components': imports go down (model).",
  ],
  [
    "config/made-up.ts",
    'import * as aws from "@pulumi/aws";',
    "'config/' does not import the package '@pulumi/aws'.",
  ],
  [
    "config/made-up.ts",
    'import { groundOf } from "../platforms";',
    "'config/' does not import 'platforms': imports go down (model).",
  ],
  [
    "components/nextApp/made-up.ts",
    'export * from "../../platforms/platform";',
    "'components/' does not import 'platforms': imports go down (config, model).",
  ],
  [
    "components/made-up.ts",
    'type Program = typeof import("../index");',
    "'components/' does not import 'index': imports go down (config, model).",
  ],
  [
    "engine/made-up.ts",
    'const plan = require("../preview/plan");',
    "'engine/' does not import 'preview': imports go down (model).",
  ],
  [
    "review/made-up.ts",
    'import { run } from "../engine/engine";',
    "'review/' does not import 'engine': imports go down (plan, config, model).",
  ],
  [
    "plan/made-up.ts",
    'import { report } from "../preview/report";',
    "'plan/' does not import 'preview': imports go down (cli, engine, config, model).",
  ],
  [
    "release/made-up.ts",
    'void import("../preview/plan");',
    "'release/' does not import 'preview': imports go down (cli, engine, config, model).",
  ],
  [
    "config/made-up.ts",
    'import labels = require("../components/labels");',
    "'config/' does not import 'components': imports go down (model).",
  ],
  [
    "config/made-up.ts",
    "void require(`../components/labels`);",
    "'config/' does not import 'components': imports go down (model).",
  ],
  [
    "config/made-up.ts",
    "void import(`../components/labels`);",
    "'config/' does not import 'components': imports go down (model).",
  ],
  [
    "config/made-up.ts",
    'void require.resolve("../components");',
    "'config/' does not import 'components': imports go down (model).",
  ],
  [
    "config/made-up.ts",
    'void module.require("../components");',
    "'config/' does not import 'components': imports go down (model).",
  ],
];

describe("layers", () => {
  for (const [file, line, message] of upward) {
    it(`refuse ${line.slice(0, -1)} in ${file}`, () => {
      assert.deepEqual(said(file, line), [message]);
    });
  }

  it("allow what goes down, stays, or is a platform's part of the config", () => {
    assert.deepEqual(said("config/made-up.ts", 'import { aws } from "./platforms";'), []);
    assert.deepEqual(
      said("model/made-up.ts", 'export * from "../runtime/src/contract/x.cjs";'),
      [],
    );
    assert.deepEqual(said("config/changes/made-up.ts", 'import { aws } from "../platforms";'), []);
    assert.deepEqual(
      said("components/made-up.ts", 'import { overlaps } from "../model/cidr";'),
      [],
    );
    assert.deepEqual(said("index.ts", 'import { loadConfig } from "./config";'), []);
  });

  it("are in force in every layer, and switched off in no file", async () => {
    const eslint = new ESLint({ cwd: ROOT });
    for (const layer of Object.keys(LAYERS)) {
      const config = (await eslint.calculateConfigForFile(join(ROOT, layer, "made-up.ts"))) as {
        rules: Record<string, readonly [level: number]>;
      };
      assert.equal(config.rules["layers/go-down"]?.[0], 2, layer);
    }
    for (const file of importsOf(ROOT, [...Object.keys(LAYERS), "index.ts"]).keys()) {
      const text = readFileSync(join(ROOT, file), "utf8");
      assert.doesNotMatch(text, /eslint-disable.*(layers|$)/m, file);
    }
  });

  it("are the folders that there are", () => {
    for (const [layer, below] of Object.entries(LAYERS)) {
      for (const folder of [layer, ...below]) assert.ok(existsSync(join(ROOT, folder)), folder);
    }
  });

  it("hold no circle of imports, types included", () => {
    const graph = importsOf(ROOT, [...Object.keys(LAYERS), "runtime/src", "index.ts"]);
    assert.ok(graph.size > 190, String(graph.size));
    assert.deepEqual(cyclesOf(graph), []);
  });

  it("would be seen to hold one", () => {
    const graph = new Map([
      ["a", ["b", "d"]],
      ["b", ["c"]],
      ["c", ["a"]],
      ["d", []],
    ]);
    assert.deepEqual(cyclesOf(graph), [["a", "b", "c"]]);
  });
});
