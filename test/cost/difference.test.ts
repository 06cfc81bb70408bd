import * as assert from "node:assert/strict";
import { changesOf, changeWords, differenceWords } from "../../cost/difference";
import type { Line } from "../../cost/context";
import type { Estimate } from "../../cost/estimate";
import { costLine, costTable, dollars, namesOf, rangeOf } from "../../cost/words";
import { usageOf } from "../../config/platforms/aws/usage";

function estimate(
  ...lines: readonly [part: string, detail: string, min: number, max?: number][]
): Estimate {
  const all = lines.map(([part, detail, min, max = min]): Line => ({ part, detail, min, max }));
  return {
    region: "eu-west-1",
    lines: all,
    min: all.reduce((sum, { min }) => sum + min, 0),
    max: all.reduce((sum, { max }) => sum + max, 0),
    notPriced: [
      { part: "traffic between zones", why: "by use", never: true },
      { part: "requests", why: "by use", never: true },
    ],
    assumed: ["an add-on has 2 pods"],
    prices: { "price list": ["nat.gb"], copy: ["files.kept", "c"], memory: ["d"] },
    date: "2026-11-29",
  };
}

/** NAT gateways for $166, and parts without a price. */
function lacking(...parts: readonly [part: string, why: string, detail?: string][]): Estimate {
  const { notPriced, ...more } = estimate(["NAT gateways", "1", 166]);
  const missing = parts.map(([part, why, detail]) => ({ part, why, ...(detail && { detail }) }));
  return { ...more, notPriced: [...missing, ...notPriced] };
}

describe("cost: in words", () => {
  it("has cents below ten dollars", () => {
    assert.deepEqual([0, 0.5, 3.65, 9.994, 9.996, 73, 1342.4].map(dollars), [
      "$0",
      "$0.50",
      "$3.65",
      "$9.99",
      "$10",
      "$73",
      "$1,342",
    ]);
    assert.equal(rangeOf({ min: 73, max: 73.2 }), "$73");
    assert.equal(rangeOf({ min: 73, max: 146 }), "$73 to $146");
  });

  it("says on one line how much, where, of when, and how sure it is", () => {
    const cost = estimate(["nodes", "2 to 4", 100, 200]);
    assert.equal(
      costLine(cost),
      "about $100 to $200 a month in eu-west-1 by a price table of 2026-11-29 (3 of 4 prices are not checked against AWS's list yet: npm run prices); traffic between zones and requests are never in it",
    );
    const checked = { ...cost, prices: { "price list": ["a"], copy: [], memory: [] } };
    assert.match(costLine(checked), /eu-west-1 by list prices of 2026-11-29; traffic/);
    assert.equal(
      costLine({
        ...estimate(),
        notPriced: [{ part: "everything", why: "no prices of eu-north-1" }],
      }),
      "not priced: everything: no prices of eu-north-1",
    );
  });

  it("is at least the sum where parts are missing, and names them", () => {
    const cost = {
      ...lacking(["disks", "no price"], ["Redis for pages", "no price"]),
      prices: { "price list": ["a"], copy: [], memory: [] },
    };
    assert.equal(
      costLine(cost),
      "at least $166 a month in eu-west-1, without disks, Redis for pages, by list prices of 2026-11-29; traffic between zones and requests are never in it",
    );
    assert.deepEqual(costTable(cost, usageOf({})).slice(1, 4), [
      "  NAT gateways  1  $166",
      "  total            at least $166",
      "  without disks, Redis for pages",
    ]);
    assert.equal(namesOf(["a", "b", "c", "d", "e"]), "a, b, c, d, e");
    assert.equal(namesOf(["a", "b", "c", "d", "e", "f", "g"]), "a, b, c, d, e and 2 more");
  });

  it("has a table of every part, what is assumed, not priced, and not checked", () => {
    assert.deepEqual(
      costTable(estimate(["nodes", "2 to 4", 100, 200], ["KMS keys", "1", 1]), usageOf({})),
      [
        "US dollars a month in eu-west-1, without tax, by a price table of 2026-11-29 (3 of 4 prices are not checked against AWS's list yet: npm run prices)",
        "  nodes     2 to 4  $100 to $200",
        "  KMS keys  1       $1",
        "  total             $101 to $201",
        "Assumed; `usage` in the config sets other figures: docs/configuration.md",
        "  20 GB a month through NAT gateways (usage.natGb)",
        "  20 GB in the shared file system (usage.filesGb)",
        "  an add-on has 2 pods",
        "Not priced",
        "  traffic between zones: by use",
        "  requests: by use",
        "Prices that are copies of AWS's list, published by others",
        "  files.kept",
        "  c",
        "Prices from memory, which nobody has checked; npm run prices reads them",
        "  d",
      ],
    );
  });
});

