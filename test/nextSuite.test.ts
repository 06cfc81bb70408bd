import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { NEXT_SUITE_PAGE, nextSuitePage } from "../docs/nextSuite";
import { CASES } from "./next/cases";
import { NEEDS_SHARING } from "./next/control";
import { EXPLAINED } from "./next/explained";
import { nameOf } from "./next/lib/case";

describe("the suite of Next.js's behaviours, which npm run test:next runs", () => {
  const names = CASES.map(nameOf);

  it("has each name once", () => {
    assert.deepEqual(
      names.filter((name, place) => names.indexOf(name) !== place),
      [],
    );
  });

  it("explains and controls cases that are there", () => {
    for (const name of [...EXPLAINED.map((entry) => entry.case), ...NEEDS_SHARING])
      assert.ok(names.includes(name), `no case is called "${name}"`);
  });

  it("is what docs/nextjs-behaviour.md says", () => {
    assert.ok(
      readFileSync(NEXT_SUITE_PAGE, "utf8") === nextSuitePage(),
      "docs/nextjs-behaviour.md is not what test/next says; run: npm run docs",
    );
  });
});
