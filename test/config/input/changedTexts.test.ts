import * as assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { changedTexts } from "../../../config/input/changedTexts";
import { groups } from "../../../config/groups";
import { existing, load, ROOT } from "../../helpers/configs";
import { stackFile } from "../../../config/input/changedTexts";

/** What Pulumi's CLI 3.259 hands to the program for what a file says without quotes: tried with it. */
const CHANGED: [written: string, arrived: unknown][] = [
  ["1.10", 1.1],
  ["0012", 10],
  ["1e3", 1000],
  ["12345678901234567890", 12345678901234567000],
  ["0x10", 16],
  ["0o17", 15],
  ["1_000", 1000],
  ["1.0", 1],
  ["True", true],
  ["2026-11-28", "2026-11-28 00:00:00 +0000 UTC"],
];
const AS_WRITTEN: [written: string, arrived: unknown][] = [
  ["3000", 3000],
  ["-5", -5],
  ["1.5", 1.5],
  ["true", true],
  ["yes", "yes"],
  ['"1.10"', "1.10"],
  ["'0012'", "0012"],
  ["9007199254740991", 9007199254740991],
];

describe("texts that YAML took for something else", () => {
  let folder = "";
  // Commands name the stack of the program that ran last, which is `test` then.
  before(() => load(existing));
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "config-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  function found(written: string, arrived: unknown, key = "env") {
    const file = join(folder, "Pulumi.test.yaml");
    writeFileSync(file, `config:\n  next-on-eks:app:\n    ${key}:\n      V: ${written}\n`);
    return changedTexts("app", groups.common.app, { [key]: { V: arrived } }, file);
  }

  for (const [written, arrived] of CHANGED) {
    it(`are refused: ${written}`, () => {
      assert.deepEqual(found(written, arrived), [
        {
          key: "app.env.V",
          message: `without quotes, YAML turns ${written} into '${String(arrived)}'.`,
          remedy: `pulumi config set --stack test --type string --path 'next-on-eks:app.env.V' ${written}`,
        },
      ]);
    });
  }

  for (const [written, arrived] of AS_WRITTEN) {
    it(`are none where the text arrives as it was written: ${written}`, () => {
      assert.deepEqual(found(written, arrived), []);
    });
  }

  it("are found in every map of texts", () => {
    assert.equal(found("1.10", 1.1, "nodeSelector")[0]?.key, "app.nodeSelector.V");
  });

  it("are not looked for in quantities, where 1.0 cores are 1", () => {
    const file = join(folder, "Pulumi.test.yaml");
    writeFileSync(file, "config:\n  next-on-eks:app:\n    resources: { cpu: 1.0 }\n");
    assert.deepEqual(changedTexts("app", groups.common.app, { resources: { cpu: 1 } }, file), []);
  });

  it("are told without the file where no number holds so many digits, and there alone", () => {
    const values = { env: { ID: 12345678901234567000, VERSION: 1.1 } };
    assert.deepEqual(changedTexts("app", groups.common.app, values, join(folder, "none")), [
      {
        key: "app.env.ID",
        message: "a number with so many digits is rounded to 12345678901234567000.",
        remedy:
          "pulumi config set --stack test --type string --path 'next-on-eks:app.env.ID' VALUE",
      },
    ]);
  });

  it("are looked for in the file that the CLI reads", () => {
    assert.equal(stackFile("prod"), join(ROOT, "Pulumi.prod.yaml"));
  });
});
