import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { ageWarning, PRICES_FILE, pricesJson, readPrices } from "../../cost/priceTable";
import { NODE_TYPES, WANTED } from "../../cost/wanted";

describe("cost: the table of prices", () => {
  const table = readPrices();

  it("has every price of each of its regions, in the unit that the program counts", () => {
    // Of a region that a team adds, AWS may not sell all.
    assert.deepEqual(Object.keys(table.regions["eu-west-1"] ?? {}), Object.keys(WANTED));
    for (const prices of Object.values(table.regions)) {
      for (const [name, { usd, unit, from, source, sku }] of Object.entries(prices)) {
        assert.ok(usd > 0 && usd < 10, name);
        assert.equal(unit, WANTED[name]?.unit, name);
        assert.ok(["price list", "copy", "memory"].includes(from), name);
        // AWS's number is known of all that is from the list, of some copies, and of nothing from memory.
        if (from === "price list") assert.ok(sku, name);
        if (from === "memory") assert.equal(sku, undefined, name);
        // What a copy was compared with, and how old that is.
        if (source !== undefined) {
          assert.equal(from, "copy", name);
          assert.match(source, /, (of \d{4}-\d\d-\d\d|without a day)$/, name);
        }
        if (sku !== undefined) assert.match(sku, /^[0-9A-Z]{16}$/, name);
      }
    }
  });

  it("has a day that was, and is written as the script writes it", () => {
    assert.match(table.date, /^\d{4}-\d\d-\d\d$/);
    assert.ok(new Date(table.date) <= new Date());
    assert.equal(readFileSync(PRICES_FILE, "utf8"), pricesJson(table));
  });

  it("has larger nodes for more money, and a fee of Auto Mode that is a part of each", () => {
    for (const [region, prices] of Object.entries(table.regions)) {
      const of = (name: string) => prices[name]?.usd ?? NaN;
      for (const type of Object.keys(NODE_TYPES).filter((it) => `node.${it}` in prices)) {
        const fee = of(`autoMode.${type}`) / of(`node.${type}`);
        assert.ok(fee > 0.05 && fee < 0.2, `${region} ${type}: ${fee}`);
      }
      assert.ok(
        of("node.c6a.large") < of("node.c6a.xlarge") && of("node.c6a.large") < of("node.m6a.large"),
      );
    }
  });

  it("is believed for a year", () => {
    const on = (day: string) => ageWarning({ date: "2026-11-29" }, new Date(day));
    assert.equal(on("2026-11-29T12:00:00Z"), undefined);
    assert.equal(on("2027-11-29T23:00:00Z"), undefined);
    assert.equal(
      on("2027-11-30T00:00:00Z"),
      "cost/prices.json: its prices are of 2026-11-29, 366 days ago, and the cost may be wrong by now.\nnpm run prices",
    );
  });
});