describe("cost: what a change costs", () => {
  const before = estimate(
    ["nodes", "2 to 4", 100, 200],
    ["NAT gateways", "1", 35],
    ["KMS keys", "1", 1],
  );
  const now = estimate(
    ["nodes", "2 to 8", 100, 400],
    ["NAT gateways", "3", 105],
    ["Redis", "", 26],
  );

  it("is the parts that differ, the largest first, old -> new", () => {
    assert.deepEqual(changesOf(before, now).map(changeWords), [
      "nodes: 2 to 4 -> 2 to 8, +$0 to +$200 ($100 to $200 -> $100 to $400)",
      "NAT gateways: 1 -> 3, +$70 ($35 -> $105)",
      "Redis: none -> 1, +$26 ($0 -> $26)",
      "KMS keys: 1 -> none, -$1 ($1 -> $0)",
    ]);
  });

  it("is one line", () => {
    assert.equal(
      differenceWords(before, now),
      "about +$95 to +$295 a month ($136 to $236 -> $231 to $531)",
    );
    assert.equal(
      differenceWords(before, undefined),
      "about -$136 to -$236 a month ($136 to $236 -> $0)",
    );
  });

  it("never counts a part without a price as nothing", () => {
    const unpriced = { ...now, notPriced: [{ part: "KMS keys", why: "no price" }] };
    assert.deepEqual(
      changesOf(before, unpriced).map(changeWords).at(-1),
      "KMS keys: 1 ($1) -> not priced: no price",
    );
    assert.deepEqual(
      changesOf(unpriced, before).map(changeWords).at(-1),
      "KMS keys: not priced -> 1 ($1)",
    );
    assert.equal(
      differenceWords(before, unpriced),
      "about +$96 to +$296 a month; not compared, for want of a price: KMS keys",
    );
    const region = { ...estimate(), notPriced: [{ part: "everything", why: "no prices" }] };
    assert.equal(differenceWords(before, region), "not compared, for want of a price: everything");
    assert.deepEqual(changesOf(before, region).map(changeWords), [
      "everything: $136 to $236 -> not priced: no prices",
    ]);
    assert.equal(differenceWords(region, region), undefined);
  });

  it("names a part without a price that changes, comes or goes, and says nothing of one that stays", () => {
    const words = (was: Estimate, is: Estimate) => changesOf(was, is).map(changeWords);
    const redis = (detail: string) => lacking(["Redis for pages", "no price", detail]);
    const [two, four] = [redis("2 cache.r6g.large"), redis("4 cache.r6g.large")];
    assert.deepEqual(words(two, four), ["Redis for pages: 2 -> 4 cache.r6g.large, not priced"]);
    assert.equal(differenceWords(two, four), "not compared, for want of a price: Redis for pages");
    assert.deepEqual(words(two, lacking()), [
      "Redis for pages: 2 cache.r6g.large (not priced) -> none",
    ]);
    assert.deepEqual(words(lacking(), two), [
      "Redis for pages: none -> 2 cache.r6g.large (not priced): no price",
    ]);
    assert.deepEqual(words(two, { ...two }), []);
    assert.equal(
      differenceWords(two, { ...estimate(["NAT gateways", "3", 500]), notPriced: two.notPriced }),
      "about +$334 a month (at least $166 -> at least $500, without Redis for pages)",
    );
  });

  it("counts no line as saved that stands under another name without a price", () => {
    const was = estimate(["load balancer of web", "", 18], ["traffic of web", "100 GB", 10]);
    const other = {
      part: "load balancer of web",
      why: "of another class",
      also: ["traffic of web"],
    };
    const is = { ...estimate(), notPriced: [other] };
    assert.deepEqual(changesOf(was, is).map(changeWords), [
      "load balancer of web: $18 -> not priced: of another class",
      "traffic of web: 100 GB ($10) -> not priced",
    ]);
    assert.deepEqual(changesOf(is, is), []);
  });

  it("is nothing where all parts cost the same", () => {
    assert.deepEqual(changesOf(before, before), []);
    assert.equal(differenceWords(before, estimate(...before.lines.map(of))), undefined);
    // The same sum from other parts is a change.
    const other = estimate(["nodes", "2 to 4", 100, 200], ["NAT gateways", "1", 36]);
    assert.equal(
      differenceWords(before, other),
      "about the same, from other parts ($136 to $236 -> $136 to $236)",
    );
  });

  function of({ part, detail, min, max }: Line): [string, string, number, number] {
    return [part, detail, min + 0.001, max + 0.001];
  }
});
