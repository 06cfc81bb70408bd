import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { README } from "../docs/readme";
import { readmeWithTable, stateTable } from "../docs/stateTable";

describe("README: which parts hold state", () => {
  it("is up to date", () => {
    const text = readFileSync(README, "utf8");
    assert.ok(text === readmeWithTable(text), "README.md is not what review/ says: npm run docs");
  });

  it("has a row for each part, and is put back where somebody changed it", () => {
    const rows = stateTable().split("\n");
    assert.equal(rows.length, 2 + 4);
    assert.ok(rows.every((row) => row.length === rows[0]?.length));
    const text = readFileSync(README, "utf8");
    const changed = text.replace("visitors are logged out", "nothing");
    assert.notEqual(changed, text);
    assert.equal(readmeWithTable(changed), text);
    assert.throws(() => readmeWithTable("# Other"), /has no '## Which parts hold state'/);
  });
});
